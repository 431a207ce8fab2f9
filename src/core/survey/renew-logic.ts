import { isPart, type Part } from './renew.ts';

/** The comparison of today for each of `{condition, value, destination}`; those without a value ignore it. */
const WITHOUT_VALUE: Readonly<Record<string, string>> = {
  submitted: 'isSubmitted',
  uploaded: 'isSubmitted',
  skipped: 'isSkipped',
  notUploaded: 'isSkipped',
  accepted: 'isAccepted',
  clicked: 'isClicked',
  booked: 'isBooked',
  isPartiallySubmitted: 'isPartiallySubmitted',
  isCompletelySubmitted: 'isCompletelySubmitted',
};
const WITH_VALUE: Readonly<Record<string, string>> = {
  equals: 'equals',
  notEquals: 'doesNotEqual',
  lessThan: 'isLessThan',
  lessEqual: 'isLessThanOrEqual',
  greaterThan: 'isGreaterThan',
  greaterEqual: 'isGreaterThanOrEqual',
  includesAll: 'includesAllOf',
  includesOne: 'includesOneOf',
};

/**
 * The rules of a question, those of former years as rules of today (survey-model.md 1.7). One that its author has not
 * finished does nothing, as it did then.
 *
 * @param report called with what is unknown, in words
 * @example
 * renewLogic({ id: 'q1', logic: [{ condition: 'skipped', destination: 'end' }], … }, report);
 */
export function renewLogic(element: Part, report: (problem: string) => void): readonly unknown[] {
  const { logic } = element;
  const rules: readonly unknown[] = Array.isArray(logic) ? logic : [undefined];
  return rules.flatMap((rule, index) => {
    if (isPart(rule) && isPart(rule.conditions) && Array.isArray(rule.actions)) return [rule];
    if (!isPart(rule) || !('condition' in rule || 'destination' in rule)) {
      report('logic of an unknown form');
      return [];
    }
    const { condition, value, destination } = rule;
    if (!condition || !destination) return [];
    const operator = toOperator(`${condition}`, `${element.type}`);
    if (!operator) {
      report(`the unknown condition ${condition}`);
      return [];
    }
    const needsValue = !Object.hasOwn(WITHOUT_VALUE, `${condition}`);
    if (needsValue && (value === undefined || value === null || value === '')) return [];
    return [toRule(element, { id: `rule${index + 1}`, operator, destination, ...(needsValue && { value }) })];
  });
}

function toOperator(condition: string, type: string): string | undefined {
  // One answer is one of several values; several answers include one.
  if (condition === 'includesOne' && !/Multi$|^pictureSelection$/.test(type)) return 'equalsOneOf';
  const all = { ...WITHOUT_VALUE, ...WITH_VALUE };
  return Object.hasOwn(all, condition) ? all[condition] : undefined;
}

interface Jump {
  readonly id: string;
  readonly operator: string;
  readonly destination: unknown;
  readonly value?: unknown;
}

function toRule(element: Part, { id, operator, destination, value }: Jump): Part {
  const isList = /Of$/.test(operator);
  const values = [value].flat().map((one) => toChoice(element, one));
  const condition = {
    id: `${id}c`,
    leftOperand: { type: 'question', value: element.id },
    operator,
    ...(value !== undefined && {
      rightOperand: { type: 'static', value: isList || values.length > 1 ? values : values[0] },
    }),
  };
  return {
    id,
    conditions: { id: `${id}g`, connector: 'and', conditions: [condition] },
    actions: [{ id: `${id}a`, objective: 'jumpToQuestion', target: destination }],
  };
}

/** The id of the choice that has this label in any language, since logic named labels then; any other value as it is. */
function toChoice({ choices }: Part, value: unknown): unknown {
  const list: readonly unknown[] = Array.isArray(choices) ? choices : [];
  const found = list.find(
    (choice) => isPart(choice) && isPart(choice.label) && Object.values(choice.label).includes(value),
  );
  return isPart(found) ? found.id : value;
}
