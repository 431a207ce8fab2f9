import { MAX_SUBMITTED_CARDS } from '../limits.ts';
import type { AnswerValue } from './document.ts';
import type { LeaveCircle, Progress } from './progress.ts';

/**
 * Takes the target away, which ends the survey, when that card would come back with the same answers, variables and
 * required elements as before, so that the visitor could never leave; also after very many cards, since logic can count
 * without end (survey-model.md 4.2). Notes in the state whether an answer has changed.
 *
 * @example
 * leaveCircle(before, next, 'block2'); // { next: { …, changes: 3 }, target: undefined }
 */
export const leaveCircle: LeaveCircle = (before, after, target) => {
  const { changes = 0 } = before;
  const { trail, variables } = after;
  const required = [...new Set(after.required)];
  // The last entry is that of the card that was submitted.
  const undo = (after.undo ?? []).map((entry, index, { length }) =>
    index === length - 1 ? { ...entry, changes } : entry,
  );
  const next = {
    ...after,
    required,
    undo,
    changes: changes + (isSame(before.answers, after.answers) ? 0 : 1),
  };
  const isCircle = undo.some(
    (entry, index) =>
      // A state stored by an older version has fewer entries, or some without a number.
      trail.at(index - undo.length) === target &&
      entry.changes === next.changes &&
      entry.required?.length === required.length &&
      isSame(entry.variables, variables),
  );
  return { next, target: isCircle || trail.length >= MAX_SUBMITTED_CARDS ? undefined : target };
};

type Value = AnswerValue | Progress['variables'] | Progress['answers'];

/** Whether two values are equal: answers, lists of them by their ids, variables. */
function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  const [left, right] = [Object.entries<Value>(one), Object.entries<Value>(other)];
  return (
    left.length === right.length &&
    left.every(([key, value], index) => key === right[index]?.[0] && isSame(value, right[index]?.[1]))
  );
}
