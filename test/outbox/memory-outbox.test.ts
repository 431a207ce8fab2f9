import { expect, it } from 'vitest';
import { openMemoryOutbox } from '../../src/outbox/memory-outbox.ts';

const item = (seq: number) => ({ id: 'a', seq });
const setUp = () => {
  const log: string[] = [];
  const outbox = openMemoryOutbox(item(1), {
    onDelivered: ({ seq }) => log.push(`${seq} delivered`),
    onRefused: (code) => log.push(code),
  });
  return { outbox, log };
};

it('holds the newest content until it is acknowledged', async () => {
  const { outbox, log } = setUp();
  expect(outbox.waiting()).toEqual([item(1)]);
  outbox.put(item(2));
  await outbox.acknowledge(item(1));
  expect(outbox.waiting()).toEqual([item(2)]);
  await outbox.acknowledge(item(2));
  expect(outbox.waiting()).toEqual([]);
  expect(log).toEqual(['1 delivered', '2 delivered']);
});

it('holds nothing that was refused, but what is put in later', async () => {
  const { outbox, log } = setUp();
  await outbox.refuse(item(1), 'forbidden');
  expect(outbox.waiting()).toEqual([]);
  outbox.put(item(2));
  expect(outbox.waiting()).toEqual([item(2)]);
  expect(log).toEqual(['forbidden']);
});
