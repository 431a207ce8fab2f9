import { describe, expect, it } from 'vitest';
import {
  isNewerPost,
  isSameAnswer,
  mergeResponse,
  type ResponseChange,
  toTtc,
} from '../../../server/domain/merge-response.ts';
import type { ResponseRecord } from '../../../server/repo/responses.ts';

const stored: ResponseRecord = {
  id: 'r',
  environmentId: 'e',
  surveyId: 's',
  displayId: null,
  contactId: null,
  isVerified: false,
  singleUseId: null,
  language: 'de-DE',
  endingId: 'end1',
  finished: false,
  seq: 1,
  createdAt: 1,
  updatedAt: 1,
  data: { a: '1', b: ['x'] },
  variables: { v: 1 },
  ttc: { a: 5 },
  meta: {},
  contactAttributes: null,
};

const rows: [
  name: string,
  before: Partial<ResponseRecord>,
  change: ResponseChange,
  after: Partial<ResponseRecord>,
][] = [
  ['nothing changes nothing', {}, {}, {}],
  ['a new key is added', {}, { data: { c: 3 } }, { data: { a: '1', b: ['x'], c: 3 } }],
  ['a known key is replaced', {}, { data: { a: '2' } }, { data: { a: '2', b: ['x'] } }],
  ['a list is replaced, not joined', {}, { data: { b: [] } }, { data: { a: '1', b: [] } }],
  ['variables merge by key', {}, { variables: { w: 'x' } }, { variables: { v: 1, w: 'x' } }],
  ['times merge by key', {}, { ttc: { b: 7 } }, { ttc: { a: 5, b: 7 } }],
  ['a null ending takes it away', {}, { endingId: null }, { endingId: null }],
  ['an absent ending stays', {}, { finished: false }, {}],
  ['a language is replaced', {}, { language: 'fr-FR' }, { language: 'fr-FR' }],
  [
    'finishing adds the sum',
    {},
    { finished: true, ttc: { b: 1 } },
    { finished: true, ttc: { a: 5, b: 1, _total: 6 } },
  ],
  [
    'a sum is never summed',
    { finished: true, ttc: { a: 5, _total: 5 } },
    { ttc: { b: 1 } },
    { finished: true, ttc: { a: 5, b: 1, _total: 6 } },
  ],
  ['a sum that is sent is not believed', {}, { ttc: { _total: 99 } }, {}],
  [
    'finished stays finished',
    { finished: true, ttc: { a: 5, _total: 5 } },
    { finished: false },
    { finished: true, ttc: { a: 5, _total: 5 } },
  ],
];

describe('merging', () => {
  it.each(rows)('%s', (_name, before, change, after) => {
    expect(mergeResponse({ ...stored, ...before }, change)).toEqual({ ...stored, ...after });
  });
});

describe('times', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [86_400_000, 86_400_000],
    [86_400_001, 86_400_000],
  ])('%d ms counts as %d', (given, kept) => expect(toTtc({ a: given }, false)).toEqual({ a: kept }));
});

describe('a post with a known id', () => {
  const cases: [name: string, stored: number | null, seq: number | undefined, counts: boolean][] = [
    ['a higher seq counts', 3, 4, true],
    ['an equal one does not', 3, 3, false],
    ['a lower one does not', 3, 2, false],
    ['the first seq counts where none was stored', null, 0, true],
    ['none never counts', 3, undefined, false],
    ['none does not count either where none was stored', null, undefined, false],
  ];
  it.each(cases)('%s', (_name, storedSeq, seq, counts) => expect(isNewerPost(storedSeq, seq)).toBe(counts));
});

describe('isSameAnswer', () => {
  it('ignores the order of keys', () => {
    const turned = { ...stored, data: { b: ['x'], a: '1' } };
    expect(isSameAnswer(stored, turned)).toBe(true);
  });
  it.each<[string, Partial<ResponseRecord>]>([
    ['data', { data: { a: '1', b: ['y'] } }],
    ['variables', { variables: { v: 2 } }],
    ['times', { ttc: { a: 6 } }],
    ['finished', { finished: true }],
    ['ending', { endingId: null }],
    ['language', { language: null }],
  ])('is false when %s differ', (_name, change) => {
    expect(isSameAnswer(stored, { ...stored, ...change })).toBe(false);
  });
});
