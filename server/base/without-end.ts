/** Cuts every repetition of a character off the end of a text; an expression like `/=+$/` takes the square of its time. */
export function withoutEnd(text: string, character: string): string {
  let { length } = text;
  while (length > 0 && text[length - 1] === character) length--;
  return text.slice(0, length);
}
