import { expect, it } from 'vitest';
import { type AttributeValue, planAttributes } from '../../../server/domain/plan-attributes.ts';
import type { AttributeType } from '../../../server/repo/attribute-keys.ts';
import { MAX_ATTRIBUTE_KEYS } from '../../../src/core/limits.ts';

const types: Readonly<Record<string, AttributeType>> = {
  userId: 'string',
  email: 'string',
  language: 'string',
  text: 'string',
  count: 'number',
  since: 'date',
  Odd: 'string',
};
const keys = new Map(Object.entries(types).map(([key, dataType]) => [key, { dataType }]));
const facts = { keys, current: new Map(), languages: [{ code: 'klingon', alias: 'tlh' }] };

type Outcome = { value: string; dataType?: AttributeType } | 'nothing' | 'message' | 'error';

const rows: [name: string, key: string, value: AttributeValue, outcome: Outcome][] = [
  ['a text for a text key', 'text', 'a', { value: 'a' }],
  ['an empty text', 'text', '', { value: '' }],
  ['a flag for a text key', 'text', true, { value: 'true' }],
  ['a number for a text key', 'text', 7, 'message'],
  ['a date for a text key stays text', 'text', '2024-01-15', { value: '2024-01-15' }],
  ['a number for a number key', 'count', 7.5, { value: '7.5' }],
  ['a numeric text for a number key', 'count', '42', 'message'],
  ['a flag for a number key', 'count', false, 'message'],
  ['a date for a date key', 'since', '2024-01-15', { value: '2024-01-15T00:00:00.000Z' }],
  ['a date with a time, in UTC', 'since', '2024-01-15T10:20:30', { value: '2024-01-15T10:20:30.000Z' }],
  ['a date with a time in UTC', 'since', '2024-01-15T10:20:30.5Z', 'message'],
  ['a date with milliseconds', 'since', '2024-01-15T10:20:30.500Z', { value: '2024-01-15T10:20:30.500Z' }],
  ['a date of another zone', 'since', '2024-01-15T10:20:30+02:00', 'message'],
  ["a date at 24 o'clock", 'since', '2024-01-15T24:00:00Z', 'message'],
  ['a date in month 13', 'since', '2024-13-01', 'message'],
  ['a date with blanks around it', 'since', ' 2024-01-15', 'message'],
  ['a flag for a date key', 'since', true, 'message'],
  ['a number for a date key', 'since', 2024, 'message'],
  ['a year alone for a date key', 'since', '2024', 'message'],
  ['a text for a date key', 'since', 'soon', 'message'],
  ['the 29th of February', 'since', '2024-02-29', { value: '2024-02-29T00:00:00.000Z' }],
  ['the 30th of February', 'since', '2024-02-30', 'message'],
  ['a new key from a number', 'fresh', 1, { value: '1', dataType: 'number' }],
  ['a new key from 31 April', 'fresh', '2024-04-31', { value: '2024-04-31', dataType: 'string' }],
  ['a new key from an empty text', 'fresh', '', { value: '', dataType: 'string' }],
  ['a new key from zero below', 'fresh', -0.5, { value: '-0.5', dataType: 'number' }],
  ['a new key from a date', 'fresh', '2024-01-15', { value: '2024-01-15T00:00:00.000Z', dataType: 'date' }],
  ['a new key from a numeric text', 'fresh', '42', { value: '42', dataType: 'string' }],
  [
    'a new key from another way to write a date',
    'fresh',
    '15/01/2024',
    { value: '15/01/2024', dataType: 'string' },
  ],
  ['a new key from a flag', 'fresh', false, { value: 'false', dataType: 'string' }],
  ['an odd key that exists', 'Odd', 'a', { value: 'a' }],
  ['a new key with a capital', 'Plan', 'a', 'error'],
  ['a new key that starts with a digit', '1st', 'a', 'error'],
  ['a new key with a hyphen', 'a-b', 'a', 'error'],
  ['a new key with digits and _', 'a_1', 'a', { value: 'a' }],
  ['a reserved key', 'first_name', 'a', 'error'],
  ['a reserved key in capitals', 'User_ID', 'a', 'error'],
  ['an empty key', '', 'a', 'error'],
  ['a reserved key with blanks around it', ' last_name ', 'a', 'error'],
  ['a key of 2,000 characters', 'a'.repeat(2000), 'a', { value: 'a' }],
  ['a key of 2,001 characters', 'a'.repeat(2001), 'a', 'error'],
  ['the user id', 'userId', 'a', 'nothing'],
  ['an id', 'id', 'a', 'nothing'],
  ['a known language', 'language', 'EN_us', { value: 'en-US' }],
  ['a language of the environment, in its spelling', 'language', 'KLINGON', { value: 'klingon' }],
  ['an alias of the environment', 'language', 'TLH', { value: 'tlh' }],
  ['an unknown language', 'language', 'quenya', 'message'],
  ['a language that is a flag', 'language', true, 'message'],
  ['a language that is a number', 'language', 7, 'message'],
  ['a blank language', 'language', ' ', 'nothing'],
];

it.each(rows)('%s', (_name, key, value, outcome) => {
  const { writes, messages, errors } = planAttributes({ [key]: value }, facts);
  const isNew = !keys.has(key);
  if (outcome === 'nothing')
    expect({ writes, messages, errors }).toEqual({ writes: [], messages: [], errors: [] });
  else if (outcome === 'message') expect([writes, messages.length, errors]).toEqual([[], 1, []]);
  else if (outcome === 'error') expect([writes, messages, errors.length]).toEqual([[], [], 1]);
  else {
    expect(writes).toEqual([expect.objectContaining({ key, isNew, ...outcome })]);
    expect(messages).toHaveLength(isNew ? 1 : 0);
  }
});

it('writes no value that is stored already', () => {
  const current = new Map([
    ['text', { value: 'a', number: null, date: null }],
    ['count', { value: '7', number: 7, date: null }],
    ['since', { value: '2024-01-15T00:00:00.000Z', number: null, date: 1 }],
    ['language', { value: 'de-DE', number: null, date: null }],
  ]);
  const given = { text: 'a', count: 7, since: '2024-01-15', language: 'de' };
  expect(planAttributes(given, { ...facts, current }).writes).toEqual([]);
  expect(planAttributes({ text: 'b' }, { ...facts, current }).writes).toHaveLength(1);
});

it('makes the last key within the limit, and neither of two where one is left', () => {
  const almost = new Map(
    Array.from({ length: MAX_ATTRIBUTE_KEYS - 1 }, (_, index) => [
      `k${index}`,
      { dataType: 'string' as const },
    ]),
  );
  const full = { ...facts, keys: almost };
  expect(planAttributes({ one: 'a' }, full).writes).toHaveLength(1);
  const two = planAttributes({ one: 'a', two: 'b', k1: 'c' }, full);
  expect(two.writes.map(({ key }) => key)).toEqual(['k1']);
  expect(two.messages).toHaveLength(1);
});
