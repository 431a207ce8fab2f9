import { MAX_MATCHED_CHARS } from '../limits.ts';

// A comma before exactly three last digits may be a thousands separator: refused rather than guessed.
const NUMBER = /^[-+]?(?=[\d.,])\d*([.]\d+|,(?!\d{3}$)\d+)?$/;
const GROUPED = /^[-+]?\d{1,3}( \d{3})+([.,]\d+)?$/;

/**
 * A text as rules read it: full-width letters and signs in their plain form (NFKC), every blank a plain one, none around
 * it. The answer itself is stored as it was typed.
 *
 * @example
 * foldText('ａda＠example.com\u00a0'); // 'ada@example.com'
 */
export function foldText(text: string): string {
  return text.length > MAX_MATCHED_CHARS ? text : text.normalize('NFKC').trim();
}

/**
 * A number in the form of the wire, with a decimal point and without blanks between its groups of three digits; undefined
 * for a text that is no number.
 *
 * @example
 * foldNumber('１２\u00a0３４５,5'); // '12345.5'
 */
export function foldNumber(text: string): string | undefined {
  const folded = foldText(text);
  if (folded.length > MAX_MATCHED_CHARS) return undefined;
  const plain = GROUPED.test(folded) ? folded.replaceAll(' ', '') : folded;
  return NUMBER.test(plain) ? plain.replace(',', '.') : undefined;
}
