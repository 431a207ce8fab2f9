import type { AttributeRow, EventRow, Scenario } from './naive-evaluator.ts';

/** A segment, a person, and the membership by client-api.md 5, worked out by hand. */
export interface WorkedExample {
  /** The shown rule, with its section of client-api.md. */
  readonly name: string;
  readonly scenario: Scenario;
  /** Whether the person is in the segment `asked`. */
  readonly outcome: boolean;
}

const leaf = (root: object, operator: string, value: unknown, connector: string | null = null) => ({
  id: 'n',
  connector,
  resource: { id: 'f', root, value, qualifier: { operator } },
});
const attribute = (key: string, operator: string, value: unknown, connector: string | null = null) =>
  leaf({ type: 'attribute', contactAttributeKey: key }, operator, value, connector);
const group = (connector: string | null, ...resource: unknown[]) => ({ id: 'g', connector, resource });
const device = (value: string, connector: string | null = null) =>
  leaf({ type: 'device', deviceType: 'phone' }, 'equals', value, connector);
const reference = (segmentId: string, operator = 'userIsIn', connector: string | null = null) =>
  leaf({ type: 'segment', segmentId }, operator, '', connector);
const interaction = (operator: string, within: object, surveyIds?: readonly string[]) =>
  leaf({ type: 'surveyInteraction' }, operator, {
    surveyScope: surveyIds ? 'specific' : 'any',
    surveyIds: surveyIds ?? [],
    within,
  });

const text = (key: string, value: string): AttributeRow => ({ key, text: value, number: null, date: null });
const number = (key: string, value: number): AttributeRow => ({
  key,
  text: String(value),
  number: value,
  date: null,
});
const date = (key: string, value: string): AttributeRow => ({ key, text: value, number: null, date: value });
const display = (survey: string, at: string): EventRow => ({ kind: 'display', survey, at, finished: false });
const response = (survey: string, at: string, finished: boolean): EventRow => ({
  kind: 'response',
  survey,
  at,
  finished,
});

/** A free plan since a birthday in March, five seats, on a desktop, at the end of March. */
const base: Scenario = {
  now: '2026-03-31T12:00:00.000Z',
  device: 'desktop',
  keys: [
    { key: 'userId', type: 'string' },
    { key: 'plan', type: 'string' },
    { key: 'note', type: 'string' },
    { key: 'rate', type: 'string' },
    { key: 'seats', type: 'number' },
    { key: 'since', type: 'date' },
  ],
  attributes: [
    text('userId', 'Mara'),
    text('plan', 'Free'),
    text('note', ''),
    text('rate', '50%'),
    number('seats', 5),
    date('since', '2026-03-10T00:00:00.000Z'),
  ],
  events: [],
  segments: [],
};

const example = (
  name: string,
  outcome: boolean,
  filters: readonly unknown[],
  change: Partial<Scenario> = {},
): WorkedExample => ({
  name,
  outcome,
  scenario: { ...base, ...change, segments: [{ id: 'asked', filters }, ...(change.segments ?? [])] },
});

/** Examples that the naive evaluator must pass before the compiled one is compared with it. */
export const WORKED_EXAMPLES: readonly WorkedExample[] = [
  example('5.2 no filters: everybody', true, []),
  example('5.2 (pro and on a phone) or 5 seats: the second group is true', true, [
    attribute('plan', 'equals', 'pro'),
    device('phone', 'and'),
    attribute('seats', 'equals', 5, 'or'),
  ]),
  example('5.2 free or (5 seats and on a phone): the first group is true', true, [
    attribute('plan', 'equals', 'free'),
    attribute('seats', 'equals', 5, 'or'),
    device('phone', 'and'),
  ]),
  example('5.2 (free or pro) and on a phone: parentheses leave the device to decide', false, [
    group(null, attribute('plan', 'equals', 'free'), attribute('plan', 'equals', 'pro', 'or')),
    device('phone', 'and'),
  ]),
  example('5.1 a first connector "or" counts as none: false and nothing else', false, [
    attribute('plan', 'equals', 'pro', 'or'),
  ]),
  example('5.2 a connector null after the first counts as and: true and false', false, [
    attribute('plan', 'equals', 'free'),
    device('phone', null),
  ]),
  example('5.2 an empty nested list is true, so false or true', true, [
    attribute('plan', 'equals', 'pro'),
    group('or'),
  ]),
  example('5.2 a device that matches counts beside or', true, [
    device('desktop'),
    attribute('plan', 'equals', 'pro', 'or'),
  ]),
  example('5.4 equals takes no account of case', true, [attribute('plan', 'equals', 'FREE')]),
  example('5.4 % is no wildcard: "50%" is not "5%"', false, [attribute('rate', 'equals', '5%')]),
  example('5.4 numbers compare as text under equals: 5 is "5"', true, [attribute('seats', 'equals', '5')]),
  example('5.4 notEquals on what is missing is false', false, [attribute('city', 'notEquals', 'Rome')]),
  example('5.4 doesNotContain on what is missing is false', false, [
    attribute('city', 'doesNotContain', 'Rome'),
  ]),
  example('5.4 an empty text is set', true, [attribute('note', 'isSet', '')]),
  example('5.4 isNotSet on what is missing', true, [attribute('city', 'isNotSet', '')]),
  example('5.4 endsWith without case: Free ends with "EE"', true, [attribute('plan', 'endsWith', 'EE')]),
  example('5.4 lessEqual takes the edge', true, [attribute('seats', 'lessEqual', 5)]),
  example('5.4 greaterThan on a key for text is false, whatever the text', false, [
    attribute('rate', 'greaterThan', 1),
  ]),
  example('5.4 isOlderThan 3 weeks: 10 March is before 10 March, noon', true, [
    attribute('since', 'isOlderThan', { amount: 3, unit: 'weeks' }),
  ]),
  example('5.4 and decisions: a month before 31 March is 28 February, so 10 March is newer', true, [
    attribute('since', 'isNewerThan', { amount: 1, unit: 'months' }),
  ]),
  example('5.4 isBetween: a bare end is its midnight, and midnight is inside', true, [
    attribute('since', 'isBetween', ['2026-03-01', '2026-03-10']),
  ]),
  example('5.4 isAfter is strict', false, [attribute('since', 'isAfter', '2026-03-10')]),
  example('5.4 isSameDay goes by UTC: 01:30 at +02:00 is the evening before', false, [
    attribute('since', 'isSameDay', '2026-03-10T01:30:00+02:00'),
  ]),
  example('5.5 person compares the user id like an attribute', true, [
    leaf({ type: 'person', personIdentifier: 'userId' }, 'startsWith', 'ma'),
  ]),
  example(
    '5.5 userIsNotIn of a segment with everybody never matches',
    false,
    [reference('all', 'userIsNotIn')],
    {
      segments: [{ id: 'all', filters: [] }],
    },
  ),
  example(
    '5.5 a cycle: the inner reference to "asked" counts as true, and free is true',
    true,
    [reference('other')],
    {
      segments: [{ id: 'other', filters: [reference('asked'), attribute('plan', 'equals', 'free', 'and')] }],
    },
  ),
  example(
    '5.5 seen at the very start of a window that ends on a short month',
    true,
    [interaction('haveSeen', { amount: 1, unit: 'months' })],
    { events: [display('s1', '2026-02-28T12:00:00.000Z')] },
  ),
  example('5.5 haveNotSeen matches a person without history', true, [
    interaction('haveNotSeen', { amount: 7, unit: 'days' }),
  ]),
  example(
    '5.5 a partial response is started and not completed',
    false,
    [interaction('haveCompleted', { amount: 7, unit: 'days' }, ['s1'])],
    { events: [response('s1', '2026-03-30T12:00:00.000Z', false)] },
  ),
  example(
    '5.5 another survey is out of scope',
    false,
    [interaction('haveStartedRespondingTo', { amount: 7, unit: 'days' }, ['s2'])],
    { events: [response('s1', '2026-03-30T12:00:00.000Z', true)] },
  ),
];
