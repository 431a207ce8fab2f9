import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from '../../../server/http/turns.ts';

/** A clock that each start moves by `costMs`, as its work would, half of it after a microtask. */
function run(count: number, costMs: number, accepted = () => 0) {
  let now = 0;
  const started: number[] = [];
  const turns = createTurns({ sliceMs: 5, now: () => now, accepted });
  const start = (name: number) => () => {
    started.push(name);
    now += costMs / 2;
    queueMicrotask(() => {
      now += costMs / 2;
    });
  };
  for (let name = 0; name < count; name += 1) turns(start(name));
  return { started, turns, start };
}

it('starts at once while the turn has time left', () => {
  expect(run(3, 1).started).toEqual([0, 1, 2]);
});

it('starts the rest in later turns, a slice in each, all in order', async () => {
  const { started } = run(100, 2);
  const perTurn: number[] = [];
  while (started.length < 100) {
    const before = started.length;
    await nextTurn();
    perTurn.push(started.length - before);
  }
  expect(started).toEqual(Array.from({ length: 100 }, (_, name) => name));
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(3);
  expect(perTurn.length).toBeLessThan(100);
});

it('a start that comes later waits behind those that wait', async () => {
  const { started, turns, start } = run(10, 4);
  await nextTurn();
  turns(start(10));
  while (started.length < 11) await nextTurn();
  expect(started.at(-1)).toBe(10);
});

it('starts at once again when nothing waits', async () => {
  const { started, turns, start } = run(10, 4);
  while (started.length < 10) await nextTurn();
  await nextTurn();
  await nextTurn();
  turns(start(10));
  expect(started).toHaveLength(11);
});

it('between two slices there are short turns as long as connections come, up to 64', async () => {
  let connections = 0;
  let isComing = true;
  const accepted = (): number => {
    connections += isComing ? 1 : 0;
    return connections;
  };
  const { started } = run(10, 4, accepted);
  expect(started).toHaveLength(3);
  let turns = 0;
  for (; started.length === 3; turns += 1) await nextTurn();
  expect(turns).toBeGreaterThan(60);
  expect(turns).toBeLessThan(70);
  isComing = false;
  for (turns = 0; started.length < 10; turns += 1) await nextTurn();
  expect(turns).toBeLessThan(20);
});
