import type { Answers } from '../../core/survey/document.ts';
import type { Variables } from '../../core/survey/logic.ts';
import { fillAddress, fillRecall, type RecallFacts } from '../../core/survey/recall.ts';
import type { Fill } from '../base/features.ts';

/**
 * Creates the function that replaces recall tokens: by answers as the wire has them, hidden fields among them, then by
 * variables, looked up by id.
 *
 * Dates are calendar dates: formatted in UTC, as they are stored, they stay the same day in every time zone.
 */
export function createFill(data: Answers, variables: Variables, locale: string | undefined): Fill {
  const facts: RecallFacts = {
    find: (id) => data[id] ?? variables[id],
    formatDate: (year, month, day) => {
      const date = new Date(Date.UTC(year, month - 1, day));
      if (date.getUTCMonth() !== month - 1) return undefined;
      const parts = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
      return date.toLocaleDateString(locale, { ...parts, timeZone: 'UTC' });
    },
  };
  return (text, isAddress) => (isAddress ? fillAddress : fillRecall)(text, facts);
}
