import type { Action, Card, Condition, Element, FormerRule, Group, Model, Operand, Wire } from './model.ts';

/** Where a visitor is, by survey-model.md 3 and 4; written without a look at src/core. */
export interface Place {
  /** The index of the card; -1 for the welcome card; `end` with the ending. */
  readonly card: number | 'end';
  readonly ending: string | null;
  readonly answers: Readonly<Record<string, Wire>>;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly required: readonly string[];
  /** The cards before this one, with what Back restores. */
  readonly trail: readonly {
    readonly card: number;
    readonly before: Pick<Place, 'variables' | 'required'>;
  }[];
}

/** The place of a visitor who has just come. */
export function arrive(model: Model): Place {
  const variables = Object.fromEntries(model.variables.map(({ id, value }) => [id, value]));
  return { card: model.welcome ? -1 : 0, ending: null, answers: {}, variables, required: [], trail: [] };
}

/** The card that a visitor sees; undefined on the welcome card and at the end. */
export function cardAt(model: Model, place: Place): Card | undefined {
  return place.card === 'end' ? undefined : model.cards[place.card];
}

/** Ids of the elements of the card that must be answered and aren't. */
export function missing(model: Model, place: Place, given: Readonly<Record<string, Wire>>): string[] {
  const all = { ...place.answers, ...given };
  return (cardAt(model, place)?.elements ?? [])
    .filter(
      ({ id, type, required }) =>
        type !== 'cta' && (required || place.required.includes(id)) && isBlank(all[id]),
    )
    .map(({ id }) => id);
}

function isBlank(answer: Wire | undefined): boolean {
  if (typeof answer === 'number') return false;
  if (typeof answer === 'string') return answer.trim() === '';
  return Object.values(answer ?? {}).every((part) => part.trim() === '');
}

/** The place after a card with these answers, all of them valid, has been submitted. */
export function submit(model: Model, place: Place, given: Readonly<Record<string, Wire>>): Place {
  if (place.card === -1)
    return goTo(model, { ...place, answers: { welcomeCard: 'clicked' } }, model.cards[0]?.id);
  const card = cardAt(model, place);
  if (!card) return place;
  const { variables, required } = place;
  const after = {
    ...{ variables: { ...variables }, required: [...required], answers: { ...place.answers, ...given } },
    trail: [...place.trail, { card: Number(place.card), before: { variables, required } }],
  };
  const facts: Facts = { model, ...after };
  let target: string | undefined;
  for (const { conditions, actions } of card.logic ?? []) {
    if (!groupHolds(conditions, facts)) continue;
    for (const action of actions) {
      if (action.objective === 'calculate') calculate(action, facts);
      else if (action.objective === 'requireAnswer') after.required.push(action.target ?? '');
      else target ??= action.target;
    }
  }
  const [element] = card.elements;
  for (const rule of card.former ?? []) {
    if (element && formerHolds(rule, element, facts)) target ??= rule.destination;
  }
  target ??= card.logicFallback ?? model.cards[Number(place.card) + 1]?.id;
  return goTo(model, { ...place, ...after }, target);
}

/** The place after Back; undefined where there is no way back. */
export function goBack(place: Place): Place | undefined {
  const last = place.trail.at(-1);
  if (!last || place.card === 'end') return undefined;
  return { ...place, ...last.before, card: last.card, trail: place.trail.slice(0, -1) };
}

function goTo(model: Model, place: Place, target: string | undefined): Place {
  const card = model.cards.findIndex(({ id }) => id === target);
  if (card >= 0) return { ...place, card };
  const ending = model.endings.find(({ id }) => id === target) ?? model.endings[0];
  return { ...place, card: 'end', ending: ending?.id ?? null };
}

interface Facts {
  readonly model: Model;
  readonly answers: Readonly<Record<string, Wire>>;
  readonly variables: Record<string, string | number>;
}

function groupHolds({ connector, conditions }: Group, facts: Facts): boolean {
  const each = conditions.map((entry) =>
    'conditions' in entry ? groupHolds(entry, facts) : conditionHolds(entry, facts),
  );
  return connector === 'and' ? !each.includes(false) : each.includes(true);
}

function elementOf({ type, value }: Operand, { model }: Facts): Element | undefined {
  if (type !== 'element') return undefined;
  return model.cards.flatMap(({ elements }) => elements).find(({ id }) => id === value);
}

/** The id of the choice with this label in the language of the visitor. */
function idOf({ choices = [] }: Element, label: Wire, { model }: Facts): string {
  return (
    choices.find(({ label: words }) => (words[model.language] ?? words.default) === label)?.id ?? 'other'
  );
}

function leftOf(operand: Operand, facts: Facts): Wire | undefined {
  const element = elementOf(operand, facts);
  if (!element) return rightOf(operand, facts);
  const answer = facts.answers[element.id];
  if (answer === undefined) return undefined;
  if (element.type === 'multipleChoiceSingle') return idOf(element, answer, facts);
  if (/^(multipleChoiceMulti|ranking)$/.test(element.type)) {
    return (answer as readonly string[]).map((label) => idOf(element, label, facts));
  }
  if (element.type !== 'matrix' || !operand.meta) return answer;
  const read = (entry?: { readonly label: Readonly<Record<string, string>> }): string =>
    entry?.label[facts.model.language] ?? entry?.label.default ?? '';
  const column = (answer as Readonly<Record<string, string>>)[read(element.rows?.[Number(operand.meta.row)])];
  const index = (element.columns ?? []).findIndex((entry) => read(entry) === column);
  return index < 0 ? undefined : `${index}`;
}

function rightOf({ type, value }: Operand, { model, answers, variables }: Facts): Wire | undefined {
  if (type === 'static') return value;
  if (type === 'variable') return variables[`${value}`];
  return type === 'hiddenField' ? model.hidden[`${value}`] : answers[`${value}`];
}

function conditionHolds({ leftOperand, operator, rightOperand }: Condition, facts: Facts): boolean {
  const left = leftOf(leftOperand, facts);
  const right = rightOperand && rightOf(rightOperand, facts);
  return holds({ left, operator, right, element: elementOf(leftOperand, facts) });
}

interface Comparison {
  readonly left: Wire | undefined;
  readonly operator: string;
  readonly right: Wire | undefined;
  readonly element: Element | undefined;
}

function holds({ left, operator, right, element }: Comparison): boolean {
  const text = typeof left === 'string' || typeof left === 'number' ? `${left}` : '';
  const list: readonly string[] = Array.isArray(left) ? left : [];
  const wanted: readonly string[] = Array.isArray(right) ? right : [];
  const isGiven = typeof left === 'number' || (typeof left === 'string' ? left !== '' : list.length > 0);
  const isRows = typeof left === 'object' && !Array.isArray(left) && Object.keys(left).length > 0;
  const rows = isRows ? Object.keys(left as object).length : 0;
  const [one, two] = [numberOf(left), numberOf(right)];
  switch (operator) {
    case 'equals':
      return isSame(left, right);
    case 'doesNotEqual':
      return element?.type === 'pictureSelection' && list.length > 0
        ? !list.includes(`${right}`)
        : !isSame(left, right);
    case 'contains':
      return text.includes(`${right}`);
    case 'startsWith':
      return text.startsWith(`${right}`);
    case 'endsWith':
      return text.endsWith(`${right}`);
    case 'doesNotContain':
      return !text.includes(`${right}`);
    case 'doesNotStartWith':
      return !text.startsWith(`${right}`);
    case 'doesNotEndWith':
      return !text.endsWith(`${right}`);
    case 'isSubmitted':
      return isGiven;
    case 'isSkipped':
      return !isGiven && !isRows;
    case 'isGreaterThan':
      return one > two;
    case 'isLessThan':
      return one < two;
    case 'isGreaterThanOrEqual':
      return one >= two;
    case 'isLessThanOrEqual':
      return one <= two;
    case 'equalsOneOf':
      return left !== undefined && wanted.some((each) => isSame(left, each));
    case 'includesAllOf':
      return wanted.every((each) => list.includes(each));
    case 'includesOneOf':
      return wanted.some((each) => list.includes(each));
    case 'doesNotIncludeAllOf':
      return !wanted.every((each) => list.includes(each));
    case 'doesNotIncludeOneOf':
      return !wanted.some((each) => list.includes(each));
    case 'isAccepted':
      return left === 'accepted';
    case 'isClicked':
      return left === 'clicked';
    case 'isNotClicked':
      return left !== 'clicked';
    case 'isBooked':
      return left !== undefined && left !== '';
    case 'isBefore':
      return text !== '' && text < `${right}`;
    case 'isAfter':
      return text !== '' && text > `${right}`;
    case 'isPartiallySubmitted':
      return rows > 0 && rows < (element?.rows?.length ?? 0);
    case 'isCompletelySubmitted':
      return rows > 0 && rows === element?.rows?.length;
    case 'isSet':
    case 'isNotEmpty':
      return left !== undefined && left !== '';
    case 'isNotSet':
    case 'isEmpty':
      return left === undefined || left === '';
    default:
      throw new Error(`the oracle does not know ${operator}`);
  }
}

function numberOf(value: Wire | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** Unanswered is an empty text, a list of one its entry; what is numeric on both sides compares as numbers. */
function isSame(left: Wire | undefined, right: Wire | undefined): boolean {
  const [one, two] = [left, right].map((value) => {
    if (value === undefined) return '';
    if (Array.isArray(value)) return value.length > 1 ? undefined : (value[0] ?? '');
    return typeof value === 'object' ? undefined : value;
  });
  if (one === undefined || two === undefined) return false;
  return one === two || numberOf(one) === numberOf(two);
}

/** Rules of former years (survey-model.md 1.7): about the answer of their own question, whose choices they name by label. */
function formerHolds({ condition, value }: FormerRule, element: Element, { answers }: Facts): boolean {
  const answer = answers[element.id];
  const list: readonly Wire[] = Array.isArray(answer) ? answer : answer === undefined ? [] : [answer as Wire];
  const wanted: readonly Wire[] = Array.isArray(value) ? value : [value as Wire];
  const rows = element.type === 'matrix' ? Object.keys(answer ?? {}).length : 0;
  const isGiven = typeof answer === 'number' || (element.type !== 'matrix' && !isBlankAnswer(answer));
  switch (condition) {
    case 'submitted':
    case 'uploaded':
      return isGiven;
    case 'skipped':
    case 'notUploaded':
      return !isGiven && rows === 0;
    case 'accepted':
    case 'clicked':
    case 'booked':
      return answer === condition;
    case 'equals':
      return isSame(answer, value);
    case 'notEquals':
      return !isSame(answer, value);
    case 'lessThan':
      return numberOf(answer) < numberOf(value);
    case 'lessEqual':
      return numberOf(answer) <= numberOf(value);
    case 'greaterThan':
      return numberOf(answer) > numberOf(value);
    case 'greaterEqual':
      return numberOf(answer) >= numberOf(value);
    case 'includesAll':
      return wanted.every((each) => list.includes(each));
    case 'includesOne':
      return wanted.some((each) => list.includes(each));
    case 'isPartiallySubmitted':
      return rows > 0 && rows < (element.rows?.length ?? 0);
    case 'isCompletelySubmitted':
      return rows > 0 && rows === element.rows?.length;
    default:
      throw new Error(`the oracle does not know ${condition}`);
  }
}

/** An address with blank lines only is an answer to logic. */
function isBlankAnswer(answer: Wire | undefined): boolean {
  if (typeof answer === 'string') return answer === '';
  return answer === undefined || Object.keys(answer).length === 0;
}

function calculate({ variableId = '', operator, value }: Action, facts: Facts): void {
  const { variables } = facts;
  const present = variables[variableId];
  const given = value && rightOf(value, facts);
  if (present === undefined || (typeof given !== 'string' && typeof given !== 'number')) return;
  if (typeof present === 'string') {
    variables[variableId] = (operator === 'concat' ? `${present}${given}` : `${given}`).slice(0, 4096);
    return;
  }
  const [one, two] = [present, numberOf(given)];
  const result = { add: one + two, subtract: one - two, multiply: one * two, divide: one / two, assign: two }[
    `${operator}`
  ];
  if (result !== undefined && Number.isFinite(result)) variables[variableId] = result;
}
