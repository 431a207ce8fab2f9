import {
  DEVICES,
  type Device,
  type FilterKind,
  type FilterOperator,
  OPERATORS,
  readFilterDate,
  type TimeSpan,
  type TimeUnit,
  UNITS,
} from '../../src/wire/segment.ts';
import { isSameDay, subtractSpan } from './calendar.ts';
import { isShape, type Shape, Unsupported } from './filter-tree.ts';

/** One attribute of a person: always as text, and as a number or an instant (epoch ms) where it is one. */
export interface SegmentAttribute {
  readonly value: string;
  readonly number: number | null;
  readonly date: number | null;
}

/** Facts about a person that segments filter by; the history may be in any order. */
export interface SegmentPerson {
  /** By key; a key that is absent is not set. Includes the user id. */
  readonly attributes: ReadonlyMap<string, SegmentAttribute>;
  readonly displays: readonly { readonly surveyId: string; readonly createdAt: number }[];
  readonly responses: readonly {
    readonly surveyId: string;
    readonly createdAt: number;
    readonly finished: boolean;
  }[];
}

/** Facts about the request that segments filter by; `now` is epoch ms. */
export interface SegmentMoment {
  readonly now: number;
  readonly device: Device;
}

/** Input of a predicate. `members`: the segments evaluated before it that the person is in. */
export interface Facts extends SegmentPerson, SegmentMoment {
  readonly members: ReadonlyMap<string, boolean>;
}

/** Whether a filter matches. */
export type Predicate = (facts: Facts) => boolean;

/** Input of compiling besides the filter. */
export interface FilterContext {
  /** The types of the environment's attribute keys. */
  readonly keys: ReadonlyMap<string, { readonly dataType: string }>;
  /** Membership of a person in another segment; undefined where the filter means nothing and counts as true. */
  readonly refer: (segmentId: string, depth: number) => Predicate | undefined;
  /** Depth of nesting of the list that the filter is in; 0 for the outermost. */
  readonly depth: number;
}

/**
 * Compiles one filter (client-api.md 5.3 to 5.5). Throws `Unsupported` for a kind, an operator or a value that is not
 * known. A filter on something that a person doesn't have is false, `isNotSet` true.
 */
export function compileFilter(filter: Shape, context: FilterContext): Predicate {
  const { root, qualifier } = filter;
  if (!isShape(root) || !isShape(qualifier)) throw new Unsupported('filter without root or qualifier');
  const kind = root.type;
  if (!isKind(kind)) throw new Unsupported(`filter kind ${nameOf(kind)}`);
  return COMPILERS[kind]({ root, operator: qualifier.operator, value: filter.value }, context);
}

interface Question {
  readonly root: Shape;
  readonly operator: unknown;
  readonly value: unknown;
}

const COMPILERS: Readonly<Record<FilterKind, (question: Question, context: FilterContext) => Predicate>> = {
  attribute({ root, operator, value }, { keys }) {
    const key = toText(root.contactAttributeKey, 'contactAttributeKey');
    const checked = checkOperator('attribute', operator);
    const test = ATTRIBUTE_TESTS[checked](value, keys.get(key)?.dataType);
    return ({ attributes, now }) => test(attributes.get(key), now);
  },

  person({ root, operator, value }) {
    const identifier = toText(root.personIdentifier, 'personIdentifier');
    const test = ATTRIBUTE_TESTS[checkOperator('person', operator)](value, 'string');
    // Filters on other identifiers mean nothing and count as true.
    if (identifier !== 'userId') return () => true;
    return ({ attributes, now }) => test(attributes.get('userId'), now);
  },

  segment({ root, operator }, { refer, depth }) {
    const isNegative = checkOperator('segment', operator) === 'userIsNotIn';
    const isIn = refer(toText(root.segmentId, 'segmentId'), depth);
    if (!isIn) return () => true;
    return isNegative ? (facts) => !isIn(facts) : isIn;
  },

  device({ operator, value }) {
    const isPositive = checkOperator('device', operator) === 'equals';
    const wanted = DEVICES.find((device) => device === value);
    if (!wanted) throw new Unsupported(`device ${typeName(value)}`);
    // The value counts; the device type in the root is left over from the editor.
    return ({ device }) => (device === wanted) === isPositive;
  },

  surveyInteraction({ operator, value }) {
    return INTERACTION_TESTS[checkOperator('surveyInteraction', operator)](toInteraction(value));
  },
};

type AttributeTest = (stored: SegmentAttribute | undefined, now: number) => boolean;
/** Compiles an operator with a filter's value and the type of its key, where that is known. */
type AttributeOperator = (value: unknown, dataType: string | undefined) => AttributeTest;

const equals: AttributeOperator = (value) => {
  const wanted = toComparable(value);
  return (stored) => stored?.value.toLowerCase() === wanted;
};
const contains = byText((text, wanted) => text.includes(wanted));

const ATTRIBUTE_TESTS: Readonly<Record<FilterOperator<'attribute'>, AttributeOperator>> = {
  equals,
  notEquals: (value, dataType) => ifSetAndNot(equals(value, dataType)),
  contains,
  doesNotContain: (value, dataType) => ifSetAndNot(contains(value, dataType)),
  startsWith: byText((text, wanted) => text.startsWith(wanted)),
  endsWith: byText((text, wanted) => text.endsWith(wanted)),
  // An empty text counts as set.
  isSet: () => (stored) => stored !== undefined,
  isNotSet: () => (stored) => stored === undefined,
  lessThan: byNumber((number, wanted) => number < wanted),
  lessEqual: byNumber((number, wanted) => number <= wanted),
  greaterThan: byNumber((number, wanted) => number > wanted),
  greaterEqual: byNumber((number, wanted) => number >= wanted),
  isOlderThan: byDate(toSpan, (date, span, now) => date < subtractSpan(now, span)),
  isNewerThan: byDate(toSpan, (date, span, now) => date >= subtractSpan(now, span)),
  isBefore: byDate(toInstant, (date, wanted) => date < wanted),
  isAfter: byDate(toInstant, (date, wanted) => date > wanted),
  isBetween: byDate(toRange, (date, [start, end]) => date >= start && date <= end),
  isSameDay: byDate(toInstant, isSameDay),
};

/** A missing value is neither equal nor different: a negative operator needs a value too. */
function ifSetAndNot(test: AttributeTest): AttributeTest {
  return (stored, now) => stored !== undefined && !test(stored, now);
}

function byText(holds: (text: string, wanted: string) => boolean): AttributeOperator {
  return (value) => {
    if (typeof value !== 'string') throw new Unsupported(`text ${typeName(value)}`);
    const wanted = value.toLowerCase();
    return (stored) => stored !== undefined && holds(stored.value.toLowerCase(), wanted);
  };
}

function byNumber(holds: (number: number, wanted: number) => boolean): AttributeOperator {
  return (value, dataType) => {
    if (!isNumber(value)) throw new Unsupported(`number ${typeName(value)}`);
    return (stored) => {
      const number = stored && numberOf(stored, dataType);
      return number !== undefined && holds(number, value);
    };
  };
}

/** A number stored as text counts where the key has the type number. */
function numberOf({ value, number }: SegmentAttribute, dataType: string | undefined): number | undefined {
  if (number !== null) return number;
  return dataType === 'number' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function byDate<T>(
  read: (value: unknown) => T,
  holds: (date: number, wanted: T, now: number) => boolean,
): AttributeOperator {
  return (value, dataType) => {
    const wanted = read(value);
    if (dataType !== undefined && dataType !== 'date') return () => false;
    return (stored, now) => typeof stored?.date === 'number' && holds(stored.date, wanted, now);
  };
}

interface Interaction {
  readonly within: TimeSpan;
  /** Undefined stands for every survey. */
  readonly surveyIds: ReadonlySet<string> | undefined;
}

type InteractionTest = (interaction: Interaction) => Predicate;

const haveSeen: InteractionTest = (interaction) => (facts) => isAnyRecent(facts.displays, interaction, facts);
const haveCompleted: InteractionTest = (interaction) => (facts) =>
  isAnyRecent(
    facts.responses.filter(({ finished }) => finished),
    interaction,
    facts,
  );

const INTERACTION_TESTS: Readonly<Record<FilterOperator<'surveyInteraction'>, InteractionTest>> = {
  haveSeen,
  // Plain negation: a person without any history has not seen it either.
  haveNotSeen: (interaction) => not(haveSeen(interaction)),
  haveStartedRespondingTo: (interaction) => (facts) => isAnyRecent(facts.responses, interaction, facts),
  haveCompleted,
  haveNotCompleted: (interaction) => not(haveCompleted(interaction)),
};

function isAnyRecent(
  events: SegmentPerson['displays'],
  { within, surveyIds }: Interaction,
  { now }: Facts,
): boolean {
  const since = subtractSpan(now, within);
  return events.some(
    ({ surveyId, createdAt }) => createdAt >= since && (surveyIds === undefined || surveyIds.has(surveyId)),
  );
}

function not(holds: Predicate): Predicate {
  return (facts) => !holds(facts);
}

function toInteraction(value: unknown): Interaction {
  if (!isShape(value)) throw new Unsupported(`interaction ${typeName(value)}`);
  const { surveyScope, surveyIds, within } = value;
  const span = toSpan(within);
  if (span.unit === 'years') throw new Unsupported('interaction within years');
  if (surveyScope === 'any') return { within: span, surveyIds: undefined };
  if (surveyScope !== 'specific') throw new Unsupported(`survey scope ${typeName(surveyScope)}`);
  if (!Array.isArray(surveyIds)) throw new Unsupported(`survey ids ${typeName(surveyIds)}`);
  return { within: span, surveyIds: new Set(surveyIds) };
}

function toSpan(value: unknown): TimeSpan {
  if (!isShape(value) || !isNumber(value.amount) || value.amount <= 0) {
    throw new Unsupported(`span of time ${typeName(value)}`);
  }
  const { amount } = value;
  const unit = UNITS.find((one): one is TimeUnit => one === value.unit);
  if (!unit) throw new Unsupported(`unit of time ${typeName(value.unit)}`);
  return { amount, unit };
}

function toInstant(value: unknown): number {
  const instant = typeof value === 'string' ? readFilterDate(value) : undefined;
  if (instant === undefined) throw new Unsupported(`date ${typeName(value)}`);
  return instant;
}

function toRange(value: unknown): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) throw new Unsupported(`dates ${typeName(value)}`);
  return [toInstant(value[0]), toInstant(value[1])];
}

/** Numbers compare as text: 5 equals "5". */
function toComparable(value: unknown): string {
  if (typeof value !== 'string' && !isNumber(value)) throw new Unsupported(`value ${typeName(value)}`);
  return String(value).toLowerCase();
}

function toText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Unsupported(`filter without ${name}`);
  return value;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isKind(kind: unknown): kind is FilterKind {
  return typeof kind === 'string' && Object.hasOwn(OPERATORS, kind);
}

function checkOperator<K extends FilterKind>(kind: K, operator: unknown): FilterOperator<K> {
  const known: readonly unknown[] = OPERATORS[kind];
  if (!known.includes(operator)) throw new Unsupported(`${kind} operator ${nameOf(operator)}`);
  return operator as FilterOperator<K>;
}

/** An unknown name, shortened for a log line. */
function nameOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 40) : typeName(value);
}

/** Values may be personal data, so only their type is logged. */
function typeName(value: unknown): string {
  if (value === null) return 'of type null';
  return `of type ${Array.isArray(value) ? 'list' : typeof value}`;
}
