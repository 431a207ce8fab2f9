/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [number, number, number];

/** Black and white text both have a contrast of at least 4.5:1 on a background of this luminance. */
const MIDDLE = 0.179;

/** The colour that the browser computes for an element's caret; undefined for a notation other than `rgb()`. */
export function readCaretColor(box: HTMLElement): Rgb | undefined {
  const color = getComputedStyle(box).caretColor;
  const [red, green, blue] = /^rgb/.test(color) ? (color.match(/[\d.]+/g) ?? []).map(Number) : [];
  return blue === undefined ? undefined : [red ?? 0, green ?? 0, blue];
}

/** Whether black text has more contrast on a colour than white. */
export function isBright(rgb: Rgb): boolean {
  return luminanceOf(rgb) > MIDDLE;
}

/** Relative luminance, 0 to 1, with the plain 2.2 curve instead of the exact one: the same to two digits. */
export function luminanceOf([red, green, blue]: Rgb): number {
  const linear = (channel: number): number => (channel / 255) ** 2.2;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
