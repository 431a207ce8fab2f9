import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import { EMPTY_LEDGER, type Ledger } from '../../src/core/targeting/ledger.ts';
import { openLedgerOutbox } from '../../src/outbox/ledger-outbox.ts';
import { openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';
import { net } from '../net/own-net.ts';

const DAY_MS = 86_400_000;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 31) });
});
afterEach(() => {
  vi.useRealTimers();
});

const waits = (change: Partial<Showing> = {}) =>
  showing({ seq: 2, ackedSeq: 0, ackedAt: undefined, shownAt: Date.now(), answers: { q1: 'x' }, ...change });

async function setUp(...list: Showing[]) {
  const showings = await openRecord<Ledger>(undefined, 'e/showings', EMPTY_LEDGER);
  await showings.update((old) => ({ ...old, list }));
  const log: string[] = [];
  const environment = { isInkling: true as boolean | undefined };
  const outbox = openLedgerOutbox({
    ...{ showings, net },
    usesInklingProtocol: () => environment.isInkling,
    onDelivered: ({ id }) => log.push(`${id} delivered`),
    onRefused: ({ id }, code) => log.push(`${id} ${code}`),
  });
  return { outbox, showings, log, environment, ids: () => outbox.waiting().map(({ id }) => id) };
}

it('holds the showings that are not acknowledged, oldest first', async () => {
  const { ids } = await setUp(waits({ id: 'a' }), showing({ id: 'done' }), waits({ id: 'b' }));
  expect(ids()).toEqual(['a', 'b']);
});

it('holds nothing while it is unknown which kind of server it is', async () => {
  const { ids, environment } = await setUp(waits({ id: 'a' }));
  environment.isInkling = undefined;
  expect(ids()).toEqual([]);
  environment.isInkling = false;
  expect(ids()).toEqual(['a']);
});

it('an acknowledgement of an older answer leaves the newer one waiting', async () => {
  const { outbox, ids, log } = await setUp(waits({ id: 'a', seq: 3 }));
  await outbox.acknowledge(waits({ id: 'a', seq: 2 }));
  expect([ids(), log]).toEqual([['a'], ['a delivered']]);
  await outbox.acknowledge(waits({ id: 'a', seq: 3 }));
  expect(ids()).toEqual([]);
});

it('a refusal is reported with its code, unless the page’s own hook dropped it', async () => {
  const { outbox, ids, log } = await setUp(waits({ id: 'a' }), waits({ id: 'b' }));
  await outbox.refuse(waits({ id: 'a' }), 'forbidden');
  await outbox.refuse(waits({ id: 'b' }), 'before-send');
  expect([ids(), log]).toEqual([[], ['a forbidden']]);
});

it('drops what has waited for more than 7 days', async () => {
  const { outbox, ids, log } = await setUp(
    waits({ id: 'old', shownAt: Date.now() - 7 * DAY_MS }),
    waits({ id: 'young' }),
  );
  await outbox.refresh();
  expect(log).toEqual([]);
  vi.advanceTimersByTime(1);
  await outbox.refresh();
  expect([ids(), log]).toEqual([['young'], ['old expired']]);
});

it('drops the oldest when more than two million characters wait', async () => {
  const big = { q1: 'x'.repeat(900_000) };
  const list = ['a', 'b', 'c'].map((id) => waits({ id, answers: big }));
  const { outbox, ids, log } = await setUp(...list);
  await outbox.trim();
  expect([ids(), log]).toEqual([['b', 'c'], ['a full']]);
});
