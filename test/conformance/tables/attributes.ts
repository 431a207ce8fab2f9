import { MAX_ENVIRONMENT_NEW_KEYS_PER_DAY } from '../../../src/core/limits.ts';
import type { Case, Step, Table } from '../case.ts';
import { addSurvey, survey } from '../fixtures.ts';
import { anyId, anyText, like } from '../match.ts';
import { answer, CLIENT_HEADERS, identify, ok, stored } from './common.ts';
import { state, storedAnswer } from './states.ts';

type Attributes = Readonly<Record<string, unknown>>;

interface Outcome {
  /** The stored attributes afterwards, besides the user id. */
  readonly stored: Attributes;
  readonly messages?: readonly unknown[];
  readonly errors?: readonly unknown[];
  /** The language in the state. */
  readonly language?: string;
}

const naming = (word: string) => like(new RegExp(word));

/** Requests, the attributes of the last one, and its result. */
function row(
  name: string,
  given: Attributes,
  outcome: Outcome,
  { earlier = [], ...more }: Partial<Case> & { readonly earlier?: readonly Attributes[] } = {},
): Case {
  const { messages, errors, language } = outcome;
  return {
    name,
    spec: '4',
    // Keys belong to the environment: rows that create one must not share its name.
    alone: true,
    versions: ['v1'],
    before: earlier.map((attributes) => identify('{me}', attributes)),
    send: { json: { userId: '{me}', attributes: given } },
    expect: ok({
      state: { data: state(language === undefined ? {} : { language }), expiresAt: anyText },
      ...(messages ? { messages } : {}),
      ...(errors ? { errors } : {}),
    }),
    afterwards: [
      answer('probe', { userId: '{me}' }),
      stored(
        'probe',
        storedAnswer({
          contact: { id: anyId, userId: '{me}' },
          contactAttributes: { userId: '{me}', ...outcome.stored },
        }),
      ),
    ],
    ...more,
  };
}

/** The first value of a new key, its stored form, and the type in its message. */
function firstValue(value: unknown, text: string, type: string): Case {
  return row(
    `a new key with ${JSON.stringify(value)} is a ${type}`,
    { fresh: value },
    { stored: { fresh: text }, messages: [like(new RegExp(`fresh.*${type}`))] },
    { spec: '4.2' },
  );
}

function badKey(key: string): Case {
  return row(
    `new key ${JSON.stringify(key)}`,
    { [key]: 'x' },
    { stored: {}, errors: [anyText] },
    { spec: '4.1' },
  );
}

function mismatch(name: string, first: unknown, text: string, second: unknown): Case {
  return row(
    name,
    { fresh: second },
    { stored: { fresh: text }, messages: [naming('fresh')] },
    { spec: '4.2', earlier: [{ fresh: first }] },
  );
}

const ISO = '2024-02-29T00:00:00.000Z';

const keys: readonly Case[] = [
  row(
    'default keys need no making',
    { email: 'ada@example.com', firstName: 'Ada', lastName: 'L' },
    {
      stored: { email: 'ada@example.com', firstName: 'Ada', lastName: 'L' },
    },
  ),
  row(
    'a new key in lower case',
    { plan: 'free' },
    { stored: { plan: 'free' }, messages: [naming('plan')] },
    { spec: '4.1', covers: ['user plain key'] },
  ),
  row(
    'a new key with a capital, beside one that is fine',
    { Plan: 'free', plan: 'pro' },
    { stored: { plan: 'pro' }, messages: [naming('plan')], errors: [naming('Plan')] },
    { spec: '4.1', covers: ['user capital key'] },
  ),
  ...[
    '1st',
    '_plan',
    'my-plan',
    'my plan',
    'plän',
    '',
    'user_id',
    'first_name',
    'last_name',
    'User_Id',
    ' last_name ',
  ].map(badKey),
  row(
    'digits and underscores after the first letter',
    { a_1: 'x' },
    { stored: { a_1: 'x' }, messages: [naming('a_1')] },
    { spec: '4.1' },
  ),
];

const types: readonly Case[] = [
  firstValue(5, '5', 'number'),
  firstValue(-2.5, '-2.5', 'number'),
  firstValue('42', '42', 'string'),
  firstValue('2024', '2024', 'string'),
  firstValue('15/01/2024', '15/01/2024', 'string'),
  firstValue(true, 'true', 'string'),
  firstValue(false, 'false', 'string'),
  firstValue('', '', 'string'),
  firstValue('2024-02-29', ISO, 'date'),
  firstValue('2024-02-29T00:00:00', ISO, 'date'),
  firstValue('2024-02-29T00:00:00Z', ISO, 'date'),
  firstValue('2024-02-29T00:00:00.000Z', ISO, 'date'),
  firstValue('2023-02-29', '2023-02-29', 'string'),
  firstValue('2024-13-01', '2024-13-01', 'string'),
  row(
    'a text for a number key',
    { fresh: '42' },
    { stored: { fresh: '5' }, messages: [naming('fresh')] },
    { spec: '4.2', earlier: [{ fresh: 5 }], covers: ['user type message', 'user type kept'] },
  ),
  mismatch('a flag for a number key', 5, '5', true),
  mismatch('a number for a text key', 'a', 'a', 7),
  mismatch('a plain text for a date key', '2024-02-29', ISO, 'soon'),
  mismatch('a number for a date key', '2024-02-29', ISO, 7),
  row(
    'a flag for a text key',
    { fresh: true },
    { stored: { fresh: 'true' } },
    {
      spec: '4.2',
      earlier: [{ fresh: 'a' }],
    },
  ),
  row(
    'another date for a date key',
    { fresh: '2025-01-31' },
    { stored: { fresh: '2025-01-31T00:00:00.000Z' } },
    {
      spec: '4.2',
      earlier: [{ fresh: '2024-02-29' }],
    },
  ),
  row(
    'a date for a text key stays as it is',
    { fresh: '2024-02-29' },
    { stored: { fresh: '2024-02-29' } },
    {
      spec: '4.2',
      earlier: [{ fresh: 'a' }],
    },
  ),
  row(
    'what does not fit is skipped, the rest applied',
    { fresh: 'x', firstName: 'Ada' },
    { stored: { fresh: '5', firstName: 'Ada' }, messages: [naming('fresh')] },
    { spec: '4.2', earlier: [{ fresh: 5 }] },
  ),
];

const writes: readonly Case[] = [
  row(
    'absent keys stay',
    { lastName: 'L' },
    { stored: { firstName: 'Ada', lastName: 'L' } },
    {
      spec: '4.3',
      earlier: [{ firstName: 'Ada' }],
    },
  ),
  row(
    'an empty text is stored',
    { firstName: '' },
    { stored: { firstName: '' } },
    {
      spec: '4.3',
      earlier: [{ firstName: 'Ada' }],
    },
  ),
  row(
    'the same again',
    { firstName: 'Ada' },
    { stored: { firstName: 'Ada' } },
    {
      spec: '4.3',
      earlier: [{ firstName: 'Ada' }],
    },
  ),
  row(
    "another contact's e-mail, while nobody is verified",
    { email: 'ada@example.com', firstName: 'Eve' },
    { stored: { email: 'ada@example.com', firstName: 'Eve' } },
    {
      spec: '4.3',
      before: [identify('{somebody}', { email: 'ada@example.com' })],
      covers: ['user email shared'],
    },
  ),
  row(
    "another contact's e-mail in capitals is another e-mail",
    { email: 'Ada@example.com' },
    { stored: { email: 'Ada@example.com' } },
    { spec: '4.3', before: [identify('{somebody}', { email: 'ada@example.com' })] },
  ),
  row(
    'one’s own e-mail again',
    { email: 'ada@example.com' },
    { stored: { email: 'ada@example.com' } },
    {
      spec: '4.3',
      earlier: [{ email: 'ada@example.com' }],
    },
  ),
];

const many = (count: number, name: string): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}_${index}`, 'x']));
/** Keys of the owner: identifications make fewer than fit. */
const FILL = (count: number): readonly Step[] =>
  Object.keys(many(count, 'key')).map((key) => ({
    send: {
      method: 'POST',
      path: '/api/v1/management/contact-attribute-keys',
      key: 'key',
      json: { key, type: 'custom' },
    },
  }));

const limit: readonly Case[] = [
  row(
    'the 150th key',
    { fresh: 'x' },
    { stored: { fresh: 'x' }, messages: [naming('fresh')] },
    { spec: '4.1', before: FILL(144) },
  ),
  row(
    'the 151st key',
    { fresh: 'x', key_0: 'y', firstName: 'Ada' },
    { stored: { key_0: 'y', firstName: 'Ada' }, messages: [anyText] },
    { spec: '4.1', before: FILL(145), covers: ['user key limit', 'user key limit others'] },
  ),
  row(
    'two new keys where one would fit: neither',
    { fresh: 'x', fresher: 'y', key_0: 'z' },
    { stored: { key_0: 'z' }, messages: [anyText] },
    { spec: '4.1', before: FILL(144) },
  ),
  row(
    'new keys beyond those of a day: as many as fit, and nothing of the others',
    { fresh: 'x', fresher: 'y', key_0: 'z' },
    { stored: { fresh: 'x', key_0: 'z' }, messages: [naming('fresh'), naming('fresher')] },
    { spec: '4.1', before: [identify('{somebody}', many(MAX_ENVIRONMENT_NEW_KEYS_PER_DAY - 1, 'key'))] },
  ),
  row(
    'new keys where the owner wants known ones only: a message that names them',
    { fresh: 'x', fresher: 'y', firstName: 'Ada' },
    { stored: { firstName: 'Ada' }, messages: [like(/fresh, fresher/)] },
    {
      spec: '4.1',
      before: [
        {
          send: {
            method: 'PUT',
            path: '/api/v1/management/environment',
            key: 'key',
            json: { onlyKnownAttributes: true },
          },
        },
      ],
    },
  ),
];

function language(given: unknown, kept: string, told: string): Case {
  return row(
    `language ${JSON.stringify(given)}`,
    { language: given },
    { stored: { language: kept }, language: told },
    { spec: '4.4' },
  );
}

const CONFIGURED = addSurvey(
  'tongues',
  survey({
    languages: [
      { default: true, enabled: true, language: { code: 'en-US' } },
      { default: false, enabled: true, language: { code: 'x-house', alias: 'HouseStyle' } },
    ],
  }),
);

const languages: readonly Case[] = [
  language('de', 'de-DE', 'de'),
  language('de-DE', 'de-DE', 'de'),
  language('EN_us', 'en-US', 'en'),
  language('zh-TW', 'zh-Hant-TW', 'zh-Hant'),
  language(' fr ', 'fr-FR', 'fr'),
  row(
    'an unknown language, beside a name',
    { language: 'klingon', firstName: 'Worf' },
    { stored: { firstName: 'Worf' }, messages: [naming('klingon')] },
    { spec: '4.4' },
  ),
  row(
    'language blank, beside a name',
    { language: ' ', firstName: 'Worf' },
    { stored: { firstName: 'Worf' } },
    {
      spec: '4.4',
    },
  ),
  row(
    'language by an alias of the environment, in its spelling',
    { language: 'housestyle' },
    { stored: { language: 'HouseStyle' }, language: 'HouseStyle' },
    { spec: '4.4', before: [CONFIGURED] },
  ),
];

/** Attributes of `POST user`: keys, types, storing, the limit and languages (client-api.md 4). */
export const attributeTable: Table = {
  endpoint: 'POST /api/{v}/client/{env}/user',
  headers: CLIENT_HEADERS,
  cases: [...keys, ...types, ...writes, ...limit, ...languages],
};
