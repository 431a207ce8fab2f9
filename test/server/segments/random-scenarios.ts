import { type AttributeRow, type EventRow, goBack, type Scenario } from './naive-evaluator.ts';

/** A seeded source of numbers in [0, 1). */
export type Dice = () => number;

/** The same numbers for the same seed. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEYS = ['text', 'number', 'date'].flatMap((kind) =>
  [1, 2, 3].map((n) => ({ key: `${kind}${n}`, type: kind === 'text' ? 'string' : kind })),
);
const TEXTS = [
  '',
  'a',
  'Pro',
  'pro',
  'free',
  'Free 100%',
  'a_b',
  'É',
  'é-x',
  'pro.plan',
  '[x]',
  '7',
  '2026-01-05',
];
const SURVEYS = ['s1', 's2', 's3', 's4'];
const BY_TEXT = ['equals', 'notEquals', 'contains', 'doesNotContain', 'startsWith', 'endsWith'];
const BY_NUMBER = ['lessThan', 'lessEqual', 'greaterThan', 'greaterEqual'];
const BY_SPAN = ['isOlderThan', 'isNewerThan'];
const BY_DATE = ['isBefore', 'isAfter', 'isBetween', 'isSameDay'];
const ATTRIBUTE = [...BY_TEXT, 'isSet', 'isNotSet', ...BY_NUMBER, ...BY_SPAN, ...BY_DATE];
const PERSON = [...BY_TEXT, 'isSet', 'isNotSet'];
const INTERACTION = [
  'haveSeen',
  'haveNotSeen',
  'haveStartedRespondingTo',
  'haveCompleted',
  'haveNotCompleted',
];
const DAY_MS = 86_400_000;

/** A scenario under construction: filters may move the attributes and events they refer to onto their boundary. */
interface Draft {
  readonly now: string;
  readonly attributes: Map<string, AttributeRow>;
  readonly events: EventRow[];
}

/** Up to four segments, which may refer to each other, and a person at some instant. */
export function makeScenario(dice: Dice): Scenario {
  const now = makeNow(dice);
  const draft: Draft = { now, attributes: new Map(), events: [] };
  for (const { key, type } of KEYS) {
    if (dice() < 0.85) draft.attributes.set(key, makeAttribute(dice, key, type, now));
  }
  if (dice() < 0.85) draft.attributes.set('userId', textRow('userId', pick(dice, TEXTS)));
  for (let left = upTo(dice, 4); left > 0; left -= 1) draft.events.push(makeEvent(dice, now));

  const ids = ['a', 'b', 'c', 'd'].slice(0, 1 + upTo(dice, 3));
  const segments = ids.map((id) => ({ id, filters: makeList(dice, draft, 0) }));
  return {
    now,
    device: pick(dice, ['phone', 'desktop']),
    keys: [...KEYS, { key: 'userId', type: 'string' }],
    attributes: [...draft.attributes.values()],
    events: draft.events,
    segments,
  };
}

/** An instant within four years, often in the last days of a month. */
function makeNow(dice: Dice): string {
  const instant = Date.UTC(2024, 0, 1) + Math.floor(dice() * 1460 * DAY_MS);
  if (dice() < 0.7) return new Date(instant).toISOString();
  const month = new Date(instant);
  return new Date(
    Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, -upTo(dice, 2), 12),
  ).toISOString();
}

function makeList(dice: Dice, draft: Draft, depth: number): unknown[] {
  if (dice() < 0.04) return [];
  return Array.from({ length: 1 + upTo(dice, 3) }, (_, place) => {
    const connector = pick(
      dice,
      place === 0 ? [null, null, 'and', 'or'] : ['and', 'or', 'or', null, undefined],
    );
    const isNested = depth < 4 && dice() < 0.15;
    return {
      id: 'n',
      connector,
      resource: isNested ? makeList(dice, draft, depth + 1) : makeFilter(dice, draft),
    };
  });
}

function makeFilter(dice: Dice, draft: Draft): unknown {
  const roll = dice();
  // Sometimes an unknown kind.
  if (roll < 0.005) return { id: 'f', root: { type: 'moon' }, value: 1, qualifier: { operator: 'isFull' } };
  if (roll < 0.7) return makeAttributeFilter(dice, draft);
  if (roll < 0.8) return makePersonFilter(dice, draft);
  if (roll < 0.84) return makeReference(dice);
  if (roll < 0.88)
    return toFilter(
      { type: 'device' },
      pick(dice, ['equals', 'notEquals']),
      pick(dice, ['phone', 'desktop']),
    );
  return makeInteraction(dice, draft);
}

function makeAttributeFilter(dice: Dice, draft: Draft): unknown {
  const { key } = pick(dice, KEYS);
  const operator = pick(dice, ATTRIBUTE);
  const root = { type: 'attribute', contactAttributeKey: key };
  return toFilter(root, operator, makeValue(dice, draft, key, operator));
}

function makePersonFilter(dice: Dice, draft: Draft): unknown {
  const personIdentifier = dice() < 0.95 ? 'userId' : 'email';
  const operator = pick(dice, PERSON);
  const value = makeValue(dice, draft, 'userId', operator);
  return toFilter({ type: 'person', personIdentifier }, operator, String(value));
}

function makeReference(dice: Dice): unknown {
  const segmentId = pick(dice, ['a', 'b', 'b', 'c', 'c', 'd', 'd', 'gone']);
  return toFilter({ type: 'segment', segmentId }, pick(dice, ['userIsIn', 'userIsNotIn']), '');
}

function makeInteraction(dice: Dice, draft: Draft): unknown {
  const surveyScope = pick(dice, ['any', 'specific']);
  const surveyIds = surveyScope === 'any' ? [] : SURVEYS.filter(() => dice() < 0.5);
  const within = makeSpan(dice, ['days', 'weeks', 'months'], [90, 12, 4]);
  if (dice() < 0.3)
    draft.events.push({ ...makeEvent(dice, draft.now), at: besideEdge(dice, draft.now, within) });
  return toFilter({ type: 'surveyInteraction' }, pick(dice, INTERACTION), { surveyScope, surveyIds, within });
}

function makeValue(dice: Dice, draft: Draft, key: string, operator: string): unknown {
  const row = draft.attributes.get(key);
  if (BY_TEXT.includes(operator)) return makeText(dice, row, operator);
  if (BY_NUMBER.includes(operator)) return makeNumber(dice);
  if (BY_SPAN.includes(operator)) {
    const span = makeSpan(dice, ['days', 'weeks', 'months', 'years'], [500, 70, 16, 2]);
    if (row?.date && dice() < 0.3) draft.attributes.set(key, dateRow(key, besideEdge(dice, draft.now, span)));
    return span;
  }
  if (!BY_DATE.includes(operator)) return '';
  const near = row?.date && dice() < 0.5 ? Date.parse(row.date) : makeInstant(dice, draft.now);
  const start = near - pick(dice, [0, 0, 1, DAY_MS / 2, DAY_MS, -1]);
  const end = near + pick(dice, [0, 0, 1, DAY_MS, 30 * DAY_MS]);
  return operator === 'isBetween' ? [writeDate(dice, start), writeDate(dice, end)] : writeDate(dice, near);
}

/** Half of the time a part of the stored text with its case swapped. */
function makeText(dice: Dice, row: AttributeRow | undefined, operator: string): string | number {
  if (row === undefined || dice() < 0.4) {
    const other = pick(dice, TEXTS);
    return operator.endsWith('quals') && dice() < 0.2 ? makeNumber(dice) : other;
  }
  if (operator.endsWith('quals') && row.number !== null && dice() < 0.5) return row.number;
  const { text } = row;
  const middle = Math.floor(text.length / 2);
  const parts = { startsWith: text.slice(0, middle), endsWith: text.slice(middle) };
  const part = operator in parts ? parts[operator as keyof typeof parts] : text;
  const isWhole = operator.endsWith('quals') || dice() < 0.5;
  return turnCase(dice, isWhole ? part : part.slice(0, 1 + middle));
}

function turnCase(dice: Dice, text: string): string {
  return pick(dice, [text, text.toLowerCase(), text.toUpperCase()]);
}

/** The edge of a window, or a millisecond to either side. */
function besideEdge(
  dice: Dice,
  now: string,
  span: { readonly amount: number; readonly unit: string },
): string {
  return new Date(Date.parse(goBack(now, span)) + pick(dice, [-1, 0, 0, 1])).toISOString();
}

function makeSpan(
  dice: Dice,
  units: readonly string[],
  most: readonly number[],
): { readonly amount: number; readonly unit: string } {
  const place = upTo(dice, units.length - 1);
  return { amount: 1 + upTo(dice, (most[place] ?? 1) - 1), unit: units[place] ?? 'days' };
}

function makeAttribute(dice: Dice, key: string, type: string, now: string): AttributeRow {
  if (type === 'number') {
    const number = makeNumber(dice);
    const text = dice() < 0.9 ? String(number) : pick(dice, ['7', '-2.5', '7e0', ' 7', '0x7', '.5']);
    return { key, text, number: dice() < 0.85 ? number : null, date: null };
  }
  if (type === 'date') {
    const row = dateRow(key, new Date(makeInstant(dice, now)).toISOString());
    return dice() < 0.93 ? row : { ...row, date: null };
  }
  return textRow(key, pick(dice, TEXTS));
}

function makeEvent(dice: Dice, now: string): EventRow {
  const at = new Date(Date.parse(now) - Math.floor((dice() * 110 - 2) * DAY_MS)).toISOString();
  const kind = pick(dice, ['display', 'response'] as const);
  return { kind, survey: pick(dice, SURVEYS), at, finished: kind === 'response' && dice() < 0.7 };
}

/** An instant around now, often a midnight. */
function makeInstant(dice: Dice, now: string): number {
  const instant = Date.parse(now) - Math.floor((dice() * 600 - 60) * DAY_MS);
  return dice() < 0.3 ? instant - (((instant % DAY_MS) + DAY_MS) % DAY_MS) : instant;
}

/** One of the ways to write an instant; a date alone drops its time. */
function writeDate(dice: Dice, instant: number): string {
  const iso = new Date(instant).toISOString();
  const eastern = `${new Date(instant + 5_400_000).toISOString().slice(0, -1)}+01:30`;
  return pick(dice, [iso, iso.slice(0, 10), iso.slice(0, -1), eastern]);
}

function makeNumber(dice: Dice): number {
  return pick(dice, [-3, -2.5, -1, 0, 0.5, 1, 2, 5, 7, 1e21]);
}

function textRow(key: string, text: string): AttributeRow {
  return { key, text, number: null, date: null };
}

function dateRow(key: string, iso: string): AttributeRow {
  return { key, text: iso, number: null, date: iso };
}

function toFilter(root: object, operator: string, value: unknown): object {
  return { id: 'f', root, value, qualifier: { operator } };
}

function upTo(dice: Dice, most: number): number {
  return Math.floor(dice() * (most + 1));
}

function pick<T>(dice: Dice, from: readonly T[]): T {
  return from[Math.floor(dice() * from.length)] as T;
}
