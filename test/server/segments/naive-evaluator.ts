/**
 * A direct implementation of segments from the text of client-api.md 5 and differences.md 1.2 to 1.4: without compiling
 * or caching, and without code of the server. Slow on purpose; the compiled evaluator is compared with it.
 */

/** An attribute of a person. */
export interface AttributeRow {
  readonly key: string;
  readonly text: string;
  readonly number: number | null;
  /** ISO, in UTC. */
  readonly date: string | null;
}

/** A display or a response. */
export interface EventRow {
  readonly kind: 'display' | 'response';
  readonly survey: string;
  /** ISO, in UTC. */
  readonly at: string;
  readonly finished: boolean;
}

/** The input of an evaluation. */
export interface Scenario {
  /** ISO, in UTC. */
  readonly now: string;
  readonly device: string;
  readonly keys: readonly { readonly key: string; readonly type: string }[];
  readonly attributes: readonly AttributeRow[];
  readonly events: readonly EventRow[];
  // biome-ignore lint/suspicious/noExplicitAny: stored trees may hold anything; whatever doesn't fit throws.
  readonly segments: readonly { readonly id: string; readonly filters: any }[];
}

/** Called with every filter of the evaluated segment and its own result. */
export type Listener = (kind: string, operator: string, subject: string, holds: boolean) => void;

// biome-ignore lint/suspicious/noExplicitAny: see Scenario.
type Json = any;
class Unknown extends Error {}

/** Result of a filter; `'ignored'` for one that means nothing and counts as true. */
type Answer = boolean | 'ignored';

/** Whether the person is in the segment; `'skipped'` where something in it is unknown. */
export function naivelyIsMember(scenario: Scenario, id: string, listen?: Listener): boolean | 'skipped' {
  const { filters } = scenario.segments.find((segment) => segment.id === id) ?? {};
  try {
    return isTrueList(scenario, filters, [id], listen);
  } catch (error) {
    if (error instanceof Unknown) return 'skipped';
    throw error;
  }
}

function isTrueList(scenario: Scenario, nodes: Json, path: readonly string[], listen?: Listener): boolean {
  if (!Array.isArray(nodes)) throw new Unknown('no list');
  if (nodes.length === 0) return true;
  // "A and B or C" → [[A, B], [C]]: cut before every "or" but one that stands first.
  const cuts = nodes.map((node, place) => {
    if (place > 0 && ![null, undefined, 'and', 'or'].includes(node.connector)) throw new Unknown('connector');
    return place > 0 && node.connector === 'or';
  });
  const values = nodes.map(({ resource }) => {
    if (Array.isArray(resource)) return isTrueList(scenario, resource, path, listen);
    const answer = answerFilter(scenario, resource, path);
    const holds = answer === 'ignored' ? true : answer;
    listen?.(resource.root.type, resource.qualifier.operator, subjectOf(scenario, resource), holds);
    return holds;
  });
  let anyGroup = false;
  let group = true;
  for (const [place, value] of values.entries()) {
    if (cuts[place]) {
      anyGroup ||= group;
      group = true;
    }
    group &&= value;
  }
  return anyGroup || group;
}

function subjectOf(scenario: Scenario, { root, value }: Json): string {
  if (root.type === 'attribute') return typeOfKey(scenario, root.contactAttributeKey) ?? 'unknown';
  return root.type === 'surveyInteraction' ? value.surveyScope : '';
}

function typeOfKey(scenario: Scenario, key: string): string | undefined {
  return scenario.keys.find((one) => one.key === key)?.type;
}

function answerFilter(scenario: Scenario, filter: Json, path: readonly string[]): Answer {
  const { root, value } = filter;
  const { operator } = filter.qualifier;
  switch (root.type) {
    case 'attribute':
      return answerAttribute(scenario, root.contactAttributeKey, operator, value);
    case 'person': {
      const operators = 'equals notEquals isSet isNotSet contains doesNotContain startsWith endsWith';
      if (!operators.split(' ').includes(operator)) throw new Unknown('operator');
      const answer = answerAttribute(scenario, 'userId', operator, value);
      return root.personIdentifier === 'userId' ? answer : 'ignored';
    }
    case 'segment':
      return answerReference(scenario, root.segmentId, operator, path);
    case 'device':
      if (value !== 'phone' && value !== 'desktop') throw new Unknown('device');
      if (operator === 'equals') return scenario.device === value;
      if (operator === 'notEquals') return scenario.device !== value;
      throw new Unknown('operator');
    case 'surveyInteraction':
      return answerInteraction(scenario, operator, value);
    default:
      throw new Unknown('kind');
  }
}

function answerReference(scenario: Scenario, id: string, operator: string, path: readonly string[]): Answer {
  if (operator !== 'userIsIn' && operator !== 'userIsNotIn') throw new Unknown('operator');
  const segment = scenario.segments.find((one) => one.id === id);
  if (segment === undefined || path.includes(id)) return 'ignored';
  const isIn = isTrueList(scenario, segment.filters, [...path, id]);
  return operator === 'userIsIn' ? isIn : !isIn;
}

function answerAttribute(scenario: Scenario, key: string, operator: string, value: Json): boolean {
  const type = typeOfKey(scenario, key);
  const row = scenario.attributes.find((one) => one.key === key);
  const texts = (position: 'whole' | 'start' | 'end' | 'inside'): boolean => {
    if (typeof value !== 'string' && !(position === 'whole' && typeof value === 'number'))
      throw new Unknown('value');
    return row !== undefined && isLike(row.text, String(value), position);
  };
  const number = (): number | undefined => {
    if (typeof value !== 'number') throw new Unknown('value');
    if (row === undefined) return undefined;
    if (row.number !== null) return row.number;
    return type === 'number' && /^-?[0-9]+(\.[0-9]+)?$/.test(row.text)
      ? Number.parseFloat(row.text)
      : undefined;
  };
  const numbers = (...signs: number[]): boolean => {
    const stored = number();
    return stored !== undefined && signs.includes(Math.sign(stored - value));
  };
  const date = (): string | undefined => (type === 'date' ? (row?.date ?? undefined) : undefined);
  /** ISO texts in UTC sort by time. */
  const dates = (test: (stored: string) => boolean): boolean => {
    const stored = date();
    return stored !== undefined && test(stored);
  };

  switch (operator) {
    case 'isSet':
      return row !== undefined;
    case 'isNotSet':
      return row === undefined;
    case 'equals':
      return texts('whole');
    case 'notEquals':
      return !texts('whole') && row !== undefined;
    case 'contains':
      return texts('inside');
    case 'doesNotContain':
      return !texts('inside') && row !== undefined;
    case 'startsWith':
      return texts('start');
    case 'endsWith':
      return texts('end');
    case 'lessThan':
      return numbers(-1);
    case 'lessEqual':
      return numbers(-1, 0);
    case 'greaterThan':
      return numbers(1);
    case 'greaterEqual':
      return numbers(1, 0);
    case 'isOlderThan': {
      const edge = goBack(scenario.now, value);
      return dates((stored) => stored < edge);
    }
    case 'isNewerThan': {
      const edge = goBack(scenario.now, value);
      return dates((stored) => stored >= edge);
    }
    case 'isBefore': {
      const given = toIso(value);
      return dates((stored) => stored < given);
    }
    case 'isAfter': {
      const given = toIso(value);
      return dates((stored) => stored > given);
    }
    case 'isBetween': {
      const [start, end] = [toIso(value[0]), toIso(value[1])];
      return dates((stored) => start <= stored && stored <= end);
    }
    case 'isSameDay': {
      const day = toIso(value).slice(0, 10);
      return dates((stored) => stored.slice(0, 10) === day);
    }
    default:
      throw new Unknown('operator');
  }
}

function isLike(text: string, wanted: string, position: 'whole' | 'start' | 'end' | 'inside'): boolean {
  const literal = wanted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const start = position === 'whole' || position === 'start' ? '^' : '';
  const end = position === 'whole' || position === 'end' ? '$' : '';
  return new RegExp(`${start}${literal}${end}`, 'iu').test(text);
}

function answerInteraction(scenario: Scenario, operator: string, value: Json): boolean {
  const { surveyScope, surveyIds, within } = value;
  if (surveyScope !== 'any' && !(surveyScope === 'specific' && Array.isArray(surveyIds)))
    throw new Unknown('scope');
  if (within.unit === 'years') throw new Unknown('unit');
  const start = goBack(scenario.now, within);
  const recent = scenario.events.filter(
    ({ survey, at }) => at >= start && (surveyScope === 'any' || surveyIds.includes(survey)),
  );
  const displays = recent.filter(({ kind }) => kind === 'display');
  const responses = recent.filter(({ kind }) => kind === 'response');
  const finished = responses.filter((row) => row.finished);
  switch (operator) {
    case 'haveSeen':
      return displays.length > 0;
    case 'haveNotSeen':
      return displays.length === 0;
    case 'haveStartedRespondingTo':
      return responses.length > 0;
    case 'haveCompleted':
      return finished.length > 0;
    case 'haveNotCompleted':
      return finished.length === 0;
    default:
      throw new Unknown('operator');
  }
}

/** A date of a filter as ISO in UTC. */
function toIso(text: Json): string {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d(T|$)/.test(text)) throw new Unknown('date');
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(text.slice(10));
  return new Date(text.length === 10 || hasZone ? text : `${text}Z`).toISOString();
}

/** An instant a span before another, by the calendar: ISO to ISO, in UTC. */
export function goBack(
  now: string,
  { amount, unit }: { readonly amount: number; readonly unit: string },
): string {
  if (!(amount > 0)) throw new Unknown('amount');
  if (unit === 'days' || unit === 'weeks') {
    const hours = amount * (unit === 'weeks' ? 168 : 24);
    return new Date(Date.parse(now) - hours * 3_600_000).toISOString();
  }
  if (unit !== 'months' && unit !== 'years') throw new Unknown('unit');
  let [year = 0, month = 0, day = 0] = now.slice(0, 10).split('-').map(Number);
  for (let left = Math.floor(unit === 'years' ? amount * 12 : amount); left > 0; left -= 1) {
    month -= 1;
    if (month === 0) [year, month] = [year - 1, 12];
  }
  day = Math.min(day, lengthOf(year, month));
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}${now.slice(10)}`;
}

function lengthOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
