import type { Dice } from './dice.ts';
import type { Action, Condition, Element, FormerRule, Group, Offer, Rule, Variable, Wire } from './model.ts';

/** What rules may be about, and where they may lead. */
export interface Scope {
  /** Elements of this card and of those before it. */
  readonly seen: readonly Element[];
  /** Optional elements of later cards. */
  readonly later: readonly Element[];
  readonly targets: readonly string[];
  readonly variables: readonly Variable[];
  readonly offers: Readonly<Record<string, Offer>>;
  /** Numbers for ids. */
  readonly next: () => number;
}

/** A random rule of today. */
export function makeRule(dice: Dice, scope: Scope): Rule {
  const actions: Action[] = [];
  if (dice.chance(0.5)) actions.push(makeCalculation(dice, scope));
  if (scope.later.length > 0 && dice.chance(0.3)) {
    actions.push({ id: `a${scope.next()}`, objective: 'requireAnswer', target: dice.pick(scope.later).id });
  }
  if (actions.length === 0 || dice.chance(0.5)) {
    actions.push({ id: `a${scope.next()}`, objective: 'jumpToBlock', target: dice.pick(scope.targets) });
  }
  return { id: `r${scope.next()}`, conditions: makeGroup(dice, scope, 0), actions };
}

function makeGroup(dice: Dice, scope: Scope, depth: number): Group {
  const count = dice.chance(0.05) ? 0 : 1 + dice.below(3);
  return {
    id: `g${scope.next()}`,
    connector: dice.pick(['and', 'or'] as const),
    conditions: Array.from({ length: count }, () =>
      depth < 2 && dice.chance(0.2) ? makeGroup(dice, scope, depth + 1) : makeCondition(dice, scope),
    ),
  };
}

function makeCondition(dice: Dice, { seen, variables, offers, next }: Scope): Condition {
  const id = `c${next()}`;
  const numbers = variables.filter(({ type }) => type === 'number');
  if (numbers.length > 0 && dice.chance(0.25)) {
    const { id: value } = dice.pick(numbers);
    return compare(id, { type: 'variable', value }, dice.pick(ON_NUMBERS), dice.pick([0, 1, 2, 5]));
  }
  if (dice.chance(0.1)) {
    const left = { type: 'hiddenField', value: 'plan' };
    return dice.chance(0.5)
      ? { id, leftOperand: left, operator: dice.pick(['isSet', 'isNotSet', 'isEmpty']) }
      : compare(
          id,
          left,
          dice.pick(['equals', 'doesNotEqual', 'contains', 'startsWith']),
          dice.pick(['pro', 'p']),
        );
  }
  const element = dice.pick(seen);
  return { ...aboutElement(dice, element, offers[element.id]?.good ?? []), id };
}

const ON_NUMBERS = [
  ...['equals', 'doesNotEqual', 'isGreaterThan', 'isLessThan', 'isGreaterThanOrEqual', 'isLessThanOrEqual'],
];
const ON_TEXTS = [
  ...['equals', 'doesNotEqual', 'contains', 'doesNotContain', 'startsWith', 'doesNotStartWith', 'endsWith'],
  'doesNotEndWith',
];

function compare(
  id: string,
  leftOperand: Condition['leftOperand'],
  operator: string,
  value: Wire,
): Condition {
  return { id, leftOperand, operator, rightOperand: { type: 'static', value } };
}

/** A comparison that the editor offers for the type (survey-model.md 4.5 of the specification). */
function aboutElement(dice: Dice, element: Element, good: readonly Wire[]): Omit<Condition, 'id'> {
  const left = { type: 'element', value: element.id };
  const bare = (...operators: string[]) => ({ leftOperand: left, operator: dice.pick(operators) });
  const on = (operators: readonly string[], value: Wire) => compare('', left, dice.pick(operators), value);
  const ids = (element.choices ?? []).map((choice) => choice.id);
  if (dice.chance(0.2) && !/^(matrix|cta|consent|cal)$/.test(element.type))
    return bare('isSubmitted', 'isSkipped');
  switch (element.type) {
    case 'openText':
      return element.inputType === 'number'
        ? on(ON_NUMBERS, dice.pick([0, 7, 10]))
        : on(ON_TEXTS, dice.pick(['apple', 'Apple', 'ada', 'tart', 'Apple pie']));
    case 'nps':
    case 'rating':
    case 'csat':
    case 'ces':
      return on(ON_NUMBERS, dice.pick(good as number[]));
    case 'multipleChoiceSingle':
      return dice.chance(0.5)
        ? on(['equals', 'doesNotEqual'], dice.pick(ids))
        : on(['equalsOneOf'], dice.some(ids));
    case 'multipleChoiceMulti':
      return dice.chance(0.3) ? on(['equals', 'doesNotEqual'], dice.pick(ids)) : on(INCLUDES, dice.some(ids));
    case 'pictureSelection':
      return dice.chance(0.3) ? on(['equals', 'doesNotEqual'], dice.pick(ids)) : on(INCLUDES, dice.some(ids));
    case 'date':
      return on(['equals', 'doesNotEqual', 'isBefore', 'isAfter'], dice.pick(['2026-03-11', '2026-03-20']));
    case 'consent':
      return bare('isAccepted', 'isSkipped');
    case 'cta':
      // What is asked about a click on nothing is dropped on the way (survey-model.md 1.6).
      return element.buttonExternal ? bare('isClicked', 'isNotClicked') : bare('isNotClicked');
    case 'cal':
      return bare('isBooked', 'isSkipped');
    case 'matrix': {
      if (dice.chance(0.5)) return bare('isPartiallySubmitted', 'isCompletelySubmitted', 'isSkipped');
      const row = { ...left, meta: { row: `${dice.below(element.rows?.length ?? 0)}` } };
      if (dice.chance(0.4)) return { leftOperand: row, operator: dice.pick(['isEmpty', 'isNotEmpty']) };
      return compare(
        '',
        row,
        dice.pick(['equals', 'doesNotEqual']),
        `${dice.below(element.columns?.length ?? 0)}`,
      );
    }
    default:
      return bare('isSubmitted', 'isSkipped');
  }
}

const INCLUDES = ['includesAllOf', 'includesOneOf', 'doesNotIncludeAllOf', 'doesNotIncludeOneOf'];

function makeCalculation(dice: Dice, { variables, seen, next }: Scope): Action {
  const { id: variableId, type } = dice.pick(variables);
  const scores = seen.filter((one) => /^(nps|rating|csat|ces|openText)$/.test(one.type));
  const sources = [
    { type: 'static', value: type === 'number' ? dice.below(4) : dice.pick(['a', 'b']) },
    { type: 'variable', value: dice.pick(variables).id },
    { type: 'hiddenField', value: 'plan' },
    ...(scores.length > 0 ? [{ type: 'element', value: dice.pick(scores).id }] : []),
  ];
  const operators =
    type === 'number' ? ['add', 'subtract', 'multiply', 'divide', 'assign'] : ['assign', 'concat'];
  const base = { id: `a${next()}`, objective: 'calculate', variableId };
  return { ...base, operator: dice.pick(operators), value: dice.pick(sources) };
}

/** A random rule of the years before 2024 about one question; its values are labels. */
export function makeFormerRule(
  dice: Dice,
  element: Element,
  { good, targets }: { readonly good: readonly Wire[]; readonly targets: readonly string[] },
): FormerRule {
  const destination = dice.pick([...targets, 'end']);
  const labels = (element.choices ?? []).flatMap(({ id, label }) =>
    label && id !== 'other' ? [label.default ?? ''] : [],
  );
  const bare = (...conditions: string[]) => ({ condition: dice.pick(conditions), destination });
  switch (element.type) {
    case 'nps':
    case 'rating':
    case 'csat':
    case 'ces': {
      const conditions = ['equals', 'notEquals', 'lessThan', 'lessEqual', 'greaterThan', 'greaterEqual'];
      const value = dice.pick(good as number[]);
      return { condition: dice.pick(conditions), value: dice.chance(0.3) ? `${value}` : value, destination };
    }
    case 'multipleChoiceSingle':
      return dice.chance(0.5)
        ? { condition: dice.pick(['equals', 'notEquals']), value: dice.pick(labels), destination }
        : { condition: 'includesOne', value: dice.some(labels), destination };
    case 'multipleChoiceMulti':
      return { condition: dice.pick(['includesAll', 'includesOne']), value: dice.some(labels), destination };
    case 'consent':
      return bare('accepted', 'skipped');
    case 'cta':
      return bare('clicked');
    case 'cal':
      return bare('booked', 'skipped');
    case 'fileUpload':
      return bare('uploaded', 'notUploaded');
    case 'matrix':
      return bare('isPartiallySubmitted', 'isCompletelySubmitted', 'skipped');
    default:
      return bare('submitted', 'skipped');
  }
}
