import { describe, expect, it } from 'vitest';
import { createEmbeddedData, type EmbeddedInput } from '../../src/formbricks/embedded-data.ts';

const DECLARED = { enabled: true, fieldIds: ['plan', 'Seats'] };

describe('embedded data', () => {
  it.each<[string, readonly EmbeddedInput[], object]>([
    ['lands in the fields a survey declares', [{ plan: 'pro', colour: 'red' }], { plan: 'pro' }],
    ['is matched without regard to case', [{ PLAN: 'pro', seats: 3 }], { plan: 'pro', Seats: 3 }],
    ['merges, the last write wins', [{ plan: 'free', Seats: 1 }, { plan: 'pro' }], { plan: 'pro', Seats: 1 }],
    ['loses a key that is set to null', [{ plan: 'pro', Seats: 1 }, { plan: null }], { Seats: 1 }],
    ['keeps a key that is set to undefined', [{ plan: 'pro' }, { plan: undefined }], { plan: 'pro' }],
    ['holds booleans as texts', [{ plan: false }], { plan: 'false' }],
    ['holds dates as ISO texts', [{ plan: new Date(0) }], { plan: '1970-01-01T00:00:00.000Z' }],
    ['skips what no answer can hold', [{ plan: {}, Seats: Number.NaN }], {}],
    ['skips a date that is none', [{ plan: new Date('no') }], {}],
  ])('%s', (_name, inputs, expected) => {
    const bag = createEmbeddedData();
    for (const input of inputs) bag.set(input);
    expect(bag.fill(DECLARED, {})).toEqual(expected);
  });

  it('stays under what was given with the trigger', () => {
    const bag = createEmbeddedData();
    bag.set({ PLAN: 'pro', Seats: 3 });
    expect(bag.fill(DECLARED, { plan: 'free' })).toEqual({ plan: 'free', Seats: 3 });
  });

  it.each([
    ['whose hidden fields are off', { enabled: false, fieldIds: ['plan'] }],
    ['that declares none', { enabled: true }],
    ['of a server that sends none', undefined],
  ])('reaches no survey %s', (_name, declared) => {
    const bag = createEmbeddedData();
    bag.set({ plan: 'pro' });
    expect(bag.fill(declared, { given: 'x' })).toEqual({ given: 'x' });
  });

  it('loses one key, or all', () => {
    const bag = createEmbeddedData();
    bag.set({ plan: 'pro', Seats: 3 });
    bag.remove('plan');
    expect(bag.fill(DECLARED, {})).toEqual({ Seats: 3 });
    bag.clear();
    expect(bag.fill(DECLARED, {})).toEqual({});
  });
});
