import { expect, it } from 'vitest';
import { historyOf, type KnownHistory, type Showing } from '../../../src/core/targeting/history.ts';
import { showing } from './sample.ts';

const known: KnownHistory = { displays: [{ surveyId: 's1', at: 500 }], responses: [], at: 2_000 };

type Row = [
  name: string,
  who: string | null,
  showings: Showing[],
  known: KnownHistory | undefined,
  outcome: [displays: number, responded: boolean, lastDisplayAt: number | undefined],
];

const rows: Row[] = [
  ['no showings and no server history', null, [], undefined, [0, false, undefined]],
  ['anonymous: their own showing', null, [showing()], undefined, [1, false, 1_000]],
  [
    'anonymous: everything of this device counts',
    null,
    [showing({ who: 'a' })],
    undefined,
    [1, false, 1_000],
  ],
  ['a person: the anonymous showings of this device', 'a', [showing()], undefined, [1, false, 1_000]],
  ['a person: not another person’s', 'a', [showing({ who: 'b' })], undefined, [0, false, undefined]],
  ['a person: the server’s displays', 'a', [], known, [1, false, 500]],
  [
    'a showing the server knew already is counted once',
    'a',
    [showing({ who: 'a' })],
    known,
    [1, false, 1_000],
  ],
  [
    'a showing acknowledged after the server spoke',
    'a',
    [showing({ who: 'a', ackedAt: 2_001 })],
    known,
    [2, false, 1_000],
  ],
  ['an anonymous showing is never in a person’s list', 'a', [showing()], known, [2, false, 1_000]],
  [
    'another survey moves the clock only',
    'a',
    [showing({ surveyId: 's2', shownAt: 9_000 })],
    known,
    [1, false, 9_000],
  ],
  ['a card was submitted', null, [showing({ seq: 2 })], undefined, [1, true, 1_000]],
  ['the server has a response', 'a', [], { ...known, responses: ['s1'] }, [1, true, 500]],
  ['the server has a response to another survey', 'a', [], { ...known, responses: ['s2'] }, [1, false, 500]],
];

it.each(rows)('%s', (_name, who, showings, server, [displays, responded, lastDisplayAt]) => {
  expect(historyOf('s1', who, showings, server)).toEqual({ displays, responded, lastDisplayAt });
});
