import { describe, expect, it } from 'vitest';
import { createPatternMatcher } from '../../../src/core/pattern.ts';
import { matchesRule, matchesUrl, needsTriggers, patternsOf } from '../../../src/core/targeting/url-rules.ts';

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
  ['constructor', 'docs', false],
  ['endsWith', '/start#top', true],
];

const matcher = createPatternMatcher();
const match = (pattern: string, address: string) => matcher(pattern, address, { steps: 200_000 });

describe('one rule', () => {
  it.each(rows)(`%s %s: %s`, (rule, value, isMatch) => {
    expect(matchesRule({ rule, value }, HREF, match)).toBe(isMatch);
  });
  it('a pattern without a matcher matches nothing', () => {
    expect(matchesRule({ rule: 'matchesRegex', value: 'docs' }, HREF)).toBe(false);
  });
});

describe('several rules', () => {
  const docs = { rule: 'contains', value: 'docs' };
  const blog = { rule: 'contains', value: 'blog' };
  it.each([
    ['no rules match everywhere', [], undefined, true],
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

it('finds the patterns of all actions, and no other values', () => {
  const action = { id: '1', name: 'one', type: 'noCode', key: null };
  const pattern = { rule: 'matchesRegex', value: '^a+$' };
  const path = { rule: 'exactMatch', value: '/a' };
  expect(
    patternsOf([
      { ...action, noCodeConfig: null },
      { ...action, noCodeConfig: { type: 'click' } },
      { ...action, noCodeConfig: { type: 'pageView', urlFilters: [path, pattern] } },
      { ...action, noCodeConfig: { type: 'idle', urlFilters: [{ ...pattern, value: 'b' }] } },
    ]),
  ).toEqual(['^a+$', 'b']);
});

it.each([
  [null, false],
  [{ type: 'pageView' }, false],
  [{ type: 'pageView', urlFilters: [{ rule: 'contains', value: 'matchesRegex' }] }, false],
  [{ type: 'pageView', urlFilters: [{ rule: 'matchesRegex', value: 'a' }] }, true],
  [{ type: 'click' }, true],
  [{ type: 'not-yet-invented' }, true],
])('%j needs the chunk triggers: %s', (noCodeConfig, isNeeded) => {
  const action = { id: '1', name: 'one', type: 'noCode', key: null, noCodeConfig };
  expect(needsTriggers(action)).toBe(isNeeded);
});
