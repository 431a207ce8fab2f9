import { expect, it } from 'vitest';
import { spendBudget } from '../../../server/http/throughput-budget.ts';

const LIMITS = { minBytesPerSecond: 1000, budgetMs: 10_000 };

type Row = [name: string, left: number, movedBytes: number, elapsedMs: number, then: number];

const rows: Row[] = [
  ['no byte in a second costs a second', 10_000, 0, 1000, 9000],
  ['a budget that is used up is 0', 1000, 0, 1000, 0],
  ['the least throughput keeps the budget', 5000, 1000, 1000, 5000],
  ['half of it costs half the time', 5000, 500, 1000, 4500],
  ['more throughput earns budget back', 5000, 3000, 1000, 7000],
  ['but never more than the full budget', 9500, 1_000_000, 1000, 10_000],
  ['bytes after the end of a budget may leave it below 0', 500, 400, 1000, -100],
];

it.each(rows)('%s', (_name, left, movedBytes, elapsedMs, then) => {
  expect(spendBudget(left, { movedBytes, elapsedMs }, LIMITS)).toBe(then);
});

function secondsUntilClosed(bytesInSecond: (second: number) => number): number {
  let left = LIMITS.budgetMs;
  for (let second = 0; second < 3600; second += 1) {
    left = spendBudget(left, { movedBytes: bytesInSecond(second), elapsedMs: 1000 }, LIMITS);
    if (left <= 0) return second + 1;
  }
  return Number.POSITIVE_INFINITY;
}

it('a slow but steady upload is never closed', () => {
  expect(secondsUntilClosed(() => 3000)).toBe(Number.POSITIVE_INFINITY);
});

it('repeated stalls of nine seconds on a fast line never close it', () => {
  expect(secondsUntilClosed((second) => (second % 10 === 0 ? 100_000 : 0))).toBe(Number.POSITIVE_INFINITY);
});

it('an upload that trickles or stops is closed within eleven seconds', () => {
  expect(secondsUntilClosed(() => 3)).toBeLessThanOrEqual(11);
  expect(secondsUntilClosed((second) => (second < 60 ? 50_000 : 0))).toBeLessThanOrEqual(60 + 11);
});
