import { MAX_ANSWER_STEPS } from '../limits.ts';
import type { Answers, AnswerValue, Block, Survey } from './document.ts';
import type { Logic, Variables } from './logic.ts';
import { findProblem, type Problem } from './validate.ts';

/**
 * The state of one visitor's survey: everything needed to continue after a reload.
 *
 * Stored on the device only. Choice answers are stored by choice id and converted to labels in the language in force
 * when an answer is sent (`toData`), so that switching the language loses none.
 */
export interface Progress {
  /** The card on screen: `start` (welcome), a block id, an ending id, or `end` (finished, no endings). */
  readonly card: string;
  /** Ids of the cards before this one, oldest first; Back pops the last. */
  readonly trail: readonly string[];
  /** Answers by element id; choices are lists of choice ids (`picksOf`), with the text of `other` as typed. */
  readonly answers: Answers;
  /** Milliseconds spent per element. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly variables: Variables;
  /** Ids of the elements that logic has made required. */
  readonly required?: readonly string[];
  /** The number of submitted cards that have changed an answer. */
  readonly changes?: number | undefined;
  /** Variables and required elements before each card of the trail, for Back; with `changes`, to notice a circle. */
  readonly undo?: readonly Pick<Progress, 'variables' | 'required' | 'changes'>[];
  readonly finished: boolean;
  /** The id of the ending shown, once finished. */
  readonly endingId: string | null;
}

/** The input of a submitted card. */
export interface Submission {
  /** Answers by element id; those of other cards are ignored. */
  readonly answers: Readonly<Record<string, AnswerValue | undefined>>;
  /** Milliseconds per element since the last submission. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly hiddenFields: Answers;
  /** Functions for logic and rules, where the survey has any. */
  readonly logic: Logic & { readonly leaveCircle?: LeaveCircle };
  /** The key of the language in force. */
  readonly language: string;
  /** Ids of the elements that could not be drawn: they need no answer. */
  readonly waived?: readonly string[];
}

/** Keeps a visitor from going in circles for ever: changes the state after a submitted card, and what follows. */
export type LeaveCircle = (
  before: Progress,
  next: Progress,
  target: string | undefined,
) => { readonly next: Progress; readonly target: string | undefined };

/** The new state, or the problems that keep the visitor on the card. */
export type SubmitResult =
  | {
      readonly progress: Progress;
      /** Ids of the elements that this card answered: keys of `toData`. */
      readonly elementIds: readonly string[];
    }
  | { readonly problems: Readonly<Record<string, Problem>> };

/**
 * The state a survey opens in: the stored one when its block still exists in the document, else the initial one (a
 * stored welcome card has nothing to keep).
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
 * Submits the card on screen: validates and stores its answers, runs its logic and goes to the next card.
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
  const purse = { steps: MAX_ANSWER_STEPS };
  for (const element of block.elements) {
    const { id } = element;
    // A choice that is deselected after it was submitted becomes an empty answer: a missing key would keep the old one.
    const tidy = logic.tidyAnswer?.(element, given.answers[id]) ?? given.answers[id];
    const answer = tidy ?? (answers[id] && []);
    const problem = given.waived?.includes(id)
      ? undefined
      : findProblem(element, answer, logic.findBroken, purse);
    if (problem) problems[id] = problem;
    if (answer !== undefined) answers[id] = answer;
    ttc[id] = (ttc[id] ?? 0) + (given.ttc[id] ?? 0);
  }
  // Not `Object.keys`: that of Prototype.js 1.6 includes inherited keys.
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
  const target = outcome?.target ?? blocks[index + 1]?.id;
  const step = logic.leaveCircle?.(progress, next, target) ?? { next, target };
  return {
    progress: moveTo(survey, step.next, step.target),
    elementIds: block.elements.map(({ id }) => id).filter((id) => answers[id] !== undefined),
  };
}

/** Goes to a block or an ending; to the first ending when the target is missing or no longer exists. */
function moveTo(survey: Survey, progress: Progress, target: string | undefined): Progress {
  const isBlock = survey.blocks.some(({ id }) => id === target);
  if (target && isBlock) return { ...progress, card: target };
  const endings = survey.endings ?? [];
  const ending = endings.find(({ id }) => id === target) ?? endings[0];
  return { ...progress, card: ending?.id ?? 'end', finished: true, endingId: ending?.id ?? null };
}

/** The block on screen, with `required` as logic has set it; undefined on a welcome card or an ending. */
export function blockOn(survey: Survey, { card, required = [] }: Progress): Block | undefined {
  const block = survey.blocks.find(({ id }) => id === card);
  if (!block || !required.length) return block;
  const elements = block.elements.map((element) =>
    required.includes(element.id) ? { ...element, required: true } : element,
  );
  return { ...block, elements };
}

/**
 * Goes back one card, and restores the variables and required elements from before it; answers stay, and so does their
 * number of changes (survey-model.md 3.5). Never goes back to the welcome card.
 */
export function goBack(progress: Progress): Progress {
  const { trail, undo = [], finished, changes } = progress;
  const card = trail.at(-1);
  if (!card || finished) return progress;
  // A state stored by an older version may have fewer entries.
  const before = undo.length === trail.length ? undo.at(-1) : undefined;
  return { ...progress, ...before, changes, card, trail: trail.slice(0, -1), undo: undo.slice(0, -1) };
}

/**
 * Position of the card on screen, in whole percent of the list of cards; 100 once finished.
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
