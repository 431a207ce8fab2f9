import { describe, expect, it } from 'vitest';
import { matchesRule, matchesUrl } from '../../../src/core/targeting/url-rules.ts';

const HREF = 'https://site.test/docs/start?ref=mail#top';

type Row = [rule: string, value: string, isMatch: boolean];
const rows: Row[] = [
  ['exactMatch', 'https://site.test/docs/start', true],
  ['exactMatch', 'https://site.test/docs/start?ref=mail', true],
  ['exactMatch', 'https://site.test/docs/start?ref=other', false],
  ['exactMatch', 'https://site.test/docs/start?ref=mail#top', true],
  ['exactMatch', 'https://site.test/docs/start#top', true],
  ['exactMatch', 'https://site.test/docs', false],
  ['exactMatch', '/docs/start', true],
  ['exactMatch', '/docs', false],
  ['exactMatch', '/docs/start?ref=mail', true],
  ['exactMatch', '/Docs/start', false],
  ['contains', 'docs', true],
  ['contains', 'ref=mail', false],
  ['contains', '?ref=mail', true],
  ['contains', 'blog', false],
  ['startsWith', 'https://site.test/docs', true],
  ['startsWith', '/docs', true],
  ['startsWith', '/start', false],
  ['startsWith', 'http://site.test', false],
  ['endsWith', '/start', true],
  ['endsWith', 'start', true],
  ['endsWith', 'mail', false],
  ['endsWith', '#top', true],
  ['notMatch', '/docs/start', false],
  ['notMatch', '/docs', true],
  ['notContains', 'blog', true],
  ['notContains', 'docs', false],
  ['matchesRegex', '^https://[^/]+/docs/', true],
  ['matchesRegex', 'ref=(mail|ad)', true],
  ['matchesRegex', '^/docs', false],
  ['matchesRegex', '(', false],
  ['matchesRegex', 'a'.repeat(513), false],
  ['sometimes', 'docs', false],
];

describe('one rule', () => {
  it.each(rows)(`%s %s: %s`, (rule, value, isMatch) => {
    expect(matchesRule({ rule, value }, HREF)).toBe(isMatch);
  });
  it('an address without a path is /', () => {
    expect(matchesRule({ rule: 'exactMatch', value: '/' }, 'https://site.test')).toBe(true);
  });
  it('a pattern is not run on an endless address', () => {
    expect(matchesRule({ rule: 'matchesRegex', value: 'x' }, `https://site.test/${'x'.repeat(2_048)}`)).toBe(
      false,
    );
  });
});

describe('several rules', () => {
  const docs = { rule: 'contains', value: 'docs' };
  const blog = { rule: 'contains', value: 'blog' };
  it.each([
    ['none match everywhere', [], undefined, true],
    ['or is the default', [docs, blog], undefined, true],
    ['or', [blog, docs], 'or', true],
    ['or with no match', [blog, blog], 'or', false],
    ['and', [docs, blog], 'and', false],
    ['and with all matching', [docs, docs], 'and', true],
  ] as const)('%s', (_name, urlFilters, connector, isMatch) => {
    const config = { urlFilters, ...(connector ? { urlFiltersConnector: connector } : {}) };
    expect(matchesUrl(config, HREF)).toBe(isMatch);
  });
});
