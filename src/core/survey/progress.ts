import type { Answers, AnswerValue, Survey } from './document.ts';
import type { FindTarget } from './logic.ts';
import { findProblem, type Problem, tidyAnswer } from './validate.ts';

/**
 * Where one visitor stands in one survey: everything needed to go on after a reload.
 *
 * Kept on the device only. Choice answers are kept by choice id here and become labels in the language in force
 * when an answer is sent (`toData`), so that switching the language never loses one.
 */
export interface Progress {
  /** The card on screen: `start` (welcome), a block id, an ending id, or `end` (finished, no endings). */
  readonly card: string;
  /** Cards left behind, oldest first; Back pops it. */
  readonly trail: readonly string[];
  /** Answers by element id, choices as lists of choice ids (`picksOf`), `other` texts as typed. */
  readonly answers: Answers;
  /** Milliseconds spent per element. */
  readonly ttc: Readonly<Record<string, number>>;
  /** Variables by id. */
  readonly variables: Readonly<Record<string, string | number>>;
  readonly finished: boolean;
  /** The ending shown, once finished. */
  readonly endingId: string | null;
}

/** What the visitor gives when a card is submitted. */
export interface Submission {
  /** Answers by element id; those of other cards are ignored. */
  readonly answers: Readonly<Record<string, AnswerValue | undefined>>;
  /** Milliseconds per element since the last submission. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly hiddenFields: Answers;
  /** How a block's logic is read: most surveys have none, so the reader travels apart. */
  readonly findTarget: FindTarget;
}

/** A card either goes through, or says which elements are wrong. */
export type SubmitResult =
  | {
      readonly progress: Progress;
      /** The keys of `toData` this card is about. */
      readonly elementIds: readonly string[];
    }
  | { readonly problems: Readonly<Record<string, Problem>> };

/**
 * The state a survey opens in: the stored one when its block still exists in the document, else the beginning
 * (a stored welcome card holds nothing to keep).
 *
 * @example
 * openProgress(survey, undefined).card; // 'start', or the first block's id
 */
export function openProgress(survey: Survey, stored: Progress | undefined): Progress {
  const ids = survey.blocks.map(({ id }) => id);
  const variables = Object.fromEntries((survey.variables ?? []).map(({ id, value }) => [id, value]));
  if (stored && !stored.finished && ids.includes(stored.card)) {
    const trail = stored.trail.filter((id) => ids.includes(id));
    return { ...stored, trail, variables: { ...variables, ...stored.variables } };
  }
  return {
    card: survey.welcomeCard?.enabled ? 'start' : (ids[0] ?? 'end'),
    trail: [],
    answers: {},
    ttc: {},
    variables,
    finished: false,
    endingId: null,
  };
}

/**
 * Submits the card on screen: checks it, takes its answers, runs its logic and moves on.
 *
 * @example
 * submitCard(survey, progress, { answers: { q1: 9 }, ttc: { q1: 1200 }, hiddenFields: {}, findTarget });
 */
export function submitCard(survey: Survey, progress: Progress, given: Submission): SubmitResult {
  const blocks = survey.blocks;
  if (progress.card === 'start') {
    const answers = { ...progress.answers, welcomeCard: 'clicked' };
    return { progress: moveTo(survey, { ...progress, answers }, blocks[0]?.id), elementIds: ['welcomeCard'] };
  }
  const index = blocks.findIndex(({ id }) => id === progress.card);
  const block = blocks[index];
  if (!block) return { progress: moveTo(survey, progress, undefined), elementIds: [] };

  const answers: Record<string, AnswerValue> = { ...progress.answers };
  const ttc: Record<string, number> = { ...progress.ttc };
  const problems: Record<string, Problem> = {};
  for (const element of block.elements) {
    const { id } = element;
    // A choice taken back after it was submitted stays with its empty form: a missing key would keep the old one.
    const answer = tidyAnswer(element, given.answers[id]) ?? (answers[id] && []);
    const problem = findProblem(element, answer);
    if (problem) problems[id] = problem;
    if (answer !== undefined) answers[id] = answer;
    ttc[id] = (ttc[id] ?? 0) + (given.ttc[id] ?? 0);
  }
  // Not `keys`: Prototype.js 1.6 counts what is inherited, too.
  if (Object.entries(problems).length) return { problems };

  const elements = blocks.flatMap((each) => each.elements);
  const facts = { elements, answers, variables: progress.variables, hiddenFields: given.hiddenFields };
  const target = given.findTarget(block, facts) ?? blocks[index + 1]?.id;
  const trail = [...progress.trail, block.id];
  return {
    progress: moveTo(survey, { ...progress, answers, ttc, trail }, target),
    elementIds: block.elements.map(({ id }) => id).filter((id) => answers[id] !== undefined),
  };
}

/** To a block, or out: to the ending meant, or to the first one when the target is gone or there was none. */
function moveTo(survey: Survey, progress: Progress, target: string | undefined): Progress {
  const isBlock = survey.blocks.some(({ id }) => id === target);
  if (target && isBlock) return { ...progress, card: target };
  const endings = survey.endings ?? [];
  const ending = endings.find(({ id }) => id === target) ?? endings[0];
  return { ...progress, card: ending?.id ?? 'end', finished: true, endingId: ending?.id ?? null };
}

/** Goes back one card; the welcome card is never gone back to. */
export function goBack(progress: Progress): Progress {
  const card = progress.trail.at(-1);
  return card && !progress.finished ? { ...progress, card, trail: progress.trail.slice(0, -1) } : progress;
}

/**
 * How far the card on screen is, in whole percent of the list of cards; 100 once finished.
 *
 * @example
 * percentOf(survey, progress); // 33
 */
export function percentOf(survey: Survey, { card, finished }: Pick<Progress, 'card' | 'finished'>): number {
  if (finished) return 100;
  const blocks = survey.blocks;
  const position = blocks.findIndex(({ id }) => id === card) + 1;
  return Math.floor((100 * position) / (blocks.length + (survey.endings?.length ? 1 : 0)));
}
