import type { LogicRule, Survey } from './document.ts';

/** Fields that are texts by language. */
const TEXT = /^(headline|subheader)$|label$|placeholder$/i;

/**
 * Whether a document has the shapes of today, as far as drawing it relies on them: texts by language, entries with ids of
 * their own, choices where there must be some. Any other document goes through `renewOlder` first.
 *
 * @example
 * isCurrent({ …, questions: [{ id: 'q1', type: 'nps', headline: 'How likely?' }] }); // false
 */
export function isCurrent(survey: Survey): boolean {
  const { welcomeCard, blocks, questions, endings, languages } = survey;
  const { thankYouCard, redirectUrl } = survey as { thankYouCard?: unknown; redirectUrl?: unknown };
  return (
    ((!thankYouCard && !redirectUrl) || !!endings?.length) &&
    !(welcomeCard?.enabled && !welcomeCard.headline) &&
    [welcomeCard, blocks, questions, endings].every(isSound) &&
    (languages ?? []).every(({ language }) => language.id)
  );
}

function isSound(part: unknown): boolean {
  if (typeof part !== 'object' || !part) return part === undefined || part === null;
  if (Array.isArray(part)) {
    const ids = part.map((entry) => typeof entry?.id === 'string' && entry.id);
    return (
      !ids.includes(false) && !ids.includes('') && new Set(ids).size === ids.length && part.every(isSound)
    );
  }
  return (
    hasNeeds(part as Record<string, never>) &&
    Object.entries(part).every(([key, value]) => {
      if (TEXT.test(key)) return !value || 'url' in part || typeof value.default === 'string';
      if (key === 'html') return false;
      if (key === 'logic') return !value || value.every?.((rule?: LogicRule) => rule?.actions);
      return typeof value !== 'object' || /^(validation|allowed.*)$/.test(key) || isSound(value);
    })
  );
}

/** Whether a part has the fields without which its type can't be drawn. */
function hasNeeds(part: Readonly<Record<string, never>>): boolean {
  const { type, headline, choices, rows, columns, range, scale, label, show, placeholder, city, email } =
    part;
  const needs: Readonly<Record<string, readonly unknown[]>> = {
    ...{ mult: [choices], pict: [choices], rank: [choices], matr: [rows, columns] },
    ...{
      rati: [range, scale],
      csat: [range, scale],
      ces: [range, scale],
      cons: [headline, label],
      addr: [city],
      cont: [email],
      endS: [1],
      redi: [1],
    },
  };
  if (show && !placeholder) return false;
  return (
    type === undefined || (needs[`${type}`.slice(0, 4)] ?? [headline]).every((each) => each && `${each}`)
  );
}
