import { check } from 'recheck';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cpuTimeOf } from './support/cpu-time.ts';
import { findNodes } from './support/source-code.ts';

interface Literal {
  readonly pattern: string;
  readonly flags: string;
  /** Where it stands first. */
  readonly place: string;
}

/** Every regular expression of the sources once, and those of zod's checks that the schemas use. */
const LITERALS: readonly Literal[] = [
  ...new Map(
    [
      ...findNodes(['src', 'server'], ({ regex }) => regex !== undefined && regex !== null).map(
        ({ file, line, node }) => ({ ...node.regex, place: `${file}:${line}` }) as Literal,
      ),
      ...[z.regexes.email, z.regexes.datetime({ offset: true }), z.regexes.datetime({})].map(
        ({ source, flags }, index) => ({ pattern: source, flags, place: `zod ${index}` }),
      ),
    ].map((literal) => [`/${literal.pattern}/${literal.flags}`, literal] as const),
  ).values(),
];

/**
 * Expressions whose backreference no automaton has, so that the checker can't judge them: they are tried with each
 * sequence of three of these pieces, repeated.
 */
const PUMPED: Readonly<Record<string, readonly string[]>> = {
  '<(script|style|title|': [
    ...['<', '<a', '</a ', '"', "'", '>', '=', ' ', 'x', '&', '<!--', '-->', '<script ', '</script'],
  ],
  '^(["\'])(.*)\\1$': ['"', "'", 'x', '\n'],
};

/** How long a text of 6,000 characters may take; a linear expression takes half a millisecond, one of the second degree 18. */
const MOST_MS = 8;

describe('regular expressions take time in proportion to the text', () => {
  it('are found in the sources', () => {
    expect(LITERALS.length).toBeGreaterThan(150);
    for (const start of Object.keys(PUMPED))
      expect(LITERALS.some(({ pattern }) => pattern.startsWith(start))).toBe(true);
  });

  it('are judged by the checker', { timeout: 600_000 }, async () => {
    const problems: string[] = [];
    for (const { pattern, flags, place } of LITERALS.filter((literal) => !piecesOf(literal))) {
      const found = await check(pattern, flags, { timeout: 60_000 });
      const attack = found.status === 'vulnerable' ? found.attack.pattern : '';
      if (found.status !== 'safe') problems.push(`${place} /${pattern}/${flags} ${found.status} ${attack}`);
    }
    expect(problems).toEqual([]);
  });

  it.each(LITERALS.filter(piecesOf))('$place, which it cannot judge, is tried', async (literal) => {
    const pieces = piecesOf(literal) ?? [];
    const expression = new RegExp(literal.pattern, literal.flags.replace('g', '').concat('g'));
    for (const unit of sequencesOf(pieces)) {
      for (const start of ['', '<', '<a ']) {
        const text = start + unit.repeat(6_000 / unit.length);
        const run = (): number => [...text.matchAll(expression)].length;
        let ms = await cpuTimeOf(run);
        for (let times = 0; ms > MOST_MS && times < 9; times++) ms = Math.min(ms, await cpuTimeOf(run));
        expect(ms, `${start} and ${unit} again and again`).toBeLessThan(MOST_MS);
      }
    }
  });
});

function piecesOf({ pattern }: Literal): readonly string[] | undefined {
  return Object.entries(PUMPED).find(([start]) => pattern.startsWith(start))?.[1];
}

function sequencesOf(pieces: readonly string[]): readonly string[] {
  const pairs = pieces.flatMap((first) => pieces.map((second) => first + second));
  return [...new Set([...pieces, ...pairs, ...pairs.flatMap((pair) => pieces.map((third) => pair + third))])];
}
