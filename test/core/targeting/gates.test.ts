import { expect, it } from 'vitest';
import type { Survey } from '../../../src/core/survey/document.ts';
import { askGates, type Facts } from '../../../src/core/targeting/gates.ts';
import { survey } from './sample.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const fresh = { displays: 0, responded: false, lastDisplayAt: undefined };
const facts: Facts = {
  now: NOW,
  who: null,
  segments: undefined,
  history: fresh,
  roll: 50,
  settings: { recontactDays: 0 },
  hasRecaptcha: false,
  fired: ['Finished'],
  counts: {},
  isForgetful: false,
  isOpen: false,
  isOpenElsewhere: false,
  impolite: undefined,
};
const targeted = { id: 'seg', hasFilters: true };
const once = { ...fresh, displays: 1 };
const answered = { ...once, responded: true };
const ago = (ms: number) => ({ ...fresh, lastDisplayAt: NOW - ms });

const thirdTime = { triggers: [{ actionClass: { name: 'Finished' }, occurrence: 3 }] };

type Row = [name: string, change: Partial<Survey>, at: Partial<Facts>, outcome: string];

const rows: Row[] = [
  ['opens when every gate passes', {}, {}, 'show'],
  ['a paused survey', { status: 'paused' }, {}, 'status'],
  ['a link survey', { type: 'link' }, {}, 'status'],
  ['another action', {}, { fired: ['Other'] }, 'trigger'],
  ['no action yet', {}, { fired: [] }, 'trigger'],
  [
    'one of several triggers',
    { triggers: [{ actionClass: { name: 'A' } }, { actionClass: { name: 'Finished' } }] },
    {},
    'show',
  ],
  ['the third time of an action, now', thirdTime, { counts: { Finished: 3 } }, 'show'],
  ['the third time of an action, later', thirdTime, { counts: { Finished: 4 } }, 'show'],
  ['the third time of an action, too early', thirdTime, { counts: { Finished: 2 } }, 'trigger'],
  [
    'the third time of an action, another one fired',
    thirdTime,
    { counts: { Finished: 3 }, fired: [] },
    'trigger',
  ],

  ['displayOnce, shown before', {}, { history: once }, 'display-option'],
  [
    'displayMultiple, shown but not answered',
    { displayOption: 'displayMultiple' },
    { history: once },
    'show',
  ],
  [
    'displayMultiple, answered in part',
    { displayOption: 'displayMultiple' },
    { history: answered },
    'display-option',
  ],
  ['respondMultiple, answered', { displayOption: 'respondMultiple' }, { history: answered }, 'show'],
  ['displaySome without a limit, answered', { displayOption: 'displaySome' }, { history: answered }, 'show'],
  [
    'displaySome below its limit',
    { displayOption: 'displaySome', displayLimit: 2 },
    { history: once },
    'show',
  ],
  [
    'displaySome at its limit',
    { displayOption: 'displaySome', displayLimit: 1 },
    { history: once },
    'display-limit',
  ],
  [
    'displaySome below its limit, answered',
    { displayOption: 'displaySome', displayLimit: 9 },
    { history: answered },
    'display-option',
  ],
  [
    'a limit means nothing to another option',
    { displayOption: 'respondMultiple', displayLimit: 1 },
    { history: once },
    'show',
  ],
  ['an unknown display option', { displayOption: 'displayTwice' }, {}, 'unsupported'],

  ['cooldown a millisecond short of a day', { recontactDays: 1 }, { history: ago(DAY - 1) }, 'cooldown'],
  ['cooldown over at its last millisecond', { recontactDays: 1 }, { history: ago(DAY) }, 'show'],
  ['the environment’s cooldown', {}, { settings: { recontactDays: 7 }, history: ago(6 * DAY) }, 'cooldown'],
  [
    'the survey’s own 0 overrules it',
    { recontactDays: 0 },
    { settings: { recontactDays: 7 }, history: ago(DAY) },
    'show',
  ],
  [
    'the survey’s own days overrule it',
    { recontactDays: 2 },
    { settings: { recontactDays: 7 }, history: ago(3 * DAY) },
    'show',
  ],
  ['a clock set back counts as time passed', { recontactDays: 1 }, { history: ago(-2 * DAY) }, 'show'],
  ['cooldown without any display', { recontactDays: 30 }, {}, 'show'],

  ['no filters, anonymous', { segment: { id: 'seg', hasFilters: false } }, {}, 'show'],
  [
    'no filters, identified and in no segment',
    { segment: { id: 'seg', hasFilters: false } },
    { who: 'u', segments: [] },
    'show',
  ],
  ['filters, anonymous', { segment: targeted }, {}, 'segment'],
  ['filters in the old shape, anonymous', { segment: { id: 'seg', filters: [{}] } }, {}, 'segment'],
  ['filters, a member', { segment: targeted }, { who: 'u', segments: ['x', 'seg'] }, 'show'],
  ['filters, not a member', { segment: targeted }, { who: 'u', segments: ['x'] }, 'segment'],
  ['filters, membership not known yet', { segment: targeted }, { who: 'u', segments: undefined }, 'segment'],

  ['roll below the percentage', { displayPercentage: 50.01 }, {}, 'show'],
  ['roll at the percentage', { displayPercentage: 50 }, {}, 'sampling'],
  ['0 percent shows to nobody', { displayPercentage: 0 }, { roll: 0 }, 'sampling'],
  ['100 percent shows to everybody', { displayPercentage: 100 }, { roll: 99.99 }, 'show'],

  ['the visitor types', {}, { impolite: 'typing' }, 'impolite'],
  ['no storage', {}, { isForgetful: true }, 'no-memory'],
  ['another survey is open', {}, { isOpen: true }, 'another-open'],
  ['another tab has an open survey', {}, { isOpenElsewhere: true }, 'other-tab'],
];

it.each(rows)('%s', (_name, change, at, outcome) => {
  const gates = askGates(survey(change), { ...facts, ...at });
  expect(gates.find((gate) => !gate.pass)?.code ?? 'show').toBe(outcome);
  expect(gates.every(({ pass }) => pass)).toBe(outcome === 'show');
});

it('checks every gate, in the documented order', () => {
  expect(askGates(survey(), facts).map(({ code }) => code)).toEqual([
    'status',
    'consent',
    'trigger',
    'display-option',
    'display-limit',
    'cooldown',
    'segment',
    'sampling',
    'unsupported',
    'no-memory',
    'another-open',
    'other-tab',
    'impolite',
  ]);
});

it('returns the values it used', () => {
  const gates = askGates(survey({ recontactDays: 3 }), { ...facts, history: ago(DAY) });
  expect(gates.find(({ code }) => code === 'cooldown')).toEqual({
    code: 'cooldown',
    pass: false,
    used: { days: 3, lastDisplayAt: NOW - DAY },
  });
});
