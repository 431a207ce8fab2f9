import type { MethodName } from '../api/types.ts';

/** Every call by its name: the compiler misses a new one. */
const CALLS: Readonly<Record<MethodName, true>> = {
  setup: true,
  identify: true,
  setAttributes: true,
  setLanguage: true,
  track: true,
  showSurvey: true,
  closeSurvey: true,
  render: true,
  consent: true,
  logout: true,
  reset: true,
  forget: true,
  explain: true,
  state: true,
  on: true,
  destroy: true,
};

/** Names that other clients have for the same. */
const ALIASES: ReadonlyMap<string, MethodName> = new Map([
  ['init', 'setup'],
  ['setuserid', 'identify'],
  ['setemail', 'setAttributes'],
]);

/** The attribute that names the environment, and its alias. */
const WANTED = ['data-environment-id', 'data-workspace-id'];
/** A name that differs in more places is another name, unless a part of it tells. */
const MOST_CHANGES = 5;
const TELLING = /env|workspace/;

/**
 * Returns the call whose name is nearest to a wrong one. A part of a name, or more than it, counts as that name.
 *
 * @example
 * nearestCall('trak'); // 'track'
 */
export function nearestCall(name: string): string {
  const given = name.toLowerCase();
  const far = (call: string): number => {
    const known = call.toLowerCase();
    const [short = '', long = ''] = [given, known].sort((one, other) => one.length - other.length);
    return short.length > 2 && long.includes(short) ? 0 : changes(given, known);
  };
  const nearest = Object.keys(CALLS).reduce((best, call) => (far(call) < far(best) ? call : best));
  return ALIASES.get(given) ?? nearest;
}

/**
 * Finds the attribute or the parameter of the snippet's tag that was meant to name the environment; undefined for none.
 *
 * @param scripts all of the page: a tag whose address is the server's or has our name, or that has our attributes, is ours
 */
export function findMisspelt(scripts: Iterable<HTMLScriptElement>, appUrl: string): string | undefined {
  return [...scripts]
    .filter(
      ({ src, dataset }) =>
        src && (dataset.appUrl || src.includes('inkling') || src.startsWith(appUrl || '-')),
    )
    .flatMap((tag) => [...tag.getAttributeNames(), ...new URLSearchParams(tag.src.split('?')[1]).keys()])
    .find((name) => isMeant(name.toLowerCase()));
}

function isMeant(name: string): boolean {
  if (WANTED.includes(name)) return false;
  return TELLING.test(name) || WANTED.some((wanted) => changes(name, wanted) <= MOST_CHANGES);
}

/** The number of letters to insert, remove, replace, or swap with the next one, to make one word of another. */
export function changes(from: string, to: string): number {
  let last: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const before = last;
    last = row;
    row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      const swapped = i > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const ways = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same];
      row.push(Math.min(...ways, ...(swapped ? [(before[j - 2] ?? 0) + 1] : [])));
    }
  }
  return row[to.length] ?? 0;
}
