import { expect, it } from 'vitest';
import { type CallQueue, flushQueue, waitInQueue } from '../../src/client/call-queue.ts';

it('calls get the client in the order in which they came', async () => {
  const queue: CallQueue<string> = [];
  const order: string[] = [];
  const calls = ['first', 'second'].map((name) =>
    waitInQueue(queue).then((client) => order.push(`${name} ${client}`)),
  );
  await Promise.resolve();
  expect(order).toEqual([]);
  flushQueue(queue, 'client');
  await Promise.all(calls);
  expect(order).toEqual(['first client', 'second client']);
});

it('calls are dropped where there is no client', async () => {
  const queue: CallQueue<string> = [];
  const call = waitInQueue(queue);
  flushQueue(queue);
  expect(await call).toBeUndefined();
});

it('each call is let through once', async () => {
  const queue: CallQueue<number> = [];
  const call = waitInQueue(queue);
  flushQueue(queue, 1);
  flushQueue(queue, 2);
  expect(await call).toBe(1);
  expect(queue).toEqual([]);
});
