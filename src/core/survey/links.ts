import { MAX_LINK_CHARS } from '../limits.ts';

/** Whether a text is an absolute http or https address: the rule for answers and for every link but those below. */
export function isWebAddress(text: string | undefined): boolean {
  return isLink(text, /^https?:$/);
}

/** Whether a text is an address allowed in rich text and for statements: http, https, mailto or tel. */
export function isSafeLink(text: string | undefined): boolean {
  return isLink(text, /^(https?|mailto|tel):$/);
}

/** Parsed with `URL` instead of matched: browsers, like `URL`, skip whitespace inside a scheme. */
function isLink(text = '', schemes: RegExp): boolean {
  try {
    // To parse a long host of many different letters takes time that grows with its square.
    return text.length <= MAX_LINK_CHARS && schemes.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
