import { expect, it } from 'vitest';
import { createWindowCounter } from '../../../server/context/window-counter.ts';

const WINDOW = 60_000;
const START = WINDOW * 1000;
const counter = (limit: number, maxKeys?: number) =>
  createWindowCounter({ limit, windowMs: WINDOW, salt: 7, ...(maxKeys === undefined ? {} : { maxKeys }) });

type Row = [name: string, limit: number, calls: [key: string, at: number][], waits: number[]];

const rows: Row[] = [
  ['one request passes, the next waits for the end of the window', 1, [['a', 0], ['a', 10_000]], [0, 50_000]], // biome-ignore format: rows
  ['the last of the limit passes', 2, [['a', 0], ['a', 0], ['a', 0]], [0, 0, 60_000]], // biome-ignore format: rows
  ['keys are counted separately', 1, [['a', 0], ['b', 0], ['a', 0]], [0, 0, 60_000]], // biome-ignore format: rows
  ['the last millisecond belongs to the window', 1, [['a', 0], ['a', 59_999]], [0, 1]], // biome-ignore format: rows
  ['the next window begins anew', 1, [['a', 59_999], ['a', 60_000]], [0, 0]], // biome-ignore format: rows
  ['refused requests are counted, and forgotten with the window', 1, [['a', 0], ['a', 1], ['a', 60_000], ['a', 60_000]], [0, 59_999, 0, 60_000]], // biome-ignore format: rows
];

it.each(rows)('%s', (_name, limit, calls, waits) => {
  const { count } = counter(limit);
  expect(calls.map(([key, at]) => count(key, START + at))).toEqual(waits);
});

it('a flood of made-up keys raises no limit', () => {
  const { count } = counter(2, 100);
  const pass = (key: string) => count(key, START) === 0;
  expect([pass('early'), pass('early'), pass('early')]).toEqual([true, true, false]);
  const passed = Array.from({ length: 50_000 }, (_, n) => pass(`made-up-${n}`)).filter(Boolean).length;
  // 99 keys with a count of their own, once each; the others share 1,024 counts of two.
  expect(passed).toBeLessThanOrEqual(99 + 2 * 1024);
  expect(pass('early')).toBe(false);
  expect([pass('late'), pass('late'), pass('late')].filter(Boolean).length).toBeLessThanOrEqual(2);
  expect(count('late', START + WINDOW)).toBe(0);
});
