import { beforeEach, expect, it, vi } from 'vitest';
import { EMPTY_LEDGER, type Ledger } from '../../src/core/targeting/ledger.ts';
import * as code from '../../src/net/delivery.ts';
import { createLazyDelivery } from '../../src/net/lazy-delivery.ts';
import { openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('{"data":{}}')),
  );
});

/** A page on which something waits, or nothing; `fetchCode` says how the code comes. */
async function setUp(waits: boolean, fetchCode = async () => code) {
  const showings = await openRecord<Ledger>(undefined, 'e/showings', EMPTY_LEDGER);
  const one = showing({ seq: 2, ackedSeq: waits ? 0 : 2, shownAt: Date.now() });
  await showings.update(() => ({ v: 1, list: [one] }));
  const fetched = vi.fn(fetchCode);
  const delivered: string[] = [];
  const delivery = createLazyDelivery(
    {
      api: 'https://server.test',
      showings,
      takeLock: async () => () => {},
      onDelivered: ({ id }) => delivered.push(id),
      onRefused: () => {},
    },
    fetched,
  );
  return { delivery, fetched, delivered };
}

it('fetches nothing while nothing waits', async () => {
  const { delivery, fetched } = await setUp(false);
  await delivery.drain();
  delivery.flush();
  expect(fetched).not.toHaveBeenCalled();
});

it('fetches the code once something waits, and delivers', async () => {
  const { delivery, fetched, delivered } = await setUp(true);
  await Promise.all([delivery.drain(), delivery.drain()]);
  expect(delivered).toEqual(['r1']);
  await delivery.drain();
  expect(fetched.mock.calls.length).toBeLessThanOrEqual(2);
  expect(fetch).toHaveBeenCalledTimes(1);
});

it('what could not be fetched is fetched again', async () => {
  let isGone = true;
  const { delivery, delivered } = await setUp(true, async () => {
    if (isGone) throw new Error('gone');
    return code;
  });
  await delivery.drain();
  expect(delivered).toEqual([]);
  await expect(delivery.load()).rejects.toThrow('gone');
  isGone = false;
  await delivery.drain();
  expect(delivered).toEqual(['r1']);
});

it('once loaded, what waits leaves with the page, and whoever watches is told', async () => {
  const { delivery } = await setUp(true);
  await delivery.load();
  const listener = vi.fn();
  delivery.watch(listener);
  delivery.flush();
  expect(fetch).toHaveBeenCalledWith(
    'https://server.test/responses',
    expect.objectContaining({ keepalive: true }),
  );
  await delivery.drain();
  expect(listener).toHaveBeenCalled();
});

it('delivers nothing once stopped, even if the code comes after that', async () => {
  const { delivery, delivered } = await setUp(true);
  const running = delivery.drain();
  delivery.stop();
  await running;
  await delivery.drain();
  expect(delivered).toEqual([]);
});
