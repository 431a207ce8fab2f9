import { MAX_LOGIC_STEPS, MAX_MATCHED_CHARS } from '../limits.ts';
import type {
  Answers,
  AnswerValue,
  Block,
  Condition,
  ConditionGroup,
  LogicAction,
  Operand,
  SurveyElement,
} from './document.ts';
import { picksOf } from './picks.ts';
import { toWire } from './to-data.ts';
import type { FindBroken, TidyAnswer } from './validate.ts';
import { toVariable } from './variable.ts';

/** Variables by id. */
export type Variables = Readonly<Record<string, string | number>>;

/** The facts that logic can read. */
export interface Facts {
  /** Every element of the survey. */
  readonly elements: readonly SurveyElement[];
  /** Answers as stored on the device, those of the submitted card included. */
  readonly answers: Answers;
  readonly variables: Variables;
  readonly hiddenFields: Answers;
  /** The language in force: choices are compared with texts by their labels in it. */
  readonly language: string;
}

/** The result of a block's logic. */
export interface Outcome {
  /** The id of a block or an ending to go to; undefined for the next block in the list. */
  readonly target: string | undefined;
  readonly variables: Variables;
  /** Ids of the elements that become required. */
  readonly required: readonly string[];
}

/** Functions for surveys with logic or validation rules; loaded separately, since most surveys have neither. */
export interface Logic {
  readonly runLogic?: (block: Block, facts: Facts) => Outcome;
  readonly findBroken?: FindBroken;
  readonly tidyAnswer?: TidyAnswer;
}

type Value = AnswerValue | undefined;
type Comparison = (left: Value, right: Value, element: SurveyElement | undefined) => boolean;

/** Facts that rules change while they run. */
interface Run extends Facts {
  readonly variables: Record<string, string | number>;
  /** Conditions, groups and actions that may still be looked at. */
  stepsLeft: number;
}

/**
 * Runs all rules of a block in order: each sees what the ones before it calculated, every matching one acts, the first
 * jump wins (survey-model.md 4.2). Never throws: a malformed rule, and one beyond the number of steps, does nothing.
 *
 * @example
 * runLogic(block, facts); // { target: 'blk2', variables: { score: 3 }, required: [] }
 */
export function runLogic(block: Block, facts: Facts): Outcome {
  const bounded = Object.entries(facts.variables).map(([id, value]) => [id, toVariable(value)]);
  const run: Run = { ...facts, variables: Object.fromEntries(bounded), stepsLeft: MAX_LOGIC_STEPS };
  const required: string[] = [];
  let jump: string | undefined;
  for (const rule of block.logic ?? []) {
    try {
      const { conditions, actions } = rule;
      if (!isTrue(conditions, run)) continue;
      for (const action of actions) {
        takeStep(run);
        const { objective, target } = action;
        if (objective === 'calculate') calculate(action, run);
        else if (objective === 'requireAnswer') required.push(target ?? '');
        else jump ??= target;
      }
    } catch {
      // A rule of a document from elsewhere may have any shape, and any depth.
    }
  }
  return { target: jump ?? block.logicFallback, variables: run.variables, required };
}

function takeStep(run: Run): void {
  if (run.stepsLeft-- <= 0) throw new Error('too many steps');
}

function isTrue(entry: Condition | ConditionGroup, facts: Run): boolean {
  takeStep(facts);
  if (!('connector' in entry)) return holds(entry, facts);
  const each = (inner: Condition | ConditionGroup): boolean => isTrue(inner, facts);
  return entry.connector === 'or' ? entry.conditions.some(each) : entry.conditions.every(each);
}

/** Whether a condition holds. A malformed condition is false: it must not stop the survey. */
function holds({ leftOperand, operator, rightOperand }: Condition, facts: Facts): boolean {
  try {
    const element = elementOf(leftOperand, facts);
    const left = element ? readLeft(element, leftOperand, facts) : readRaw(leftOperand, facts);
    // A variable that the document no longer has makes every comparison false, negated ones too.
    if (leftOperand.type === 'variable' && left === undefined) return false;
    const other = rightOperand && elementOf(rightOperand, facts);
    // Two choices are compared by their ids, everything else by the labels that the visitor saw.
    const isById = isChoice(element) && isChoice(other);
    const right = isById
      ? picksOf(facts.answers[other.id]).ids
      : rightOperand && readRaw(rightOperand, facts);
    if ([element, other].some((each) => each?.type === 'date')) {
      const [one, two] = [toDay(left), toDay(right)];
      if (operator === 'equals' && one === two) return true;
      if (operator === 'doesNotEqual' && one === two) return false;
    }
    return COMPARISONS[operator]?.(left, right, element) ?? false;
  } catch {
    return false;
  }
}

function elementOf({ type, value }: Operand, { elements }: Facts): SurveyElement | undefined {
  return type === 'element' ? elements.find(({ id }) => id === value) : undefined;
}

function isChoice(element: SurveyElement | undefined): element is SurveyElement {
  return /^multi/.test(element?.type ?? '');
}

/** The value of an operand in wire format; `readLeft` refines it for the left side. */
function readRaw(operand: Operand, facts: Facts): Value {
  const { type, value } = operand;
  const id = String(value);
  if (type === 'static') return value;
  if (type === 'variable') return facts.variables[id];
  if (type === 'hiddenField') return facts.hiddenFields[id];
  const element = elementOf(operand, facts);
  const answer = facts.answers[id];
  return element && answer !== undefined ? toWire(element, answer, facts.language) : answer;
}

function readLeft(element: SurveyElement, { meta }: Operand, facts: Facts): Value {
  const { type, id } = element;
  const answer = facts.answers[id];
  if (answer === undefined) return undefined;
  if (type === 'multipleChoiceSingle') return picksOf(answer).ids[0];
  if (type === 'multipleChoiceMulti') return picksOf(answer).ids;
  if (type !== 'matrix') return answer;
  if (!meta) return answer;
  const column = (answer as Readonly<Record<string, string>>)[element.rows[Number(meta.row)]?.id ?? ''];
  const index = element.columns.findIndex((each) => each.id === column);
  return index < 0 ? undefined : `${index}`;
}

const not =
  (comparison: Comparison): Comparison =>
  (...given) =>
    !comparison(...given);

/** A comparison of texts. A missing left side acts as an empty text; a missing right side makes it false. */
const onTexts =
  (check: (left: string, right: string) => boolean): Comparison =>
  (left, right) =>
    right !== undefined && check(String(left ?? ''), String(right));

/** A comparison of lists; a missing answer is an empty list. */
const onLists =
  (check: (isPicked: boolean[]) => boolean): Comparison =>
  (left, right) => {
    const picked = Array.isArray(left) ? left : [];
    return Array.isArray(right) && check(right.map((id) => picked.includes(id)));
  };

const onNumbers =
  (check: (left: number, right: number) => boolean): Comparison =>
  (left, right) =>
    check(toNumber(left), toNumber(right));

const isOneOf: Comparison = (left, right, element) =>
  left !== undefined && Array.isArray(right) && right.some((each) => isEqual(left, each, element));
const contains = onTexts((left, right) => left.includes(right));
const startsWith = onTexts((left, right) => left.startsWith(right));
const endsWith = onTexts((left, right) => left.endsWith(right));
const isUnset: Comparison = (left) => (left ?? '') === '';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equals: isEqual,
  // An answer of several pictures equals none of them.
  doesNotEqual: (left, right, element) =>
    element?.type === 'pictureSelection' && Array.isArray(left)
      ? !left.includes(toOne(right))
      : !isEqual(left, right, element),
  contains,
  doesNotContain: not(contains),
  startsWith,
  doesNotStartWith: not(startsWith),
  endsWith,
  doesNotEndWith: not(endsWith),
  isSubmitted: isGiven,
  isSkipped: (left) => !isGiven(left) && !(typeof left === 'object' && Object.entries(left ?? {}).length),
  isGreaterThan: onNumbers((left, right) => left > right),
  isLessThan: onNumbers((left, right) => left < right),
  isGreaterThanOrEqual: onNumbers((left, right) => left >= right),
  isLessThanOrEqual: onNumbers((left, right) => left <= right),
  equalsOneOf: isOneOf,
  isAnyOf: isOneOf,
  includesAllOf: onLists((isPicked) => !isPicked.includes(false)),
  includesOneOf: onLists((isPicked) => isPicked.includes(true)),
  doesNotIncludeAllOf: onLists((isPicked) => isPicked.includes(false)),
  doesNotIncludeOneOf: onLists((isPicked) => !isPicked.includes(true)),
  isClicked: (left) => left === 'clicked',
  isNotClicked: (left) => left !== 'clicked',
  isAccepted: (left) => left === 'accepted',
  isBooked: (left) => !!left,
  isBefore: (left, right) => toDay(left) < toDay(right),
  isAfter: (left, right) => toDay(left) > toDay(right),
  isPartiallySubmitted: (left, _right, element) => shareOf(left, element) % 1 > 0,
  isCompletelySubmitted: (left, _right, element) => shareOf(left, element) === 1,
  isSet: not(isUnset),
  isNotEmpty: not(isUnset),
  isNotSet: isUnset,
  isEmpty: isUnset,
};

/** Values that are both numeric compare as numbers. A list of several equals nothing; a blank value equals nothing. */
function isEqual(left: Value, right: Value, _element?: unknown): boolean {
  return toOne(left) === toOne(right) || toNumber(left) === toNumber(right);
}

function isGiven(value: Value): boolean {
  return (
    typeof value === 'number' || (Array.isArray(value) || typeof value === 'string' ? !!value.length : false)
  );
}

function toNumber(value: Value): number {
  const one = toOne(value);
  if (typeof one === 'number') return one;
  if (!one.trim() || one.length > MAX_MATCHED_CHARS) return Number.NaN;
  // As rules fold it (fold.ts), which is in another chunk.
  const folded = one.normalize('NFKC').replace(/(\d) (?=\d{3}\b)/g, '$1');
  return Number(folded.replace(/,(?!\d{3}$)/, '.'));
}

/** A calendar day as a number that grows with time; NaN, which compares as false, for anything else. */
function toDay(value: Value): number {
  return Number(/^\d{4}-\d\d-\d\d/.exec(String(value))?.[0].replaceAll('-', '') ?? Number.NaN);
}

/** The value itself, or the only entry of a list; NaN, which equals nothing, for a longer list. */
function toOne(value: Value): string | number {
  if (typeof value !== 'object') return value ?? '';
  if (!Array.isArray(value) || value.length > 1) return Number.NaN;
  return value[0] ?? '';
}

/** Share of a matrix's rows that are answered, 0 to 1. */
function shareOf(answer: Value, element: SurveyElement | undefined): number {
  const rows = element?.type === 'matrix' ? element.rows : [];
  const given = (answer ?? {}) as Readonly<Record<string, string>>;
  return rows.length && rows.filter(({ id }) => given[id]).length / rows.length;
}

/**
 * Does one calculation. A value that is neither a text nor a number or can't be converted to the
 * variable's type, and a result that is no finite number, change nothing; a long text is cut (differences.md 3.7).
 */
function calculate({ variableId = '', operator, value }: LogicAction, facts: Run): void {
  const { variables } = facts;
  const present = variables[variableId];
  const given = value && readRaw(value, facts);
  if (!isScalar(present) || !isScalar(given)) return;
  const [one, two] = [toNumber(present), toNumber(given)];
  // Cut before they are joined: two long texts may be longer than a text can be.
  const texts = [present, given].map((each) => toVariable(`${each}`));
  const results: Readonly<Record<string, string | number>> = {
    assign: given,
    concat: texts.join(''),
    add: one + two,
    subtract: one - two,
    multiply: one * two,
    divide: one / two,
  };
  const result = results[operator ?? ''] ?? present;
  const converted = typeof present === 'number' ? toNumber(result) : toVariable(`${result}`);
  const isNumber = [result, converted].every((each) => typeof each === 'string' || Number.isFinite(each));
  if (isNumber) variables[variableId] = converted;
}

function isScalar(value: Value): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
