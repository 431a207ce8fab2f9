/**
 * Regular expressions for URL rules, in time proportional to pattern × address.
 *
 * Patterns are written by whoever edits actions. The browser's own engine backtracks, so one nested `+` can freeze the
 * page for minutes (ReDoS). A rule only needs to know whether there is a match, so a nondeterministic automaton is
 * enough: the pattern becomes a graph of states, and one pass over the address follows the set of possible states.
 *
 * The language is that of `new RegExp(pattern)` without flags, lookarounds included. Backreferences are refused: no
 * finite automaton has them.
 */

/** Longer patterns and addresses are refused. */
const MAX_PATTERN = 512;
const MAX_ADDRESS = 2048;
/** Counted repeats are expanded, so a short pattern can need many states. */
const MAX_STATES = 1_000;
/** Transitions tried for one address: 2 ms. An ordinary pattern needs a tenth for the longest address. */
const MAX_STEPS = 200_000;

/**
 * Whether a pattern matches anywhere in an address; undefined when it is refused: invalid, with a backreference, or
 * beyond `MAX_STATES` or `MAX_STEPS`.
 */
export type MatchPattern = (pattern: string, address: string) => boolean | undefined;

/** The condition of a transition: a character to consume, an assertion about the position, or none. */
interface Link {
  readonly to: number;
  readonly eats?: (character: string) => boolean;
  readonly holds?: (address: string, at: number) => boolean;
}

/** States and steps that one pattern may still use, its lookarounds included. */
interface Budget {
  states: number;
  steps: number;
}

/**
 * States by number, each with its transitions. The address is walked from its end to its start, so transitions lead from
 * the end of a pattern to its beginning; for a lookbehind it is the other way round.
 */
interface Graph {
  readonly links: Link[][];
  readonly isForward: boolean;
  readonly budget: Budget;
}

/** A part of a pattern: adds itself to the graph between two states. */
type Part = (graph: Graph, from: number, to: number) => void;

/** Positions of an address where a match begins (or ends, for a lookbehind): 1 or 0 for each. */
type FindPlaces = (address: string) => readonly number[];

/** Creates a matcher that caches the graph of each pattern, and its last result. */
export function createPatternMatcher(): MatchPattern {
  const known = new Map<string, (address: string) => boolean | undefined>();
  return (pattern, address) => {
    if (pattern.length > MAX_PATTERN || address.length > MAX_ADDRESS) return undefined;
    const matches = known.get(pattern) ?? compile(pattern);
    known.set(pattern, matches);
    return matches(address);
  };
}

function compile(pattern: string): (address: string) => boolean | undefined {
  const budget = { states: MAX_STATES, steps: 0 };
  const find = orUndefined(() => {
    // Only for validation: it throws for an invalid pattern, so the parser below needs no checks.
    new RegExp(pattern);
    return draw(parse(pattern), false, budget);
  });
  let last: string | undefined;
  let answer: boolean | undefined;
  return (address) => {
    if (address === last) return answer;
    last = address;
    budget.steps = MAX_STEPS;
    answer = orUndefined(() => find?.(address).includes(1));
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

/** One character, escape or class, as it stands in the pattern. */
const ATOM = /\[(?:\\.|[^\]\\])*\]|\\(?:c[a-z]|x[\da-f]{2}|u[\da-f]{4}|0[0-7]{0,2}|[^1-9ck])|[^\\]/isy;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;
const GROUP = /\((?:\?(?::|(<?)([=!])|<[^=!>][^>]*>)|(?!\?))/y;
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Infinity],
  '+': [1, Infinity],
  '?': [0, 1],
};

function parse(pattern: string): Part {
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
    const [atom] = take(ATOM) ?? [];
    // A backreference, or an unknown kind of group.
    if (atom === undefined || atom === '(') throw new Error(pattern);
    const holds = PLACES[atom];
    return (graph, from, to) => link(graph, from, to, holds ? { holds } : { eats: eats(atom) });
  };

  return alternatives();
}

const PLACES: Readonly<Record<string, Link['holds']>> = {
  '^': (_address, at) => at === 0,
  $: (address, at) => at === address.length,
  '\\b': isWordEdge,
  '\\B': (address, at) => !isWordEdge(address, at),
};

function isWordEdge(address: string, at: number): boolean {
  return /\w/.test(address[at - 1] ?? '') !== /\w/.test(address[at] ?? '');
}

/** Whether an atom matches a character, by the browser's own engine, so that the meaning is exactly its own. */
function eats(atom: string): (character: string) => boolean {
  if (atom.length === 1 && atom !== '.') return (character) => character === atom;
  const one = new RegExp(`^${atom}$`);
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

/** A part repeated `min` times, then up to `max`. No address is long enough for more repeats than its length. */
function repeated(part: Part, min: number, max: number): Part {
  const isEndless = max > MAX_ADDRESS;
  return (graph, from, to) => {
    let here = from;
    for (let count = 0; count < (isEndless ? min - 1 : max); count++) {
      if (count >= min) link(graph, here, to);
      const next = addState(graph);
      part(graph, here, next);
      here = next;
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

/** A lookaround: a graph of its own finds all positions of an address where it holds. */
function lookaround(inside: Part, isBehind: boolean, isNegative: boolean): Part {
  return (graph, from, to) => {
    const find = draw(inside, isBehind, graph.budget);
    link(graph, from, to, { holds: (address, at) => (find(address)[at] === 1) !== isNegative });
  };
}

const START = 0;
const END = 1;

function draw(part: Part, isForward: boolean, budget: Budget): FindPlaces {
  const graph: Graph = { links: [[], []], isForward, budget };
  part(graph, START, END);
  let last: string | undefined;
  let places: readonly number[] = [];
  return (address) => {
    if (address !== last) places = walk(graph, address);
    last = address;
    return places;
  };
}

function addState({ links, budget }: Graph): number {
  if (budget.states-- === 0) throw new Error('too large');
  return links.push([]) - 1;
}

function link({ links, isForward }: Graph, from: number, to: number, rest: Omit<Link, 'to'> = {}): void {
  if (isForward) links[from]?.push({ to, ...rest });
  else links[to]?.push({ to: from, ...rest });
}

function walk({ links, isForward, budget }: Graph, address: string): readonly number[] {
  const { length } = address;
  const found: number[] = new Array(length + 1).fill(0);
  /** The position where a state was last reached. */
  const reachedAt: number[] = new Array(links.length).fill(-1);
  let before: number[] = [];
  for (let step = 0; step <= length; step++) {
    const at = isForward ? step : length - step;
    const character = address[isForward ? at - 1 : at] ?? '';
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
    for (const state of before) follow(state, ({ eats }) => eats?.(character));
    // A match may end (begin, going forward) anywhere.
    reach(isForward ? START : END);
    // Grows while it is iterated.
    for (const state of here) {
      follow(state, ({ eats, holds }) => !eats && (!holds || holds(address, at)));
    }
    if (budget.steps < 0) throw new Error('too much');
    found[at] = reachedAt[isForward ? END : START] === at ? 1 : 0;
    before = here;
  }
  return found;
}
