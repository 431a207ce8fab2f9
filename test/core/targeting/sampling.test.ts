import { expect, it } from 'vitest';
import { isSampled, rollFor } from '../../../src/core/targeting/sampling.ts';

it('is the same for the same person and survey', () => {
  expect(rollFor('u1', 's1')).toBe(rollFor('u1', 's1'));
});

it('differs for another survey or person', () => {
  expect(new Set([rollFor('u1', 's1'), rollFor('u2', 's1'), rollFor('u1', 's2')]).size).toBe(3);
});

it.each([1, 10, 50, 90])('%i percent of 20,000 people are sampled, ± 1', (percentage) => {
  const people = Array.from({ length: 20_000 }, (_, i) => `person-${i}`);
  const isIn = people.filter((person) => isSampled(rollFor(person, 'survey'), percentage));
  expect(Math.abs((isIn.length / people.length) * 100 - percentage)).toBeLessThan(1);
});

it.each([
  [0, 0, false],
  [0, 0.01, true],
  [49.99, 50, true],
  [50, 50, false],
  [99.99, 100, true],
  [99.99, null, true],
])('roll %d at %s percent: %s', (roll, percentage, isIn) => {
  expect(isSampled(roll, percentage)).toBe(isIn);
});
