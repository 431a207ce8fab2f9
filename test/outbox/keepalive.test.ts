import { afterEach, expect, it, vi } from 'vitest';
import { type Reply, request } from '../../src/net/request.ts';
import { sendWithKeepalive } from '../../src/outbox/keepalive.ts';

const send = (body: string): Promise<Reply> =>
  sendWithKeepalive(body, (keepalive) => request('https://x.test', body, { keepalive }));

const held: (() => void)[] = [];
/** A network that answers when told; what it was asked to keep alive, in bytes. */
const hold = () => {
  const alive: number[] = [];
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    alive.push(init.keepalive ? new TextEncoder().encode(`${init.body}`).length : 0);
    return new Promise((resolve) => {
      held.push(() => resolve(new Response('{}')));
    });
  });
  return alive;
};
afterEach(() => {
  for (const answer of held.splice(0)) answer();
  vi.unstubAllGlobals();
});

it('bodies that sendWithKeepalive the page together stay below 60,000 bytes; the rest is sent like any other', async () => {
  const alive = hold();
  const sent = [40_000, 20_000, 1, 30_000].map((n) => send('x'.repeat(n)));
  expect(alive).toEqual([40_000, 20_000, 0, 0]);
  for (const answer of held.splice(0)) answer();
  await Promise.all(sent);
  const after = send('x'.repeat(60_000));
  expect(alive.at(-1)).toBe(60_000);
  for (const answer of held.splice(0)) answer();
  await after;
});

it('are counted in bytes, not in letters', () => {
  const alive = hold();
  void send('語'.repeat(20_000));
  void send('語');
  expect(alive).toEqual([60_000, 0]);
});

it('give their bytes back when they fail', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('down')));
  await send('x'.repeat(60_000));
  const alive = hold();
  void send('x'.repeat(60_000));
  expect(alive).toEqual([60_000]);
});

it('nothing outlives a page that has taken Blob away, but everything is sent', () => {
  const alive = hold();
  vi.stubGlobal('Blob', undefined);
  void send('x');
  expect(alive).toEqual([0]);
});
