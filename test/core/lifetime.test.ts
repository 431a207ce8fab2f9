import { expect, it } from 'vitest';
import { freshUntil, isFresh } from '../../src/core/lifetime.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const YEAR = 365 * 24 * HOUR;

it.each([
  ['the server’s lifetime on this clock', NOW + HOUR, NOW, NOW + HOUR],
  ['a device clock a year behind changes nothing', NOW + YEAR + HOUR, NOW + YEAR, NOW + HOUR],
  ['a device clock a year ahead changes nothing', NOW - YEAR + HOUR, NOW - YEAR, NOW + HOUR],
  [
    'no Date header: the device’s clock when that gives a plausible lifetime',
    NOW + 2 * HOUR,
    undefined,
    NOW + 2 * HOUR,
  ],
  ['no Date header: exactly 24 h is plausible', NOW + 24 * HOUR, undefined, NOW + 24 * HOUR],
  ['no Date header: over 24 h is replaced by the fallback', NOW + 24 * HOUR + 1, undefined, NOW + 500],
  ['no Date header: an instant in the past is replaced by the fallback', NOW - 1, undefined, NOW + 500],
  ['unreadable', Number.NaN, NOW, NOW + 500],
])('%s', (_name, expiresAt, serverNow, until) => {
  expect(freshUntil(expiresAt, serverNow, NOW, 500)).toBe(until);
});

it.each([
  ['no stored reply', undefined, false],
  ['expires in a millisecond', { at: NOW - 10, until: NOW + 1 }, true],
  ['expires now', { at: NOW - 10, until: NOW }, false],
  ['stored in the future: the clock was set back', { at: NOW + 1, until: NOW + HOUR }, false],
])('isFresh: %s', (_name, reply, outcome) => {
  expect(isFresh(reply, NOW)).toBe(outcome);
});
