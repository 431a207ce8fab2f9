/** Copies of a text with one bit flipped, for each bit that leaves it printable. */
export function flipBits(text: string): readonly string[] {
  return [...text].flatMap((sign, index) =>
    [0, 1, 2, 3, 4, 5, 6].flatMap((bit) => {
      const flipped = String.fromCharCode(sign.charCodeAt(0) ^ (1 << bit));
      return flipped < ' ' || flipped === '\x7f'
        ? []
        : [text.slice(0, index) + flipped + text.slice(index + 1)];
    }),
  );
}
