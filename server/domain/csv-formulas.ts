/** Tabs and line breaks. */
const BREAKS = '\\t\\n\\v\\f\\r\\u0085\\u2028\\u2029';

/** Characters at which some spreadsheet splits a line into cells, or a text into lines. The comma is the format's own. */
const SEPARATORS = `;|${BREAKS}`;

/** Characters with which a formula begins, in every form that a spreadsheet may take for the plain one. */
const SIGNS =
  '=+\\-@\\uff1d\\uff0b\\uff0d\\uff20\\ufe66\\ufe62\\ufe63\\ufe6b\\u207a\\u207c\\u208a\\u208c\\ufb29';

/** Characters that a spreadsheet may drop in front of a formula: blanks, invisible ones, quotes. */
const DROPPED = `(?:(?![${SEPARATORS}])[\\s\\p{C}\\p{M}\\p{Pi}\\p{Pf}"'\`´„‚])*`;

/** A negative number. With a plus it would lose it: telephone numbers begin so. */
const NUMBER = `-\\d[\\d.,]*(?:$|[${SEPARATORS}])`;

const FORMULAS = new RegExp(`(^|[${SEPARATORS}])(?=${DROPPED}(?!${NUMBER})[${SIGNS}])`, 'gu');
const LEADING = new RegExp(`^(?=[${BREAKS}])`, 'u');

/** Texts that are quoted in CSV. */
export const NEEDS_QUOTES = new RegExp(`[",${SEPARATORS}]`, 'u');

/**
 * Puts an apostrophe in front of whatever a spreadsheet would evaluate (CSV injection): at the start of a text, and after
 * each separator in it, since some programs split at semicolons, tabs or bars and take no notice of quotes then. Negative
 * numbers stay as they are.
 *
 * @example
 * withoutFormulas('x;=1+1'); // "x;'=1+1"
 */
export function withoutFormulas(text: string): string {
  return text.replace(FORMULAS, "$1'").replace(LEADING, "'");
}
