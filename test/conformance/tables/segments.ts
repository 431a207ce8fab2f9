import type { Case, Step, Table } from '../case.ts';
import type { ChecklistItems } from '../checklist.ts';
import { addSurvey, survey } from '../fixtures.ts';
import { anyList, anyObject, anyText, anything, including, without } from '../match.ts';
import { answer, badRequest, CLIENT_HEADERS, display, identify, ok } from './common.ts';
import { state } from './states.ts';

type Filter = Readonly<Record<string, unknown>>;
type Node = Filter | readonly Entry[];
type Entry = readonly ['and' | 'or' | null, Node];

const attribute = (contactAttributeKey: string, operator: string, value: unknown = ''): Filter => ({
  root: { type: 'attribute', contactAttributeKey },
  value,
  qualifier: { operator },
});
const person = (operator: string, value: unknown = ''): Filter => ({
  root: { type: 'person', personIdentifier: 'userId' },
  value,
  qualifier: { operator },
});
const device = (operator: string, value: string): Filter => ({
  root: { type: 'device', deviceType: value },
  value,
  qualifier: { operator },
});
const segment = (operator: string, segmentId: string): Filter => ({
  root: { type: 'segment', segmentId },
  value: '',
  qualifier: { operator },
});
const interaction = (operator: string, surveyIds: readonly string[], amount = 1): Filter => ({
  root: { type: 'surveyInteraction' },
  value: {
    surveyScope: surveyIds.length > 0 ? 'specific' : 'any',
    surveyIds,
    within: { amount, unit: 'days' },
  },
  qualifier: { operator },
});

let count = 0;

/** Filters as they are sent: each with an id. */
function toFilters(entries: readonly Entry[]): readonly unknown[] {
  return entries.map(([connector, node]) => {
    count += 1;
    const id = `filter${count}`;
    const resource = Array.isArray(node) ? toFilters(node as readonly Entry[]) : { id, ...node };
    return { id, connector, resource };
  });
}

const one = (filter: Filter): readonly Entry[] => [[null, filter]];

interface Row {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly history?: readonly Step[];
  readonly wait?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly covers?: ChecklistItems;
  readonly before?: readonly Step[];
  readonly spec?: string;
}

/** A survey with these filters, and whether a person is in its segment. */
function row(
  name: string,
  filters: readonly Entry[],
  isMember: boolean,
  { attributes = {}, history = [], wait, headers = {}, covers = [], before = [], spec = '5' }: Row = {},
): Case {
  return {
    name: `${name}: ${isMember ? 'in' : 'out'}`,
    spec,
    covers,
    alone: true,
    versions: ['v1'],
    before: [
      ...before,
      addSurvey('targeted', survey({ segment: { filters: toFilters(filters) } })),
      identify('{me}', attributes),
      ...history,
    ],
    send: { json: { userId: '{me}' }, headers },
    ...(wait === undefined ? {} : { wait }),
    expect: ok({
      state: {
        data: state({
          segments: isMember ? including('{targetedSegment}') : without('{targetedSegment}'),
          ...(history.length > 0 ? HISTORY : {}),
        }),
        expiresAt: anyText,
      },
    }),
  };
}

// Histories are compared as a whole in the table of `POST user`; here only the segments are.
const HISTORY = { displays: anyList, responses: anyList, lastDisplayAt: anything };

const A = attribute('firstName', 'equals', 'Ada');
const B = attribute('lastName', 'equals', 'Lovelace');
const C = attribute('email', 'isSet');
const ADA = { firstName: 'Ada' };
const DAY_MS = 86_400_000;

const combinations: readonly Case[] = [
  row(
    'A and B or C, with C alone',
    [
      [null, A],
      ['and', B],
      ['or', C],
    ],
    true,
    {
      attributes: { email: 'ada@example.com' },
      covers: ['and before or'],
    },
  ),
  row(
    'A and B or C, with A alone',
    [
      [null, A],
      ['and', B],
      ['or', C],
    ],
    false,
    {
      attributes: ADA,
      covers: ['and before or'],
    },
  ),
  row(
    'A or B and C, with A alone',
    [
      [null, A],
      ['or', B],
      ['and', C],
    ],
    true,
    { attributes: ADA },
  ),
  row(
    'A or B and C, with B alone',
    [
      [null, A],
      ['or', B],
      ['and', C],
    ],
    false,
    {
      attributes: { lastName: 'Lovelace' },
    },
  ),
  row(
    '(A or B) and C, with A alone',
    [
      [
        null,
        [
          [null, A],
          ['or', B],
        ],
      ],
      ['and', C],
    ],
    false,
    { attributes: ADA },
  ),
  row(
    'A and (B or C), with A and C',
    [
      [null, A],
      [
        'and',
        [
          [null, B],
          ['or', C],
        ],
      ],
    ],
    true,
    {
      attributes: { ...ADA, email: 'ada@example.com' },
    },
  ),
  row(
    'a connector that is missing after the first counts as and',
    [
      [null, A],
      [null, B],
    ],
    false,
    {
      attributes: ADA,
    },
  ),
  row(
    'a device that matches, or A',
    [
      [null, device('equals', 'desktop')],
      ['or', A],
    ],
    true,
    {
      spec: '5.2, differences.md 1.2',
    },
  ),
  row('no filters', [], true),
];

function text(
  operator: string,
  value: string,
  given: string | undefined,
  isMember: boolean,
  covers: ChecklistItems = [],
): Case {
  const name = `${operator} ${JSON.stringify(value)} of ${given === undefined ? 'a missing attribute' : JSON.stringify(given)}`;
  const attributes = given === undefined ? {} : { firstName: given };
  return row(name, one(attribute('firstName', operator, value)), isMember, {
    attributes,
    covers,
    spec: '5.4',
  });
}

const texts: readonly Case[] = [
  text('equals', 'ada', 'ADA', true),
  text('equals', 'Ad', 'Ada', false),
  text('equals', '%', 'Ada', false),
  text('equals', 'A_a', 'Ada', false),
  text('equals', 'Ada', undefined, false),
  text('notEquals', 'Ada', 'Eve', true),
  text('notEquals', 'ada', 'ADA', false),
  text('notEquals', 'Ada', undefined, false, ['missing is not different']),
  text('contains', 'D', 'Ada', true),
  text('contains', 'Ada', undefined, false),
  text('doesNotContain', 'x', 'Ada', true),
  text('doesNotContain', 'd', 'Ada', false),
  text('doesNotContain', 'x', undefined, false),
  text('startsWith', 'aD', 'Ada', true),
  text('startsWith', 'd', 'Ada', false),
  text('endsWith', 'DA', 'Ada', true),
  text('endsWith', 'A', undefined, false),
  text('isSet', '', '', true),
  text('isSet', '', undefined, false),
  text('isNotSet', '', undefined, true, ['missing is not set']),
  text('isNotSet', '', '', false),
];

/** Creates the keys with another person beforehand: creating one adds a message to the reply. */
const made = (key: string, value: unknown): Step => identify('{somebody}', { [key]: value });

function number(operator: string, value: number, given: number | undefined, isMember: boolean): Case {
  const name = `${operator} ${value} of ${given ?? 'a missing attribute'}`;
  return row(name, one(attribute('seats', operator, value)), isMember, {
    before: [made('seats', 1)],
    attributes: given === undefined ? {} : { seats: given },
    spec: '5.4',
  });
}

const numbers: readonly Case[] = [
  number('lessThan', 5, 4, true),
  number('lessThan', 5, 5, false),
  number('lessEqual', 5, 5, true),
  number('lessEqual', 5, 6, false),
  number('greaterThan', 5, 10, true),
  number('greaterThan', 5, 5, false),
  number('greaterEqual', 5, 5, true),
  number('greaterEqual', 5, 4.99, false),
  number('greaterEqual', 5, undefined, false),
  number('equals', 5, 5, true),
  row('greaterThan 5 of the text "10"', one(attribute('firstName', 'greaterThan', 5)), false, {
    attributes: { firstName: '10' },
    spec: '5.4',
  }),
];

// The server's clock begins at 24 November 2026.
function date(
  operator: string,
  value: unknown,
  given: string | undefined,
  isMember: boolean,
  covers: ChecklistItems = [],
): Case {
  const name = `${operator} ${JSON.stringify(value)} of ${given ?? 'a missing attribute'}`;
  return row(name, one(attribute('since', operator, value)), isMember, {
    before: [made('since', '2020-01-01')],
    attributes: given === undefined ? {} : { since: given },
    covers,
    spec: '5.4',
  });
}

const MARCH = ['2024-03-01', '2024-03-31'];

const dates: readonly Case[] = [
  date('isBefore', '2024-03-01', '2024-02-29', true),
  date('isBefore', '2024-03-01', '2024-03-01', false),
  date('isAfter', '2024-03-01', '2024-03-02', true),
  date('isAfter', '2024-03-01', '2024-03-01', false),
  date('isBetween', MARCH, '2024-03-01', true, ['between includes start']),
  date('isBetween', MARCH, '2024-03-31', true, ['between includes end']),
  date('isBetween', MARCH, '2024-03-31T00:00:01Z', false),
  date('isBetween', MARCH, '2024-02-29', false),
  date('isBetween', MARCH, undefined, false),
  date('isSameDay', '2024-03-01', '2024-03-01T23:59:59Z', true),
  date('isSameDay', '2024-03-01', '2024-03-02', false),
  date('isOlderThan', { amount: 1, unit: 'years' }, '2020-01-01', true),
  date('isOlderThan', { amount: 1, unit: 'years' }, '2126-01-01', false),
  date('isNewerThan', { amount: 1, unit: 'years' }, '2126-01-01', true),
  date('isNewerThan', { amount: 1, unit: 'years' }, '2020-01-01', false),
  row('isBefore on a text key', one(attribute('firstName', 'isBefore', '2024-03-01')), false, {
    attributes: { firstName: '2020-01-01' },
    spec: '5.4',
  }),
];

const people: readonly Case[] = [
  row('userId equals', one(person('equals', '{me}')), true, { spec: '5.5' }),
  row('userId equals another', one(person('equals', 'nobody')), false, { spec: '5.5' }),
  row('userId starts with', one(person('startsWith', 'USER-')), true, { spec: '5.5' }),
  row('userId is set', one(person('isSet')), true, { spec: '5.5' }),
];

const PHONE = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
};
const DESKTOP = {
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
};

const devices: readonly Case[] = [
  row('a phone for phones', one(device('equals', 'phone')), true, {
    headers: PHONE,
    spec: '5.5, differences.md 1.1',
  }),
  row('a desktop for phones', one(device('equals', 'phone')), false, {
    headers: DESKTOP,
    spec: '5.5, differences.md 1.1',
  }),
  row('a desktop for desktops', one(device('equals', 'desktop')), true, {
    headers: DESKTOP,
    spec: '5.5, differences.md 1.1',
  }),
  row('a phone for all but phones', one(device('notEquals', 'phone')), false, {
    headers: PHONE,
    spec: '5.5, differences.md 1.1',
  }),
  row('no User-Agent for desktops', one(device('equals', 'desktop')), true, {
    spec: '5.5, differences.md 1.1',
  }),
];

const SEEN = display('seen', { surveyId: '{survey}', userId: '{me}' });
const interactions: readonly Case[] = [
  row('haveSeen a survey that was seen', one(interaction('haveSeen', ['{survey}'])), true, {
    history: [SEEN],
  }),
  row('haveSeen any survey', one(interaction('haveSeen', [])), true, { history: [SEEN] }),
  row('haveSeen another survey', one(interaction('haveSeen', ['{secondSurvey}'])), false, {
    history: [SEEN],
  }),
  row('haveNotSeen, seen', one(interaction('haveNotSeen', ['{survey}'])), false, { history: [SEEN] }),
  row('haveNotSeen without history', one(interaction('haveNotSeen', ['{survey}'])), true, {
    covers: ['not seen without history'],
  }),
  row('haveSeen at the first instant of the window', one(interaction('haveSeen', ['{survey}'])), true, {
    history: [SEEN],
    wait: DAY_MS,
    covers: ['window includes start'],
  }),
  row('haveSeen a millisecond before the window', one(interaction('haveSeen', ['{survey}'])), false, {
    history: [SEEN],
    wait: DAY_MS + 1,
  }),
  row('haveStartedRespondingTo', one(interaction('haveStartedRespondingTo', ['{survey}'])), true, {
    history: [answer('partial', { userId: '{me}' })],
  }),
  row('haveCompleted, only started', one(interaction('haveCompleted', ['{survey}'])), false, {
    history: [answer('partial', { userId: '{me}' })],
  }),
  row('haveCompleted', one(interaction('haveCompleted', ['{survey}'])), true, {
    history: [answer('whole', { userId: '{me}', finished: true })],
  }),
  row('haveNotCompleted, only started', one(interaction('haveNotCompleted', ['{survey}'])), true, {
    history: [answer('partial', { userId: '{me}' })],
  }),
  row('haveNotCompleted without history', one(interaction('haveNotCompleted', [])), true),
];

const shared = (name: string, title: string, entries: readonly Entry[]): Step =>
  addSurvey(name, survey({ segment: { title, isPrivate: false, filters: toFilters(entries) } }));

const references: readonly Case[] = [
  row('userIsIn a segment that holds', one(segment('userIsIn', '{adasSegment}')), true, {
    before: [shared('adas', 'Adas', one(A))],
    attributes: ADA,
  }),
  row('userIsIn a segment that does not hold', one(segment('userIsIn', '{adasSegment}')), false, {
    before: [shared('adas', 'Adas', one(A))],
  }),
  row('userIsNotIn a segment that does not hold', one(segment('userIsNotIn', '{adasSegment}')), true, {
    before: [shared('adas', 'Adas', one(A))],
  }),
  row('userIsNotIn a segment that holds', one(segment('userIsNotIn', '{adasSegment}')), false, {
    before: [shared('adas', 'Adas', one(A))],
    attributes: ADA,
  }),
  row('userIsNotIn a segment without filters', one(segment('userIsNotIn', '{allSegment}')), false, {
    before: [shared('all', 'All', [])],
  }),
  row(
    'userIsIn an unknown segment, or A',
    [
      [null, segment('userIsIn', '{unknown}')],
      ['or', A],
    ],
    true,
    {
      spec: '5.5, differences.md 1.2',
    },
  ),
];

const CIRCLE: readonly Step[] = [
  shared('first', 'First', one(A)),
  shared('second', 'Second', one(segment('userIsIn', '{firstSegment}'))),
];
const BACK = toFilters(one(segment('userIsIn', '{secondSegment}')));

const circle: Case = {
  name: 'segments that were stored with a circular reference: the reference is ignored',
  spec: '5.5',
  covers: ['circular segments'],
  alone: true,
  versions: ['v1'],
  before: [...CIRCLE, { ...identify('{me}'), storeFilters: { '{firstSegment}': BACK } }],
  send: { json: { userId: '{me}' } },
  expect: ok({ state: { data: state(), expiresAt: anyText } }),
};

/** Which segments a person is in (client-api.md 5). */
export const segmentTables: readonly Table[] = [
  {
    endpoint: 'POST /api/{v}/client/{env}/user',
    headers: CLIENT_HEADERS,
    cases: [
      ...combinations,
      ...texts,
      ...numbers,
      ...dates,
      ...people,
      ...devices,
      ...interactions.map((each) => ({ ...each, spec: '5.5' })),
      ...references,
      circle,
    ],
  },
  {
    endpoint: 'PUT /api/v1/management/surveys/{first}',
    headers: {},
    cases: [
      {
        name: 'a circular reference of segments',
        spec: '5.5',
        alone: true,
        before: CIRCLE,
        send: {
          key: 'key',
          json: { segment: { id: '{firstSegment}', title: 'First', isPrivate: false, filters: BACK } },
        },
        expect: badRequest(anyText, anyObject),
      },
      {
        name: 'a segment that refers to itself',
        spec: '5.5',
        alone: true,
        before: CIRCLE.slice(0, 1),
        send: {
          key: 'key',
          json: {
            segment: {
              id: '{firstSegment}',
              title: 'First',
              isPrivate: false,
              filters: toFilters(one(segment('userIsIn', '{firstSegment}'))),
            },
          },
        },
        expect: badRequest(anyText, anyObject),
      },
    ],
  },
];
