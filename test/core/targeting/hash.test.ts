import { expect, it } from 'vitest';
import { hash } from '../../../src/core/targeting/hash.ts';

it('is an integer below 2^53 and differs for similar texts', () => {
  const values = ['', 'a', 'b', 'ab', 'ba', '"pro"', '"free"'].map(hash);
  expect(new Set(values).size).toBe(values.length);
  expect(values.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
});

it('has no collision among 100,000 texts', () => {
  expect(new Set(Array.from({ length: 100_000 }, (_, i) => hash(`visitor-${i}`))).size).toBe(100_000);
});
