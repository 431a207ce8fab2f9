import { findBroken as find } from '../../core/survey/problems.ts';
import type { FindBroken } from '../../core/survey/validate.ts';

const DAY = { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' } as const;

/** Finds the first rule that an answer breaks, its days formatted in the language of the visitor's browser. */
export const findBroken: FindBroken = (element, answer) => {
  const problem = find(element, answer);
  if (element.type !== 'date' || !problem?.count) return problem;
  const count = `${problem.count}`.replace(/\d{4}-\d\d-\d\d/g, (day) =>
    Number.isNaN(Date.parse(day)) ? day : new Date(day).toLocaleDateString([], DAY),
  );
  return { ...problem, count };
};
