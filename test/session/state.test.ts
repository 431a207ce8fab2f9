import { describe, expect, it } from 'vitest';
import {
  createState,
  currentUser,
  type DeviceState,
  isUsable,
  sanitizeState,
  serverHistory,
} from '../../src/session/state.ts';
import type { WireEnvironment } from '../../src/wire/environment.ts';
import type { WireUser } from '../../src/wire/user.ts';

const lists = { surveys: [], actionClasses: [] } as unknown as WireEnvironment;
const person: WireUser = {
  contactId: 'c1',
  userId: 'u1',
  segments: ['g1'],
  displays: [{ surveyId: 's1', createdAt: '1970-01-01T00:00:10.000Z' }],
  responses: ['s2'],
  lastDisplayAt: null,
};
const dated = <T>(data: T) => ({ data, at: 7, until: 9 });
const state = (change: object = {}): DeviceState => ({ ...createState('seed'), ...change }) as DeviceState;

it('a new state has nobody and nothing', () => {
  expect(createState('seed')).toEqual({
    ...{ v: 1, seed: 'seed', skew: 0, userId: null, acked: {}, due: [], leases: {} },
  });
});

describe('an environment is usable', () => {
  it.each<[string, object | undefined, boolean]>([
    ['with both lists', lists, true],
    ['not without surveys', { actionClasses: [] }, false],
    ['not without action classes', { surveys: [] }, false],
    ['not with another thing in their place', { surveys: {}, actionClasses: [] }, false],
    ['not when there is none', undefined, false],
  ])('%s', (_name, data, expected) => {
    expect(isUsable(data as WireEnvironment)).toBe(expected);
  });
});

describe('a stored state', () => {
  it('is kept when it is whole', () => {
    const whole = state({ userId: 'u1', environment: dated(lists), user: dated(person) });
    expect(sanitizeState(whole)).toEqual(whole);
  });

  it.each([
    ['an environment without lists', { environment: dated({ surveys: [] }) }],
    ['an environment without data', { environment: { at: 1, until: 2 } }],
    ['a person without lists', { user: dated({ userId: 'u1', segments: [] }) }],
    ['a person without data', { user: { at: 1, until: 2 } }],
    ['a user id that is no text', { userId: 7 }],
    ['delays that are none', { due: [null, {}] }],
  ])('loses %s', (_name, broken) => {
    expect(sanitizeState(state(broken))).toEqual(state());
  });
});

describe('the person at hand', () => {
  it.each<[string, object, boolean]>([
    ['is known once the server has answered about them', { userId: 'u1', user: dated(person) }, true],
    ['is not known before', { userId: 'u1' }, false],
    ['is not the one that the server knew before', { userId: 'u2', user: dated(person) }, false],
    ['is nobody after a logout', { userId: null, user: dated(person) }, false],
  ])('%s', (_name, change, isKnown) => {
    expect(currentUser(state(change)) !== undefined).toBe(isKnown);
    expect(serverHistory(state(change)) !== undefined).toBe(isKnown);
  });
});

it('the server’s history is in this device’s time', () => {
  const known = (lastDisplayAt: string | null) =>
    serverHistory(state({ userId: 'u1', skew: 4_000, user: dated({ ...person, lastDisplayAt }) }));
  const displays = [{ surveyId: 's1', at: 6_000 }];
  expect(known(null)).toEqual({ displays, responses: ['s2'], at: 7 });
  expect(known('1970-01-01T00:00:20.000Z')?.displays).toEqual([...displays, { surveyId: '', at: 16_000 }]);
});
