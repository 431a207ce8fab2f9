import type { ActionClass, NoCodeConfig, UrlFilter } from '../survey/document.ts';

const PATTERN = 'matchesRegex';

/** Whether a regular expression matches an address; undefined when it is refused. */
export type MatchAddress = (pattern: string, address: string) => boolean | undefined;

/**
 * Whether an address passes an action's URL rules. Without rules every address does; the connector defaults to `or`
 * (client-api.md 6.11). Without `matchPattern`, which most pages don't need, no regular expression matches.
 */
export function matchesUrl(
  { urlFilters = [], urlFiltersConnector }: Pick<NoCodeConfig, 'urlFilters' | 'urlFiltersConnector'>,
  href: string,
  matchPattern?: MatchAddress,
): boolean {
  const matches = (filter: UrlFilter): boolean => matchesRule(filter, href, matchPattern);
  return urlFiltersConnector === 'and' || urlFilters.length === 0
    ? urlFilters.every(matches)
    : urlFilters.some(matches);
}

/** The regular expressions in the URL rules of these actions. */
export function patternsOf(actions: readonly ActionClass[]): readonly string[] {
  return actions
    .flatMap(({ noCodeConfig }) => noCodeConfig?.urlFilters ?? [])
    .filter(({ rule }) => rule === PATTERN)
    .map(({ value }) => value);
}

/** Whether an action needs the chunk `triggers`: it is neither a code action nor a page view without a pattern. */
export function needsTriggers({ noCodeConfig }: ActionClass): boolean {
  if (!noCodeConfig) return false;
  const { type, urlFilters } = noCodeConfig;
  return type !== 'pageView' || urlFilters?.some(({ rule }) => rule === PATTERN) === true;
}

/**
 * One rule against one address. A value that starts with `/` is compared with the path, others with the whole
 * address; a value without `?` ignores the query and one without `#` the hash (differences.md 2.8). Patterns see the
 * whole address.
 */
export function matchesRule({ rule, value }: UrlFilter, href: string, matchPattern?: MatchAddress): boolean {
  if (rule === PATTERN) return matchPattern?.(value, href) === true;
  let text = href;
  if (!value.includes('#')) text = text.replace(/#.*/s, '');
  if (!value.includes('?')) text = text.replace(/^([^?#]*)\?[^#]*/, '$1');
  if (value.startsWith('/')) text = text.replace(/^[^/?#]*:\/\/[^/?#]*/, '');
  const isSame = text === value;
  const isInside = text.includes(value);
  const answers: Readonly<Record<string, boolean | undefined>> = {
    exactMatch: isSame,
    notMatch: !isSame,
    contains: isInside,
    notContains: !isInside,
    startsWith: text.startsWith(value),
    endsWith: text.endsWith(value),
  };
  // An unknown rule may have the name of a property that every object inherits.
  return answers[rule] === true;
}
