import { expect, it } from 'vitest';
import { stylingOf } from '../../../src/core/survey/styling.ts';

const own = { roundness: 1 };
it.each<[boolean, boolean | undefined, number]>([
  [true, true, 1],
  [true, false, 2],
  [true, undefined, 2],
  [false, true, 2],
])('where overwriting is allowed: %s and wanted: %s, the roundness is %i', (allowed, wanted, roundness) => {
  const survey = { styling: { ...own, overwriteThemeStyling: wanted ?? null } };
  const settings = { styling: { roundness: 2, allowStyleOverwrite: allowed } };
  expect(stylingOf({ survey, settings }).roundness).toBe(roundness);
});

it('no styling at all is an empty one', () => {
  expect(stylingOf({ survey: {}, settings: { styling: undefined as never } })).toEqual({});
});
