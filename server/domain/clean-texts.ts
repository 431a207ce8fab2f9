import { cleanRichText, parseRichText, plainText } from '../../src/core/survey/rich-text.ts';

/** Fields that may contain markup (survey-model.md 8); all others are rendered as plain text. */
const RICH = /^(headline|subheader|html|lowerLabel|upperLabel)$/;

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
    return Object.fromEntries(entries.map(([language, text]) => [language, clean(text)])) as T;
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

/** Whether an object is a text in several languages: strings only, one of them under `default`. */
function isText(entries: [string, unknown][]): entries is [string, string][] {
  return entries.some(([key]) => key === 'default') && entries.every(([, text]) => typeof text === 'string');
}

/** Removes markup from a plain text; a text without markup stays as it is. */
function cleanPlainText(text: string): string {
  const nodes = parseRichText(text);
  if (nodes.length === 1 && nodes[0] === text) return text;
  // Decoded entities may form markup again.
  return cleanPlainText(plainText(text));
}
