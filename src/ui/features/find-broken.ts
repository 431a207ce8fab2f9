import type { MatchPattern } from '../../core/pattern.ts';
import { findBroken } from '../../core/survey/problems.ts';
import type { FindBroken } from '../../core/survey/validate.ts';

const DAY = { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' } as const;

/**
 * Creates the function that finds the first rule that an answer breaks, its days formatted in the language of the
 * visitor's browser.
 *
 * @param match for surveys whose rules have patterns
 */
export const createFindBroken =
  (match: MatchPattern | undefined): FindBroken =>
  (element, answer, purse) => {
    const problem = findBroken(element, answer, purse, match);
    if (element.type !== 'date' || !problem?.count) return problem;
    const count = `${problem.count}`.replace(/\d{4}-\d\d-\d\d/g, (day) =>
      Number.isNaN(Date.parse(day)) ? day : new Date(day).toLocaleDateString([], DAY),
    );
    return { ...problem, count };
  };
