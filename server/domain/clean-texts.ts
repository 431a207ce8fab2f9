import { cleanRichText, parseRichText, plainText } from '../../src/core/survey/rich-text.ts';

/** Texts that may hold markup (survey-model.md 8); every other one is shown letter by letter. */
const RICH = /^(headline|subheader|html|lowerLabel|upperLabel)$/;

/**
 * A document whose texts hold allowed tags only, and none where nobody draws them. What is no text is left alone.
 * Cleaning twice changes nothing.
 *
 * @example
 * cleanTexts({ headline: { default: 'Hi<script>x</script>' } }); // { headline: { default: 'Hi' } }
 */
export function cleanTexts<T>(value: T, isRich = false): T {
  if (Array.isArray(value)) return value.map((entry) => cleanTexts(entry, isRich)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (isText(entries)) {
    const clean = isRich ? cleanRichText : cleanWords;
    return Object.fromEntries(entries.map(([language, text]) => [language, clean(text)])) as T;
  }
  const isLine = 'show' in value;
  return Object.fromEntries(
    entries.map(([key, child]) => {
      // Rows and columns hold labels, the lines of an address placeholders; both are drawn as headlines are.
      const isCell =
        /^(rows|columns)$/.test(key) || (isRich && key === 'label') || (isLine && key === 'placeholder');
      return [key, cleanTexts(child, isCell || RICH.test(key))];
    }),
  ) as T;
}

/** A text in its languages: nothing but strings, one of them the default. */
function isText(entries: [string, unknown][]): entries is [string, string][] {
  return entries.some(([key]) => key === 'default') && entries.every(([, text]) => typeof text === 'string');
}

/** A text that nobody takes for markup stays as it was typed. */
function cleanWords(text: string): string {
  const nodes = parseRichText(text);
  if (nodes.length === 1 && nodes[0] === text) return text;
  // What was written as entities may be markup of its own.
  return cleanWords(plainText(text));
}
