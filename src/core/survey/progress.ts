import type { Answers, AnswerValue, Block, Survey } from './document.ts';
import type { Logic, Variables } from './logic.ts';
import { findProblem, type Problem } from './validate.ts';

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
  readonly variables: Variables;
  /** Elements that logic has made required. */
  readonly required?: readonly string[];
  /** What logic had made of things before each card of the trail. */
  readonly undo?: readonly Pick<Progress, 'variables' | 'required'>[];
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
  /** Runs logic and reads rules, as far as the survey has any. */
  readonly logic: Logic;
  /** The language in force, to look texts up by. */
  readonly language: string;
  /** Elements that could not be drawn, and are asked nothing. */
  readonly waived?: readonly string[];
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
    const isHere = (_: unknown, index: number): boolean => ids.includes(stored.trail[index] ?? '');
    return {
      ...stored,
      trail: stored.trail.filter(isHere),
      undo: stored.undo?.filter(isHere) ?? [],
      variables: { ...variables, ...stored.variables },
    };
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
 * submitCard(survey, progress, { answers: { q1: 9 }, ttc: { q1: 1200 }, hiddenFields: {}, logic, language: 'default' });
 */
export function submitCard(survey: Survey, progress: Progress, given: Submission): SubmitResult {
  const blocks = survey.blocks;
  if (progress.card === 'start') {
    const answers = { ...progress.answers, welcomeCard: 'clicked' };
    return { progress: moveTo(survey, { ...progress, answers }, blocks[0]?.id), elementIds: ['welcomeCard'] };
  }
  const index = blocks.findIndex(({ id }) => id === progress.card);
  const block = blockOn(survey, progress);
  if (!block) return { progress: moveTo(survey, progress, undefined), elementIds: [] };

  const { hiddenFields, language, logic } = given;
  const answers: Record<string, AnswerValue> = { ...progress.answers };
  const ttc: Record<string, number> = { ...progress.ttc };
  const problems: Record<string, Problem> = {};
  for (const element of block.elements) {
    const { id } = element;
    // A choice taken back after it was submitted stays with its empty form: a missing key would keep the old one.
    const tidy = logic.tidyAnswer?.(element, given.answers[id]) ?? given.answers[id];
    const answer = tidy ?? (answers[id] && []);
    const problem = given.waived?.includes(id) ? undefined : findProblem(element, answer, logic.findBroken);
    if (problem) problems[id] = problem;
    if (answer !== undefined) answers[id] = answer;
    ttc[id] = (ttc[id] ?? 0) + (given.ttc[id] ?? 0);
  }
  // Not `keys`: Prototype.js 1.6 counts what is inherited, too.
  if (Object.entries(problems).length) return { problems };

  const elements = blocks.flatMap((each) => each.elements);
  const { variables, required = [], undo = [] } = progress;
  const outcome = logic.runLogic?.(block, { elements, answers, variables, hiddenFields, language });
  const next = {
    ...progress,
    answers,
    ttc,
    variables: outcome?.variables ?? variables,
    required: [...required, ...(outcome?.required ?? [])],
    trail: [...progress.trail, block.id],
    undo: [...undo, { variables, required }],
  };
  return {
    progress: moveTo(survey, next, outcome?.target ?? blocks[index + 1]?.id),
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

/** The block on screen, with what logic has made required; undefined on a welcome card or an ending. */
export function blockOn(survey: Survey, { card, required = [] }: Progress): Block | undefined {
  const block = survey.blocks.find(({ id }) => id === card);
  if (!block || !required.length) return block;
  const elements = block.elements.map((element) =>
    required.includes(element.id) ? { ...element, required: true } : element,
  );
  return { ...block, elements };
}

/**
 * Goes back one card, to the variables and duties from before it; answers stay (survey-model.md 3.5). The welcome card
 * is never gone back to.
 */
export function goBack(progress: Progress): Progress {
  const { trail, undo = [], finished } = progress;
  const card = trail.at(-1);
  if (!card || finished) return progress;
  // A state stored by an older version may know of fewer.
  const before = undo.length === trail.length ? undo.at(-1) : undefined;
  return { ...progress, ...before, card, trail: trail.slice(0, -1), undo: undo.slice(0, -1) };
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
