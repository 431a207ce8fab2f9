import { expect, it } from 'vitest';
import { retryAfterMs, retryDelay, stateRetryDelay } from '../../src/core/retry-delay.ts';

it.each([
  ['first failure, lowest random number', 1, 0, 0, 0],
  ['first failure, highest random number', 1, 0.999999, 0, 2_000],
  ['the upper limit doubles', 3, 0.5, 0, 4_000],
  ['the upper limit is 5 minutes at most', 30, 0.5, 0, 150_000],
  ['Retry-After is the minimum', 1, 0.5, 60_000, 60_000],
  ['Retry-After doesn’t shorten', 8, 1, 1_000, 256_000],
  ['Retry-After is capped at 5 minutes', 1, 0, 3_600_000, 300_000],
])('%s', (_name, failures, dice, asked, ms) => {
  expect(retryDelay(failures, dice, asked)).toBe(ms);
});

it.each([
  ['absent', null, 0],
  ['seconds', '7', 7_000],
  ['a date', 'Thu, 01 Jan 1970 00:01:40 GMT', 60_000],
  ['a date that has passed', 'Thu, 01 Jan 1970 00:00:10 GMT', 0],
  ['negative', '-5', 0],
  ['nonsense', 'soon', 0],
])('Retry-After: %s', (_name, header, ms) => {
  expect(retryAfterMs(header, 40_000, Date.parse)).toBe(ms);
});

it.each([
  ['the first five failures wait like any retry', 5, 1, 0, 32_000],
  ['the first five failures obey Retry-After', 5, 0, 60_000, 60_000],
  ['the sixth failure waits ten minutes at least', 6, 0, 0, 600_000],
  ['later failures wait twenty minutes at most', 600, 1, 0, 1_200_000],
])('retries of the state: %s', (_name, failures, dice, asked, ms) => {
  expect(stateRetryDelay(failures, dice, asked)).toBe(ms);
});
