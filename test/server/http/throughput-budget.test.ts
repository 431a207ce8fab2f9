import { expect, it } from 'vitest';
import { spendPatience } from '../../../server/http/throughput-budget.ts';

const PACE = { minBytesPerSecond: 1000, patienceMs: 10_000 };

type Row = [name: string, left: number, movedBytes: number, elapsedMs: number, then: number];

const rows: Row[] = [
  ['standing still uses it up', 10_000, 0, 1000, 9000],
  ['at its end nothing is left', 1000, 0, 1000, 0],
  ['the least pace keeps it as it is', 5000, 1000, 1000, 5000],
  ['half the pace uses half the time', 5000, 500, 1000, 4500],
  ['more gives back', 5000, 3000, 1000, 7000],
  ['never more than a full measure', 9500, 1_000_000, 1000, 10_000],
  ['a burst after the end comes too late to be seen twice', 500, 400, 1000, -100],
];

it.each(rows)('%s', (_name, left, movedBytes, elapsedMs, then) => {
  expect(spendPatience(left, { movedBytes, elapsedMs }, PACE)).toBe(then);
});

function secondsUntilClosed(bytesInSecond: (second: number) => number): number {
  let left = PACE.patienceMs;
  for (let second = 0; second < 3600; second += 1) {
    left = spendPatience(left, { movedBytes: bytesInSecond(second), elapsedMs: 1000 }, PACE);
    if (left <= 0) return second + 1;
  }
  return Number.POSITIVE_INFINITY;
}

it('10 MB on a slow line that is steady take as long as they need', () => {
  expect(secondsUntilClosed(() => 3000)).toBe(Number.POSITIVE_INFINITY);
});

it('a pause of nine seconds on a good line is forgiven, each time', () => {
  expect(secondsUntilClosed((second) => (second % 10 === 0 ? 100_000 : 0))).toBe(Number.POSITIVE_INFINITY);
});

it('what drips or stops is closed within eleven seconds of it', () => {
  expect(secondsUntilClosed(() => 3)).toBeLessThanOrEqual(11);
  expect(secondsUntilClosed((second) => (second < 60 ? 50_000 : 0))).toBeLessThanOrEqual(60 + 11);
});
