import { afterEach, expect, it, vi } from 'vitest';
import { type Reply, request } from '../../src/net/request.ts';
import { sendWithKeepalive } from '../../src/outbox/keepalive.ts';

const send = (body: string): Promise<Reply> =>
  sendWithKeepalive(body, (keepalive) => request('https://x.test', body, { keepalive }));

const held: (() => void)[] = [];
/** A network whose replies wait in `held`. Returns the sizes of bodies sent with keepalive, 0 for those without. */
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

it('keepalive bodies stay within 60,000 bytes together; the others are sent without keepalive', async () => {
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

it('bodies are counted in bytes, not in characters', () => {
  const alive = hold();
  void send('語'.repeat(20_000));
  void send('語');
  expect(alive).toEqual([60_000, 0]);
});

it('a failed request no longer counts', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('down')));
  await send('x'.repeat(60_000));
  const alive = hold();
  void send('x'.repeat(60_000));
  expect(alive).toEqual([60_000]);
});

it('on a page that has removed Blob every body is sent without keepalive', () => {
  const alive = hold();
  vi.stubGlobal('Blob', undefined);
  void send('x');
  expect(alive).toEqual([0]);
});
