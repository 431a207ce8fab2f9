import { expect, it } from 'vitest';
import { stylingOf } from '../../../src/core/survey/styling.ts';

const own = { roundness: 1 };
it.each<[boolean, boolean | undefined, number]>([
  [true, true, 1],
  [true, false, 2],
  [true, undefined, 2],
  [false, true, 2],
])('overwriting allowed: %s, survey overwrites: %s: the roundness is %i', (allowed, wanted, roundness) => {
  const survey = { styling: { ...own, overwriteThemeStyling: wanted ?? null } };
  const settings = { styling: { roundness: 2, allowStyleOverwrite: allowed } };
  expect(stylingOf({ survey, settings }).roundness).toBe(roundness);
});

it('without any styling it is empty', () => {
  expect(stylingOf({ survey: {}, settings: { styling: undefined as never } })).toEqual({});
});
