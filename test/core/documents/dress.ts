import type { Dice } from './dice.ts';
import type { Dress } from './generate.ts';
import type { Card, Element, Group, Model, Operand, Words } from './model.ts';

const TEXT = /^(headline|subheader|label|placeholder|ctaButtonLabel)$/;
const LANGUAGES = [
  { default: true, enabled: true, language: { id: 'l1', code: 'en', alias: null } },
  { default: false, enabled: true, language: { id: 'l2', code: 'de', alias: null } },
];

/** The document of a survey in one of its forms. */
export function dressAs(dress: Dress, model: Model, dice: Dice): object {
  const { cards, endings, welcome, variables, language } = model;
  const common = {
    ...{ id: 's', type: 'app', status: 'inProgress', displayOption: 'respondMultiple' },
    variables,
    hiddenFields: { enabled: true, fieldIds: ['plan'] },
    languages: language === 'de' ? LANGUAGES : [],
  };
  if (dress === 'former') return { ...common, ...former(model, dice) };
  const welcomeCard = { enabled: !!welcome, ...(welcome && { headline: welcome }), timeToFinish: false };
  const whole = {
    ...common,
    welcomeCard,
    endings: endings.map((ending) => ({ ...ending, type: 'endScreen' })),
  };
  if (dress === 'questions') return { ...whole, questions: cards.map(toQuestion) };
  const blocks = cards.map((card, index) => ({ ...card, name: `Card ${index + 1}` }));
  return { ...whole, blocks, ...(dice.chance(0.5) && { questions: [] }) };
}

/** A question of the second model: its operands and jumps are about questions. */
function toQuestion({ elements, logic, logicFallback }: Card): object {
  const [{ ctaButtonLabel, ...element }] = elements as readonly [Element];
  const toOperand = (operand: Operand): Operand =>
    operand.type === 'element' ? { ...operand, type: 'question' } : operand;
  const toGroup = (group: Group): Group => ({
    ...group,
    conditions: group.conditions.map((entry) =>
      'conditions' in entry ? toGroup(entry) : { ...entry, leftOperand: toOperand(entry.leftOperand) },
    ),
  });
  const rules = (logic ?? []).map(({ id, conditions, actions }) => ({
    id,
    conditions: toGroup(conditions),
    actions: actions.map(({ value, ...action }) => ({
      ...action,
      ...(action.objective === 'jumpToBlock' && { objective: 'jumpToQuestion' }),
      ...(value && { value: toOperand(value) }),
    })),
  }));
  return {
    ...element,
    ...(ctaButtonLabel !== undefined && { buttonLabel: ctaButtonLabel }),
    ...(rules.length > 0 && { logic: rules }),
    ...(logicFallback && { logicFallback }),
  };
}

/** A document of a former year: each of its old forms is there or not, as the dice say. */
function former({ cards, endings, welcome }: Model, dice: Dice): object {
  const [ending] = endings;
  const arePlain = dice.chance(0.7);
  const text = (words: Words): unknown => (arePlain ? words.default : words);
  const isRich = dice.chance(0.5);
  const thankYouCard = ending
    ? { enabled: true, headline: text(ending.headline) }
    : { enabled: false, headline: text({ default: 'Never' }) };
  const referred = new Set(
    cards.flatMap((card) => (card.former ?? []).map(({ destination }) => destination)),
  );
  const card = welcome && {
    enabled: true,
    headline: text(welcome),
    [isRich ? 'html' : 'subheader']: text({ default: 'Hello' }),
  };
  return {
    ...(card && { welcomeCard: card }),
    ...(dice.chance(0.5) && ending
      ? { endings: [{ ...ending, headline: text(ending.headline), type: 'endScreen' }] }
      : { thankYouCard }),
    questions: cards.map(({ elements, former: rules = [] }) => {
      const [{ id, ctaButtonLabel, ...element }] = elements as readonly [Element];
      const { subheader, ...old } = toFormer(element as Element, { text, dice });
      return {
        ...old,
        ...(subheader !== undefined && {
          [isRich && /cta|consent/.test(element.type) ? 'html' : 'subheader']: subheader,
        }),
        ...((referred.has(id) || dice.chance(0.5)) && { id }),
        ...(ctaButtonLabel !== undefined && { buttonLabel: text(ctaButtonLabel as Words) }),
        ...(rules.length > 0 && { logic: rules }),
      };
    }),
  };
}

interface Way {
  readonly text: (words: Words) => unknown;
  readonly dice: Dice;
}

function toFormer(element: Element, { text, dice }: Way): Readonly<Record<string, unknown>> {
  const entries = Object.entries(element).map(([key, value]): [string, unknown] => {
    if (TEXT.test(key)) return [key, text(value as Words)];
    if (/^(rows|columns)$/.test(key))
      return [key, (value as Element['rows'])?.map(({ label }) => text(label))];
    if (key === 'choices' && element.type !== 'pictureSelection') {
      const isBare = dice.chance(0.3);
      return [
        key,
        element.choices?.map(({ id, label }) =>
          isBare && id !== 'other' ? text(label) : { id, label: text(label) },
        ),
      ];
    }
    const isLine = typeof value === 'object' && value !== null && 'show' in value;
    return isLine
      ? [key, { ...value, placeholder: text((value as unknown as { placeholder: Words }).placeholder) }]
      : [key, value];
  });
  return Object.fromEntries(entries);
}
