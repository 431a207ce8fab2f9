import { type Defect, makeDefect } from './defects.ts';
import { createDice, type Dice } from './dice.ts';
import { dressAs } from './dress.ts';
import { makeElement, type Writer } from './elements.ts';
import { makeFormerRule, makeRule } from './logic.ts';
import type { Card, Element, Model, Offer, Words } from './model.ts';

/** The forms that a document may have: of today, of questions, of former years. */
export type Dress = 'blocks' | 'questions' | 'former';

/** A survey and the document that a page, or a server of any year, passes. */
export interface Case {
  readonly seed: number;
  readonly dress: Dress;
  readonly model: Model;
  readonly document: object;
  /** Why it can't be drawn; undefined when it can. */
  readonly reason: RegExp | undefined;
}

/** Makes the survey of a seed. A plain one asks for nothing that leaves the page. */
export function makeCase(seed: number, { isPlain = false } = {}): Case {
  const dice = createDice(seed);
  const dress = dice.pick(['blocks', 'questions', 'former'] as const);
  const language = dress !== 'former' && dice.chance(0.25) ? 'de' : 'default';
  const model = makeModel(dice, { dress, language, isPlain });
  const document = dressAs(dress, model, dice);
  const defect: Defect | undefined = dice.chance(0.12) ? makeDefect(dice, document, dress) : undefined;
  return { seed, dress, model, document: defect?.document ?? document, reason: defect?.reason };
}

interface Wanted {
  readonly dress: Dress;
  readonly language: Model['language'];
  readonly isPlain: boolean;
}

function makeModel(dice: Dice, { dress, language, isPlain }: Wanted): Model {
  let count = 0;
  const next = (): number => ++count;
  const writer: Writer = {
    isPlain,
    words: (what) => {
      const text = `${what} ${next()}`;
      return language === 'de' && dice.chance(0.8)
        ? { default: text, de: `${text} auf Deutsch` }
        : { default: text };
    },
    read: (words) => words[language] ?? words.default ?? '',
  };
  const offers: Record<string, Offer> = {};
  const sizes = Array.from({ length: 1 + dice.below(6) }, () => (dress === 'blocks' ? 1 + dice.below(3) : 1));
  const cards = sizes.map((size, index): Card => {
    const elements = Array.from({ length: size }, () => {
      const id = `q${next()}`;
      const { element, offer } = makeElement(dice, id, writer);
      offers[id] = offer;
      return element;
    });
    return { id: dress === 'blocks' ? `card${index}` : (elements[0]?.id ?? ''), elements };
  });
  const headlines = Array.from({ length: dice.below(dress === 'former' ? 2 : 3) }, () =>
    writer.words('Ending'),
  );
  const endings = headlines.map((headline, index) => ({ id: `end${index + 1}`, headline }));
  const base = {
    ...{ endings, offers, language },
    variables: [
      { id: 'sum', name: 'sum', type: 'number', value: dice.below(3) },
      { id: 'note', name: 'note', type: 'text', value: dice.pick(['', 'n']) },
    ] as const,
    hidden: dice.chance(0.5) ? { plan: 'pro' } : {},
    welcome: dice.chance(0.4) ? writer.words('Welcome') : undefined,
  };
  return { ...base, cards: addLogic(dice, cards, { ...base, dress, next }) };
}

interface Parts extends Pick<Model, 'endings' | 'offers' | 'variables'> {
  readonly dress: Dress;
  readonly next: () => number;
}

/** Rules lead forward only: what becomes of circles has tests of its own. */
function addLogic(dice: Dice, cards: readonly Card[], parts: Parts): Card[] {
  const { endings, offers, dress } = parts;
  return cards.map((card, index) => {
    const after = cards.slice(index + 1);
    const targets = [...after.map(({ id }) => id), ...endings.map(({ id }) => id), 'gone'];
    const rules = dice.chance(0.5) ? 1 + dice.below(3) : 0;
    if (dress === 'former') {
      const [element] = card.elements as readonly [Element];
      const { good = [] } = offers[element.id] ?? {};
      const toForms = { good, targets: targets.filter((id) => !/^end\d/.test(id)) };
      return { ...card, former: Array.from({ length: rules }, () => makeFormerRule(dice, element, toForms)) };
    }
    const seen = cards.slice(0, index + 1).flatMap(({ elements }) => elements);
    const later = after
      .flatMap(({ elements }) => elements)
      .filter(({ required, type }) => !required && type !== 'cta');
    const logic = Array.from({ length: rules }, () => makeRule(dice, { ...parts, seen, later, targets }));
    const known = targets.filter((id) => id !== 'gone');
    const logicFallback = known.length > 0 && dice.chance(0.15) ? dice.pick(known) : undefined;
    return { ...card, logic, ...(logicFallback && { logicFallback }) };
  });
}

/** The text that stands for all languages in a document without languages. */
export const plain = (words: Words): string => words.default ?? '';
