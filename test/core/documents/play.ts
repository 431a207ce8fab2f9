import { expect } from 'vitest';
import { createPatternMatcher } from '../../../src/core/pattern.ts';
import { leaveCircle } from '../../../src/core/survey/circle.ts';
import { blocksOf } from '../../../src/core/survey/convert.ts';
import type { AnswerValue, Survey } from '../../../src/core/survey/document.ts';
import { acceptFields } from '../../../src/core/survey/hidden-fields.ts';
import { isCurrent } from '../../../src/core/survey/is-current.ts';
import { runLogic } from '../../../src/core/survey/logic.ts';
import { fromData } from '../../../src/core/survey/prefill.ts';
import { findBroken, tidyAnswer } from '../../../src/core/survey/problems.ts';
import { goBack, openProgress, submitCard } from '../../../src/core/survey/progress.ts';
import { renewOlder } from '../../../src/core/survey/renew-older.ts';
import { toData } from '../../../src/core/survey/to-data.ts';
import { findUnsupported } from '../../../src/core/targeting/find-unsupported.ts';
import { createDice } from './dice.ts';
import type { Case } from './generate.ts';
import { dataOf, visit } from './visit.ts';

const match = createPatternMatcher();
const RIGHT = {
  runLogic,
  submitCard,
};
/** The parts of core that decide what comes next; a test may put wrong ones in their place. */
export type Deciders = typeof RIGHT;

/** A document as the renderer reads it, or why it can't be drawn. */
export function prepare(document: object): Survey | string {
  const given = document as Survey;
  const survey = isCurrent(given) ? given : renewOlder(document as never);
  if (typeof survey === 'string') return survey;
  const lists = { endings: survey.endings ?? [], questions: survey.questions ?? [] };
  const whole = { ...survey, ...lists, blocks: blocksOf({ ...survey, ...lists }) };
  return findUnsupported({ ...whole, questions: [] }, false) ?? whole;
}

/** Lets a visitor answer a survey in core alone; throws where core and oracle disagree. */
export async function play({ seed, model, document }: Case, deciders: Deciders = RIGHT): Promise<void> {
  const survey = prepare(document);
  if (typeof survey === 'string') throw new Error(`not drawn: ${survey}`);
  const { language } = model;
  const hiddenFields = acceptFields(survey.hiddenFields, model.hidden);
  const logic = {
    ...{ runLogic: deciders.runLogic, leaveCircle, tidyAnswer },
    findBroken: (...[element, answer, purse]: Parameters<typeof findBroken>) =>
      findBroken(element, answer, purse, match),
  };
  // Documents of former years have no ids of their own: the n-th element is the n-th element.
  const elements = survey.blocks.flatMap((block) => block.elements);
  const named = new Map(
    model.cards.flatMap((card) => card.elements).map(({ id }, index) => [id, elements[index]?.id ?? '']),
  );
  const idOf = (id: string): string => named.get(id) ?? id;
  let progress = openProgress(survey, undefined);
  let screen: Record<string, AnswerValue | undefined> = {};
  let problems: readonly string[] = [];

  const end = await visit(model, createDice(seed + 1), {
    see: ({ card, ending, variables }) => {
      const index = survey.blocks.findIndex(({ id }) => id === progress.card);
      const at = progress.finished ? 'end' : index;
      expect([at, progress.variables]).toEqual([card, variables]);
      if (card !== 'end') return;
      expect(survey.endings.findIndex(({ id }) => id === progress.endingId)).toBe(
        model.endings.findIndex(({ id }) => id === ending),
      );
    },
    answer: ({ id }, value) => {
      const isOwn = /^multi/.test(elements.find((one) => one.id === idOf(id))?.type ?? '');
      const kept = fromData(survey, { [idOf(id)]: value });
      screen = { ...screen, [idOf(id)]: isOwn ? kept[idOf(id)] : (kept[idOf(id)] ?? value) };
    },
    next: () => {
      const given = { answers: screen, ttc: {}, hiddenFields, logic, language };
      const result = deciders.submitCard(survey, progress, given);
      problems = 'problems' in result ? Object.keys(result.problems) : [];
      if ('progress' in result) progress = result.progress;
      screen = { ...screen, ...progress.answers };
    },
    back: () => {
      progress = goBack(progress);
    },
    expectRefused: (ids) => expect(problems).toEqual(ids.map(idOf)),
  });
  const wanted = Object.entries(dataOf(model, end)).map(([id, value]) => [idOf(id), value]);
  expect(toData(survey, progress, language, hiddenFields)).toEqual(Object.fromEntries(wanted));
}
