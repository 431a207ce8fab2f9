import type { NoCodeConfig, UrlFilter } from '../survey/document.ts';

/** Longer patterns and addresses are refused rather than run: a pattern comes from the editor, not from the page. */
const MAX_PATTERN = 512;
const MAX_ADDRESS = 2048;

/**
 * Decides whether an address passes an action's URL rules. No rules match everywhere; the connector defaults to `or`
 * (client-api.md 6.11).
 */
export function matchesUrl(
  config: Pick<NoCodeConfig, 'urlFilters' | 'urlFiltersConnector'>,
  href: string,
): boolean {
  const filters = config.urlFilters ?? [];
  if (filters.length === 0) return true;
  return config.urlFiltersConnector === 'and'
    ? filters.every((filter) => matchesRule(filter, href))
    : filters.some((filter) => matchesRule(filter, href));
}

/**
 * One rule against one address. A value that starts with `/` is compared with the path, others with the whole
 * address; a value without `?` ignores the query and one without `#` the hash (decisions.md). Patterns see it all.
 */
export function matchesRule({ rule, value }: UrlFilter, href: string): boolean {
  if (rule === 'matchesRegex') return matchesPattern(value, href);
  const text = comparable(value, href);
  switch (rule) {
    case 'exactMatch':
      return text === value;
    case 'contains':
      return text.includes(value);
    case 'startsWith':
      return text.startsWith(value);
    case 'endsWith':
      return text.endsWith(value);
    case 'notMatch':
      return text !== value;
    case 'notContains':
      return !text.includes(value);
    default:
      return false;
  }
}

function comparable(value: string, href: string): string {
  const [, origin = '', path = '', query = '', hash = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(href) ?? [];
  const head = value.startsWith('/') ? path || '/' : origin + path;
  return head + (value.includes('?') ? query : '') + (value.includes('#') ? hash : '');
}

function matchesPattern(pattern: string, href: string): boolean {
  if (pattern.length > MAX_PATTERN || href.length > MAX_ADDRESS) return false;
  try {
    return new RegExp(pattern).test(href);
  } catch {
    return false;
  }
}
