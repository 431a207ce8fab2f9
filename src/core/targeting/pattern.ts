/**
 * Regular expressions for URL rules, in time that grows with pattern × address and never faster.
 *
 * A pattern comes from whoever edits actions; the browser's own engine tries every way through it, which one nested `+` turns
 * into minutes of a frozen page. A rule only asks whether there is a match, not where or by which way, so all ways can
 * be followed at once: the pattern becomes a graph of states, and the address is walked once with the set of states
 * that are possible there.
 *
 * The language is that of `new RegExp(pattern)` without flags, lookarounds included. Backreferences are refused, as
 * they have no such graph.
 */

/** Longer patterns and addresses are refused. */
const MAX_PATTERN = 512;
const MAX_ADDRESS = 2048;
/** Counted repeats are written out, so a short pattern can grow large. */
const MAX_STATES = 1_000;
/** Links looked at for one address: 2 ms. An ordinary pattern takes a tenth for the longest address. */
const MAX_STEPS = 200_000;

/**
 * Whether a pattern is found in an address; undefined when it is refused: broken, with a backreference, or more than
 * `MAX_STATES` and `MAX_STEPS` allow.
 */
export type MatchPattern = (pattern: string, address: string) => boolean | undefined;

/** What must hold to go from one state to the next: a character to eat, a fact about the place, or nothing. */
interface Link {
  readonly to: number;
  readonly eats?: (character: string) => boolean;
  readonly holds?: (address: string, at: number) => boolean;
}

/** What one pattern may still use, its lookarounds included. */
interface Budget {
  states: number;
  steps: number;
}

/**
 * States by number, each with the links to walk from it. Walked from the end of the address to its start, so links lead
 * from what a pattern ends with to what it begins with; for a lookbehind it is the other way round.
 */
interface Graph {
  readonly links: Link[][];
  readonly isForward: boolean;
  readonly budget: Budget;
}

/** A part of a pattern: draws itself between two states. */
type Part = (graph: Graph, from: number, to: number) => void;

/** Where in an address a match begins (or ends, for a lookbehind): 1 or 0 for each place. */
type FindPlaces = (address: string) => readonly number[];

/** Makes a matcher that remembers the graphs of the patterns it was asked about, and the last answer of each. */
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
    // Only for its opinion: it throws at what is no pattern. The parser below may then trust what it reads.
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
    // A backreference, or a group that this doesn't know.
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

/** Asks the browser's own engine about each character once: a single one takes no time, and the meaning is its own. */
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

/** Written out `min` times, then as often as may be. No address is long enough for more than its own length. */
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

/** Where it holds is found for all places of an address at once, by a graph of its own. */
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
  /** The place where a state was last reached. */
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
    // Grows while it is gone through.
    for (const state of here) {
      follow(state, ({ eats, holds }) => !eats && (!holds || holds(address, at)));
    }
    if (budget.steps < 0) throw new Error('too much');
    found[at] = reachedAt[isForward ? END : START] === at ? 1 : 0;
    before = here;
  }
  return found;
}
