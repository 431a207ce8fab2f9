import type {
  Answers,
  AnswerValue,
  Block,
  Condition,
  ConditionGroup,
  Operand,
  SurveyElement,
} from './document.ts';
import { picksOf } from './picks.ts';

/** Everything a condition can look at. */
export interface Facts {
  /** Every element of the survey. */
  readonly elements: readonly SurveyElement[];
  /** Answers as kept on the device, those of the submitted card included. */
  readonly answers: Answers;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly hiddenFields: Answers;
}

type Comparison = (left: AnswerValue | undefined, right: AnswerValue | undefined) => boolean;

/** Says where a block's logic leads: a block's or an ending's id; undefined for the next block in the list. */
export type FindTarget = (block: Block, facts: Facts) => string | undefined;

/**
 * Where a block's logic leads: the target of the first jump that matches, else its fallback, else undefined.
 *
 * @example
 * findTarget(block, { elements, answers, variables: {}, hiddenFields: {} }); // 'blk2'
 */
export function findTarget(block: Block, facts: Facts): string | undefined {
  for (const rule of block.logic ?? []) {
    const jump = rule.actions.find(({ objective }) => objective === 'jumpToBlock');
    if (jump && isTrue(rule.conditions, facts)) return jump.target;
  }
  return block.logicFallback;
}

function isTrue(entry: Condition | ConditionGroup, facts: Facts): boolean {
  if (!('connector' in entry)) return holds(entry, facts);
  const each = (inner: Condition | ConditionGroup): boolean => isTrue(inner, facts);
  return entry.connector === 'or' ? entry.conditions.some(each) : entry.conditions.every(each);
}

/** A condition that is not written as it should be is false; it must not cost the visitor the survey. */
function holds(condition: Condition, facts: Facts): boolean {
  try {
    const { leftOperand, operator, rightOperand } = condition;
    const left = readOperand(leftOperand, facts);
    // A variable that the document lost makes every comparison false, negated ones too.
    if (leftOperand.type === 'variable' && left === undefined) return false;
    const right = rightOperand && readOperand(rightOperand, facts);
    return COMPARISONS[operator]?.(left, right) ?? false;
  } catch {
    return false;
  }
}

function readOperand({ type, value }: Operand, facts: Facts): AnswerValue | undefined {
  const id = String(value);
  if (type === 'variable') return facts.variables[id];
  if (type === 'hiddenField') return facts.hiddenFields[id];
  if (type === 'static') return value;
  const element = facts.elements.find((candidate) => candidate.id === id);
  const answer = facts.answers[id];
  return element && /^mul/.test(element.type) ? picksOf(answer).ids : answer;
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equals: isEqual,
  doesNotEqual: (left, right) => !isEqual(left, right),
  isSubmitted: isGiven,
  isSkipped: (left) => !isGiven(left) && (typeof left !== 'object' || !Object.keys(left).length),
  isGreaterThan: (left, right) => toNumber(left) > toNumber(right),
  isLessThan: (left, right) => toNumber(left) < toNumber(right),
  isGreaterThanOrEqual: (left, right) => toNumber(left) >= toNumber(right),
  isLessThanOrEqual: (left, right) => toNumber(left) <= toNumber(right),
};

/** Numbers wherever they come from compare as numbers; several picks equal nothing, and nothing equals blank. */
function isEqual(left: AnswerValue | undefined, right: AnswerValue | undefined): boolean {
  return toOne(left) === toOne(right) || toNumber(left) === toNumber(right);
}

function isGiven(value: AnswerValue | undefined): boolean {
  return (
    typeof value === 'number' || (Array.isArray(value) || typeof value === 'string' ? !!value.length : false)
  );
}

function toNumber(value: AnswerValue | undefined): number {
  const one = toOne(value);
  return typeof one === 'string' && !one.trim() ? Number.NaN : Number(one);
}

/** The value itself, or the only entry of a list. NaN, which equals nothing, for several. */
function toOne(value: AnswerValue | undefined): string | number {
  if (typeof value !== 'object') return value ?? '';
  if (!Array.isArray(value) || value.length > 1) return Number.NaN;
  return value[0] ?? '';
}
