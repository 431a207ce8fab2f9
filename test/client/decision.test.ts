import { describe, expect, it } from 'vitest';
import { type DecisionFacts, decide, doRepeat, findAction, isCounted } from '../../src/client/decision.ts';
import type { ActionClass, NoCodeConfig, Survey } from '../../src/core/survey/document.ts';
import { createState, type DeviceState } from '../../src/session/state.ts';
import { showing, survey } from '../core/targeting/sample.ts';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const facts: DecisionFacts = { now: NOW, fired: ['Finished'], showings: [], isForgetful: false };

const environment = (change: object = {}) => ({
  ...{ at: NOW, until: NOW + 1 },
  data: { surveys: [], actionClasses: [], workspace: { recontactDays: 0 }, ...change },
});
const user = (change: object = {}) => ({
  ...{ at: NOW, until: NOW + 1 },
  data: {
    contactId: 'c',
    userId: 'u1',
    segments: [],
    displays: [],
    responses: [],
    lastDisplayAt: null,
    ...change,
  },
});
const state = (change: object = {}): DeviceState =>
  ({ ...createState('seed'), environment: environment(), ...change }) as unknown as DeviceState;

const segment = { id: 'g1', hasFilters: true };

describe('the gate that a survey fails at', () => {
  it.each<[string, Partial<Survey>, object, Partial<DecisionFacts>, string | undefined]>([
    ['none, when all is well', {}, {}, {}, undefined],
    ['its trigger, when another action fired', {}, {}, { fired: ['Other'] }, 'trigger'],
    [
      'its trigger, when the action has not fired often enough on this device',
      { triggers: [{ actionClass: { name: 'Finished' }, occurrence: 2 }] },
      { counts: { Finished: 1 } },
      {},
      'trigger',
    ],
    [
      'none, when the action has',
      { triggers: [{ actionClass: { name: 'Finished' }, occurrence: 2 }] },
      { counts: { Finished: 2 } },
      {},
      undefined,
    ],
    [
      'its display option, when this device has shown it',
      {},
      {},
      { showings: [showing()] },
      'display-option',
    ],
    [
      'its display option, when the server knows of a display to this person',
      {},
      {
        userId: 'u1',
        user: user({ displays: [{ surveyId: 's1', createdAt: '2023-01-01T00:00:00.000Z' }] }),
      },
      {},
      'display-option',
    ],
    [
      'none, when that display was to somebody else',
      {},
      { userId: 'u2', user: user({ displays: [{ surveyId: 's1', createdAt: '2023-01-01T00:00:00.000Z' }] }) },
      {},
      undefined,
    ],
    [
      'the cooldown, by the settings of the environment',
      {},
      { environment: environment({ workspace: { recontactDays: 7 } }) },
      { showings: [showing({ surveyId: 's9', shownAt: NOW - DAY })] },
      'cooldown',
    ],
    [
      'the cooldown, by the settings under their older name',
      {},
      { environment: environment({ workspace: undefined, project: { recontactDays: 7 } }) },
      { showings: [showing({ surveyId: 's9', shownAt: NOW - DAY })] },
      'cooldown',
    ],
    [
      'no cooldown, where the environment sets none',
      {},
      { environment: environment({ workspace: undefined }) },
      { showings: [showing({ surveyId: 's9', shownAt: NOW - DAY })] },
      undefined,
    ],
    ['the segment, for nobody', { segment }, {}, {}, 'segment'],
    ['the segment, for others', { segment }, { userId: 'u1', user: user() }, {}, 'segment'],
    ['none, for those in it', { segment }, { userId: 'u1', user: user({ segments: ['g1'] }) }, {}, undefined],
    ['sampling', { displayPercentage: 0 }, {}, {}, 'sampling'],
    ['none, when it is for everybody', { displayPercentage: 100 }, {}, {}, undefined],
    [
      'unsupported, when it asks for reCAPTCHA',
      { recaptcha: { enabled: true } } as object,
      { environment: environment({ recaptchaSiteKey: 'k' }) },
      {},
      'unsupported',
    ],
    ['no-memory, where it would open on every page', {}, {}, { isForgetful: true }, 'no-memory'],
    ['another-open', {}, {}, { isOpen: true }, 'another-open'],
    ['other-tab', {}, {}, { isOpenElsewhere: true }, 'other-tab'],
    ['impolite', {}, {}, { impolite: 'typing' }, 'impolite'],
  ])('is %s', (_name, change, device, more, expected) => {
    const gates = decide(survey(change), state(device), { ...facts, ...more });
    expect(gates.find(({ pass }) => !pass)?.code).toBe(expected);
    expect(gates.length).toBeGreaterThan(1);
  });
});

it('sampling goes by the person, and by the device for nobody', () => {
  const roll = (device: object) =>
    decide(survey(), state(device), facts).find(({ code }) => code === 'sampling')?.used as { roll: number };
  expect(roll({ seed: 'a' }).roll).not.toBe(roll({ seed: 'b' }).roll);
  expect(roll({ seed: 'a', userId: 'u1' }).roll).toBe(roll({ seed: 'b', userId: 'u1' }).roll);
});

it('a document that is broken in an unforeseen way is unsupported, and throws nothing', () => {
  const [gate, ...others] = decide(survey({ triggers: null as never }), state(), facts);
  expect(gate).toMatchObject({ code: 'unsupported', pass: false });
  expect(others).toEqual([]);
});

it('decides before there is an environment', () => {
  const gates = decide(survey(), state({ environment: undefined }), facts);
  expect(gates.every(({ pass }) => pass)).toBe(true);
});

describe('actions', () => {
  const noCode = (name: string, type: string): ActionClass => ({
    ...{ id: name, name, type: 'noCode', key: null },
    noCodeConfig: { type } as NoCodeConfig,
  });
  const code: ActionClass = { id: 'c', name: 'Called', type: 'code', key: 'called', noCodeConfig: null };
  const actions = [noCode('Clicked', 'click'), noCode('Viewed', 'pageView'), noCode('Idle', 'idle'), code];

  it('are found by their names', () => {
    expect(findAction(actions, 'Viewed')?.id).toBe('Viewed');
    expect(findAction(actions, 'Other')).toBeUndefined();
  });

  it.each<[string, readonly string[], boolean]>([
    ['a page view', ['Viewed'], true],
    ['an idle visitor', ['Idle', 'Viewed'], true],
    ['a click', ['Clicked'], false],
    ['a call', ['Called'], false],
    ['a page view and a click', ['Viewed', 'Clicked'], false],
    ['an action that is not here', ['Other'], false],
  ])('would fire again on the next page by themselves: %s', (_name, names, expected) => {
    expect(doRepeat(actions, names)).toBe(expected);
  });

  it.each<[string, object, boolean]>([
    ['by none', survey(), false],
    [
      'by one that asks for the second time',
      survey({ triggers: [{ actionClass: { name: 'A' }, occurrence: 2 }] }),
      true,
    ],
    [
      'by one that asks for another',
      survey({ triggers: [{ actionClass: { name: 'B' }, occurrence: 2 }] }),
      false,
    ],
    ['by one without triggers', { ...survey(), triggers: undefined }, false],
  ])('are counted %s', (_name, one, expected) => {
    expect(isCounted([one as Survey], 'A')).toBe(expected);
  });
});
