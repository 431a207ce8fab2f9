import { MAX_CLEANINGS, MAX_MARKUP_SIGNS } from '../../src/core/limits.ts';
import { cleanRichText, parseRichText, plainText } from '../../src/core/survey/rich-text.ts';
import { type ApiError, badRequest } from '../base/api-error.ts';

/** Fields that may contain markup (survey-model.md 8); all others are rendered as plain text. */
const RICH = /^(headline|subheader|html|lowerLabel|upperLabel)$/;

/** Without this sign a text has no markup and stays as it is. */
const MARKUP = /</;

/**
 * Sanitizes the texts of a survey document: rich texts keep the allowed tags, plain ones none. Other values are left as
 * they are. Idempotent.
 *
 * @example
 * cleanTexts({ headline: { default: 'Hi<script>x</script>' } }); // { headline: { default: 'Hi' } }
 */
export function cleanTexts<T>(value: T, isRich = false): T {
  if (Array.isArray(value)) return value.map((entry) => cleanTexts(entry, isRich)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (isText(entries)) {
    const clean = isRich ? cleanRichText : cleanPlainText;
    return Object.fromEntries(
      entries.map(([language, text]) => [language, MARKUP.test(text) ? clean(text) : text]),
    ) as T;
  }
  const isLine = 'show' in value;
  return Object.fromEntries(
    entries.map(([key, child]) => {
      // Labels of rows and columns and placeholders of address lines are rendered as rich text too.
      const isCell =
        /^(rows|columns)$/.test(key) || (isRich && key === 'label') || (isLine && key === 'placeholder');
      return [key, cleanTexts(child, isCell || RICH.test(key))];
    }),
  ) as T;
}

/**
 * Returns a document whose texts can be cleaned in little time. Throws 400 that names the place where its signs `<` and `&`
 * exceed `MAX_MARKUP_SIGNS`.
 */
export function requireFewSigns<T>(value: T): T {
  let signs = 0;
  const count = (part: unknown, path: string): void => {
    if (typeof part === 'string') {
      for (const sign of ['<', '&']) {
        for (let at = part.indexOf(sign); at >= 0; at = part.indexOf(sign, at + 1)) {
          signs += 1;
          if (signs > MAX_MARKUP_SIGNS) throw tooManySigns(path);
        }
      }
      return;
    }
    if (typeof part !== 'object' || part === null) return;
    for (const [key, child] of Object.entries(part)) count(child, path === '' ? key : `${path}.${key}`);
  };
  count(value, '');
  return value;
}

function tooManySigns(path: string): ApiError {
  const message = `Texts must not have more than ${MAX_MARKUP_SIGNS} signs "<" and "&" in all`;
  return badRequest('Fields are missing or incorrectly formatted', { [path]: message });
}

/** Whether an object is a text in several languages: strings only, one of them under `default`. */
function isText(entries: [string, unknown][]): entries is [string, string][] {
  return entries.some(([key]) => key === 'default') && entries.every(([, text]) => typeof text === 'string');
}

/**
 * Removes markup from a plain text; a text without markup stays as it is. Decoded entities may form markup again, and so
 * on: what is still markup after `MAX_CLEANINGS` loses its signs.
 */
function cleanPlainText(text: string): string {
  let clean = text;
  for (let times = 0; times < MAX_CLEANINGS; times++) {
    const nodes = parseRichText(clean);
    if (nodes.length === 1 && nodes[0] === clean) return clean;
    clean = plainText(clean);
  }
  return clean.replace(/[<&]/g, '');
}
