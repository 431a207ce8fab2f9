import type { ActionClass, NoCodeConfig, UrlFilter } from '../survey/document.ts';
import type { MatchPattern } from './pattern.ts';

const PATTERN = 'matchesRegex';

/**
 * Decides whether an address passes an action's URL rules. No rules match everywhere; the connector defaults to `or`
 * (client-api.md 6.11). Without `matchPattern`, which most pages never need, no regular expression matches.
 */
export function matchesUrl(
  { urlFilters = [], urlFiltersConnector }: Pick<NoCodeConfig, 'urlFilters' | 'urlFiltersConnector'>,
  href: string,
  matchPattern?: MatchPattern,
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

/** Whether a page must fetch what watches for an action: it is neither a call nor a page view of plain rules. */
export function needsTriggers({ noCodeConfig }: ActionClass): boolean {
  if (!noCodeConfig) return false;
  const { type, urlFilters } = noCodeConfig;
  return type !== 'pageView' || urlFilters?.some(({ rule }) => rule === PATTERN) === true;
}

/**
 * One rule against one address. A value that starts with `/` is compared with the path, others with the whole
 * address; a value without `?` ignores the query and one without `#` the hash (decisions.md). Patterns see it all.
 */
export function matchesRule({ rule, value }: UrlFilter, href: string, matchPattern?: MatchPattern): boolean {
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
  // An unknown rule may be the name of something that every object has.
  return answers[rule] === true;
}
