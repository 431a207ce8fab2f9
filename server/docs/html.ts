/** HTML, escaped already. */
export interface Html {
  readonly text: string;
}

/** A value in a template: HTML is inserted as it is, everything else is escaped. */
export type Piece = Html | string | number;

/**
 * A template whose values are escaped, in text and in quoted attributes alike.
 *
 * @example
 * html`<p title="${title}">${body}</p>`
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const text = strings.reduce((sum, part, index) => `${sum}${write(pieces[index - 1] ?? '')}${part}`);
  return { text };
}

/** Concatenates pieces of HTML. */
export function join(pieces: readonly Piece[], between = ''): Html {
  return { text: pieces.map(write).join(between) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function write(piece: Piece): string {
  if (typeof piece === 'object') return piece.text;
  return String(piece).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
