import type { Dice } from './dice.ts';
import type { Element, Model, Wire } from './model.ts';
import { arrive, cardAt, goBack, missing, type Place, submit } from './oracle.ts';

/** What a visitor does with a survey, in a browser or without. */
export interface Hands {
  /** Fails unless this is what is on screen. */
  readonly see: (place: Place) => Promise<void> | void;
  readonly answer: (element: Element, value: Wire) => Promise<void> | void;
  readonly next: () => Promise<void> | void;
  readonly back: () => Promise<void> | void;
  /** Fails unless the card has stayed, with a problem at exactly these elements. */
  readonly expectRefused: (ids: readonly string[]) => Promise<void> | void;
}

/** More cards than a survey that leads forward can have, with some ways back. */
const MOST_CARDS = 60;

/**
 * Answers a survey from its first card to its end, with mistakes and ways back, and compares each card with the one that
 * the oracle expects. Returns where it ended.
 */
export async function visit(model: Model, dice: Dice, hands: Hands): Promise<Place> {
  let place = arrive(model);
  await hands.see(place);
  for (let count = 0; place.card !== 'end'; count++) {
    if (count > MOST_CARDS) throw new Error('the visitor never arrives');
    const before = count < MOST_CARDS / 2 && dice.chance(0.12) ? goBack(place) : undefined;
    if (before) {
      await hands.back();
      place = before;
    } else {
      const given = await fillIn(model, place, dice, hands);
      await hands.next();
      place = submit(model, place, given);
    }
    await hands.see(place);
  }
  return place;
}

/** Answers a card. Sometimes tries to go on too early, or with an answer that a rule refuses. */
async function fillIn(
  model: Model,
  place: Place,
  dice: Dice,
  hands: Hands,
): Promise<Readonly<Record<string, Wire>>> {
  const given: Record<string, Wire> = {};
  const { elements = [] } = cardAt(model, place) ?? {};
  const lacking = missing(model, place, given);
  if (lacking.length > 0 && dice.chance(0.4)) {
    await hands.next();
    await hands.expectRefused(lacking);
  }
  const open = elements.filter(({ id }) => place.answers[id] === undefined && model.offers[id]?.good.length);
  const wrong = open.find(({ id }) => model.offers[id]?.bad !== undefined && dice.chance(0.4));
  for (const element of open) {
    const { id } = element;
    if (element !== wrong && !lacking.includes(id) && dice.chance(0.3)) continue;
    given[id] = dice.pick(model.offers[id]?.good ?? []);
    await hands.answer(element, (element === wrong && model.offers[id]?.bad) || given[id]);
  }
  if (wrong) {
    await hands.next();
    await hands.expectRefused([wrong.id]);
    await hands.answer(wrong, given[wrong.id] ?? '');
  }
  return given;
}

/** All that is sent of a survey that has ended, by the ids of its model. */
export function dataOf({ hidden }: Model, { answers }: Place): Readonly<Record<string, Wire>> {
  return { ...hidden, ...answers };
}
