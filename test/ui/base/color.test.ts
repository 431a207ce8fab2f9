import { expect, it } from 'vitest';
import { isBright, luminanceOf } from '../../../src/ui/base/color.ts';

it.each<[string, [number, number, number], boolean]>([
  ['white', [255, 255, 255], true],
  ['black', [0, 0, 0], false],
  ['yellow', [255, 255, 0], true],
  ['blue', [0, 0, 255], false],
  ['a grey above the middle', [118, 118, 118], true],
  ['a grey below the middle', [116, 116, 116], false],
])('%s is bright: %o %s', (_name, rgb, expected) => {
  expect(isBright(rgb)).toBe(expected);
});

it('the luminance is 0 for black, 1 for white, and highest for green of the three', () => {
  expect(luminanceOf([0, 0, 0])).toBe(0);
  expect(luminanceOf([255, 255, 255])).toBeCloseTo(1, 5);
  const [red, green, blue] = [luminanceOf([255, 0, 0]), luminanceOf([0, 255, 0]), luminanceOf([0, 0, 255])];
  expect(green).toBeGreaterThan(red);
  expect(red).toBeGreaterThan(blue);
});
