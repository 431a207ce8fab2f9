import { MAX_MATCHED_CHARS, MAX_PATTERN_CHARS, MAX_PATTERN_STATES } from './limits.ts';

/**
 * Regular expressions of URL rules and of validation rules, in time proportional to pattern × text.
 *
 * Patterns are written by whoever edits actions and surveys. The browser's own engine backtracks, so one nested `+` can
 * freeze the page for minutes (ReDoS). A rule only needs to know whether there is a match, so a nondeterministic
 * automaton is enough: the pattern becomes a graph of states, and one pass over the text follows the set of possible
 * states.
 *
 * The language is that of `RegExp`, lookarounds included, with the flags `i`, `m`, `s` and `u`; `d`, `g` and `y` change
 * nothing. Backreferences are refused: no finite automaton has them. So is the flag `v`, whose classes can hold texts.
 */

/** Transitions that may still be tried. */
export interface Purse {
  steps: number;
}

/**
 * Whether a pattern matches anywhere in a text; undefined when it is refused: invalid, with a backreference, or beyond
 * its bounds. Compiling and matching cost steps of the purse.
 */
export type MatchPattern = (
  pattern: string,
  text: string,
  purse: Purse,
  flags?: string,
) => boolean | undefined;

/** Steps that compiling a pattern costs, beside one for each state. */
const COMPILE_STEPS = 4_000;

type Text = readonly string[];
type Eats = (character: string) => boolean;

/** The condition of a transition: a character to consume, an assertion about the position, or none. */
interface Link {
  readonly to: number;
  readonly eats?: Eats;
  readonly holds?: (text: Text, at: number) => boolean;
  /** For a character that is consumed several times in a row. */
  readonly run?: Run;
}

/**
 * A counted repeat of one character: the steps at which it was entered. All of them go on or end together, so that the
 * oldest one alone tells whether the count is reached.
 */
interface Run {
  readonly min: number;
  readonly max: number;
  entered: number[];
}

/** States and steps that one pattern may still use, its lookarounds included. */
interface Budget {
  states: number;
  steps: number;
}

/**
 * States by number, each with its transitions. The text is walked from its end to its start, so transitions lead from
 * the end of a pattern to its beginning; for a lookbehind it is the other way round.
 */
interface Graph {
  readonly links: Link[][];
  /** Transitions with a run. */
  readonly runs: (Link & { readonly eats: Eats; readonly run: Run })[];
  readonly isForward: boolean;
  readonly budget: Budget;
}

/** A part of a pattern: adds itself to the graph between two states. `eats` where it is one character. */
interface Part {
  (graph: Graph, from: number, to: number): void;
  readonly eats?: Eats;
}

/** Positions of a text where a match begins (or ends, for a lookbehind): 1 or 0 for each. */
type FindPlaces = (text: Text) => readonly number[];

/** Creates a matcher that caches the graph of each pattern, and its last result. */
export function createPatternMatcher(): MatchPattern {
  const known = new Map<string, Match>();
  return (pattern, text, purse, flags = '') => {
    if (purse.steps <= 0) return undefined;
    const key = `${flags}/${pattern}`;
    const match = known.get(key) ?? compile(pattern, flags, purse);
    known.set(key, match);
    return match(text, purse);
  };
}

/** Whether a pattern can be matched at all: valid, within the bounds, and in the language of `createPatternMatcher`. */
export function isMatchable(pattern: string, flags: string, purse: Purse): boolean {
  return purse.steps > 0 && compile(pattern, flags, purse)('', purse) !== undefined;
}

type Match = (text: string, purse: Purse) => boolean | undefined;

function compile(pattern: string, flags: string, purse: Purse): Match {
  const budget = { states: MAX_PATTERN_STATES, steps: 0 };
  const isUnicode = flags.includes('u');
  const find = orUndefined(() => {
    if (pattern.length > MAX_PATTERN_CHARS || flags.includes('v')) return undefined;
    // Only for validation: it throws for an invalid pattern, so the parser below needs no checks.
    new RegExp(pattern, flags);
    return draw(parse(pattern, flags.replace(/[^imsu]/g, '')), false, budget);
  });
  purse.steps -= COMPILE_STEPS + MAX_PATTERN_STATES - budget.states;
  let last: string | undefined;
  let answer: boolean | undefined;
  return (text, given) => {
    if (text === last) return answer;
    last = text;
    budget.steps = given.steps;
    answer = orUndefined(() => find?.(isUnicode ? [...text] : text.split('')).includes(1));
    given.steps = budget.steps;
    return answer;
  };
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** One character, escape or class, as it stands in the pattern; the second with the flag `u`. */
const ATOM = /\[(?:\\.|[^\]\\])*\]|\\(?:c[a-z]|x[\da-f]{2}|u[\da-f]{4}|0[0-7]{0,2}|[^1-9ck])|[^\\]/isy;
const UNICODE_ATOM =
  /\[(?:\\.|[^\]\\])*\]|\\(?:c[a-z]|x[\da-f]{2}|ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|u[\da-f]{4}|[up]\{[^}]*\}|[^1-9ck])|[^\\]/isuy;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;
const GROUP = /\((?:\?(?::|(<?)([=!])|<[^=!>][^>]*>)|(?!\?))/y;
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Infinity],
  '+': [1, Infinity],
  '?': [0, 1],
};

function parse(pattern: string, flags: string): Part {
  const isUnicode = flags.includes('u');
  const places = placesOf(flags);
  let at = 0;

  const take = (token: RegExp): RegExpExecArray | null => {
    token.lastIndex = at;
    const found = token.exec(pattern);
    if (found) at = token.lastIndex;
    return found;
  };

  const alternatives = (): Part => {
    const parts = [sequence()];
    while (pattern[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return (graph, from, to) => {
      for (const part of parts) part(graph, from, to);
    };
  };

  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(quantified());
    return inSequence(parts);
  };

  const quantified = (): Part => {
    const part = single();
    const found = take(QUANTIFIER);
    if (!found) return part;
    const [sign, least, comma, most] = found;
    const [min, max] = COUNTS[sign[0] as string] ?? [
      Number(least),
      comma ? (most ? Number(most) : Infinity) : Number(least),
    ];
    return repeated(part, min, max);
  };

  const single = (): Part => {
    const group = take(GROUP);
    if (group) {
      const [, behind, sign] = group;
      const inside = alternatives();
      at++;
      return sign ? lookaround(inside, behind === '<', sign === '!') : inside;
    }
    const [atom] = take(isUnicode ? UNICODE_ATOM : ATOM) ?? [];
    // A backreference, or an unknown kind of group.
    if (atom === undefined || atom === '(') throw new Error(pattern);
    const holds = places[atom];
    if (holds) return (graph, from, to) => link(graph, from, to, { holds });
    const eats = eaterOf(atom, flags.replace('m', ''));
    const part: Part = (graph, from, to) => link(graph, from, to, { eats });
    return Object.assign(part, { eats });
  };

  return alternatives();
}

/** The assertions about a position, as they stand in the pattern. */
function placesOf(flags: string): Readonly<Record<string, Link['holds']>> {
  // Only both flags together add letters to `\w`.
  const word = flags.includes('i') && flags.includes('u') ? /\w/iu : /\w/;
  const isEdge = (text: Text, at: number): boolean =>
    word.test(text[at - 1] ?? '') !== word.test(text[at] ?? '');
  const isBreak = (character = ''): boolean => flags.includes('m') && /[\n\r\u2028\u2029]/.test(character);
  return {
    '^': (text, at) => at === 0 || isBreak(text[at - 1]),
    $: (text, at) => at === text.length || isBreak(text[at]),
    '\\b': isEdge,
    '\\B': (text, at) => !isEdge(text, at),
  };
}

/** Whether an atom matches a character, by the browser's own engine, so that the meaning is exactly its own. */
function eaterOf(atom: string, flags: string): Eats {
  const isLiteral = [...atom].length === 1 && atom !== '.';
  if (isLiteral && !flags.includes('i')) return (character) => character === atom;
  const code = atom.codePointAt(0)?.toString(16);
  const source = isLiteral ? (atom.length > 1 ? `\\u{${code}}` : `\\u${code?.padStart(4, '0')}`) : atom;
  const one = new RegExp(`^${source}$`, flags);
  const known = new Map<string, boolean>();
  return (character) => {
    const answer = known.get(character) ?? one.test(character);
    known.set(character, answer);
    return answer;
  };
}

function inSequence(parts: readonly Part[]): Part {
  return (graph, from, to) => {
    let here = from;
    for (const part of parts) {
      const next = addState(graph);
      part(graph, here, next);
      here = next;
    }
    link(graph, here, to);
  };
}

/** A part repeated `min` times, then up to `max`. No text is long enough for more repeats than its length. */
function repeated(part: Part, min: number, max: number): Part {
  const isEndless = max > MAX_MATCHED_CHARS;
  const { eats } = part;
  return (graph, from, to) => {
    let here = from;
    const most = isEndless ? min - 1 : max;
    if (eats && most > 1) {
      const next = addState(graph);
      const run = { min: isEndless ? most : Math.max(min, 1), max: most, entered: [] };
      link(graph, here, next, { eats, run });
      if (min === 0) link(graph, here, next);
      here = next;
    } else {
      for (let count = 0; count < most; count++) {
        if (count >= min) link(graph, here, to);
        const next = addState(graph);
        part(graph, here, next);
        here = next;
      }
    }
    if (isEndless) {
      const first = addState(graph);
      const last = addState(graph);
      link(graph, here, first);
      part(graph, first, last);
      link(graph, last, first);
      if (min === 0) link(graph, first, last);
      here = last;
    }
    link(graph, here, to);
  };
}

/** A lookaround: a graph of its own finds all positions of a text where it holds. */
function lookaround(inside: Part, isBehind: boolean, isNegative: boolean): Part {
  return (graph, from, to) => {
    const find = draw(inside, isBehind, graph.budget);
    link(graph, from, to, { holds: (text, at) => (find(text)[at] === 1) !== isNegative });
  };
}

const START = 0;
const END = 1;

function draw(part: Part, isForward: boolean, budget: Budget): FindPlaces {
  const graph: Graph = { links: [[], []], runs: [], isForward, budget };
  part(graph, START, END);
  let last: Text | undefined;
  let places: readonly number[] = [];
  return (text) => {
    if (text !== last) places = walk(graph, text);
    last = text;
    return places;
  };
}

function addState({ links, budget }: Graph): number {
  if (budget.states-- === 0) throw new Error('too large');
  return links.push([]) - 1;
}

function link(
  { links, runs, isForward }: Graph,
  from: number,
  to: number,
  rest: Omit<Link, 'to'> = {},
): void {
  const made = { to: isForward ? to : from, ...rest };
  links[isForward ? from : to]?.push(made);
  if (made.run) runs.push(made as Graph['runs'][number]);
}

function walk({ links, runs, isForward, budget }: Graph, text: Text): readonly number[] {
  const { length } = text;
  const found: number[] = new Array(length + 1).fill(0);
  /** The position where a state was last reached. */
  const reachedAt: number[] = new Array(links.length).fill(-1);
  for (const { run } of runs) run.entered = [];
  let before: number[] = [];
  for (let step = 0; step <= length; step++) {
    const at = isForward ? step : length - step;
    const character = text[isForward ? at - 1 : at] ?? '';
    const here: number[] = [];
    const reach = (state: number): void => {
      if (reachedAt[state] === at) return;
      reachedAt[state] = at;
      here.push(state);
    };
    const follow = (state: number, isOpen: (link: Link) => boolean | undefined): void => {
      const ways = links[state] ?? [];
      budget.steps -= ways.length;
      for (const way of ways) if (isOpen(way)) reach(way.to);
    };
    for (const state of before) follow(state, ({ eats, run }) => !run && eats?.(character));
    budget.steps -= runs.length;
    for (const { to, eats, run } of runs) {
      if (run.entered.length > 0 && goesOn(run, eats(character), step)) reach(to);
    }
    // A match may end (begin, going forward) anywhere.
    reach(isForward ? START : END);
    // Grows while it is iterated.
    for (const state of here) {
      follow(state, ({ eats, holds, run }) => {
        run?.entered.push(step);
        return !eats && (!holds || holds(text, at));
      });
    }
    if (budget.steps < 0) throw new Error('too much');
    found[at] = reachedAt[isForward ? END : START] === at ? 1 : 0;
    before = here;
  }
  return found;
}

/** Takes a run one character further. Returns whether it may end here. */
function goesOn(run: Run, isEaten: boolean, step: number): boolean {
  if (!isEaten) run.entered = [];
  else if (step - (run.entered[0] ?? step) > run.max) run.entered.shift();
  return step - (run.entered[0] ?? step) >= run.min;
}
