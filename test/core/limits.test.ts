import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as limits from '../../src/core/limits.ts';

const UNITS = {
  _BYTES: { ' MiB': 1024 * 1024, ' KiB': 1024, ' bytes': 1 },
  _MS: { ' days': 86_400_000, ' h': 3_600_000, ' min': 60_000, ' s': 1_000, ' ms': 1 },
  _CHARS: { ' characters': 1 },
} as const;

/** A bound as docs/limits.md writes it: in the largest unit that makes it a whole number. */
function toText(name: string, value: number): string {
  const units = Object.entries(UNITS).find(([ending]) => name.endsWith(ending))?.[1] ?? { '': 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => value % size === 0) ?? ['', 1];
  const amount = value / size;
  return `${amount.toLocaleString('en-US')}${amount === 1 ? unit.replace(/(?<=\w\w)s$/, '') : unit}`;
}

function readTable(): readonly (readonly [name: string, bound: string])[] {
  const text = readFileSync('docs/limits.md', 'utf8');
  return [...text.matchAll(/^\| `([A-Z_]+)` +\| ([^|]+?) +\|(.*)$/gm)].map(
    ([, name = '', bound = '', rest = '']) => {
      expect(
        rest.split('|').map((cell) => cell.trim().length > 0),
        name,
      ).toEqual([true, true, false]);
      return [name, bound] as const;
    },
  );
}

it('docs/limits.md lists every bound of src/core/limits.ts with its value, a reason and a reply', () => {
  const expected = Object.entries(limits).map(([name, value]) => [name, toText(name, value)]);
  const byName = (a: readonly string[], b: readonly string[]): number =>
    String(a[0]).localeCompare(String(b[0]));
  expect([...readTable()].sort(byName)).toEqual(expected.sort(byName));
});
