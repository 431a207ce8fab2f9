/** Whether a text is an absolute http or https address; the rule for answers and for every link but those below. */
export function isWebAddress(text: string | undefined): boolean {
  return isLink(text, /^https?:$/);
}

/** Whether a text is an address that a link in a text or of a statement may carry: the web, mail or telephone. */
export function isSafeLink(text: string | undefined): boolean {
  return isLink(text, /^(https?|mailto|tel):$/);
}

/** Parsed, never matched: browsers skip blanks and line ends inside a scheme, and so does `URL`. */
function isLink(text: string | undefined, schemes: RegExp): boolean {
  try {
    return schemes.test(new URL(text ?? '').protocol);
  } catch {
    return false;
  }
}
