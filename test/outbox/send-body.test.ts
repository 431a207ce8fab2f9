import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPost, DROPPED } from '../../src/outbox/send-body.ts';
import { net } from '../net/own-net.ts';

/** Requests as `fetch` received them. */
let sent: { url: string; init: RequestInit }[] = [];
beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return Response.json({ data: {} });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('posts the body that beforeSend returns, and tells it the kind', async () => {
  const kinds: string[] = [];
  const post = createPost(net, (body, kind) => {
    kinds.push(kind);
    return { ...body, added: true };
  });
  const reply = await post('https://x.test/a', { id: 'r1' }, 'response', false);
  expect(reply.status).toBe(200);
  expect(kinds).toEqual(['response']);
  expect(sent).toMatchObject([{ url: 'https://x.test/a', init: { method: 'POST', keepalive: false } }]);
  expect(JSON.parse(`${sent[0]?.init.body}`)).toEqual({ id: 'r1', added: true });
});

it('a body that beforeSend drops is not sent and counts as refused', async () => {
  const reply = await createPost(net, () => false)('https://x.test/a', {}, 'display', true);
  expect(sent).toEqual([]);
  expect(net.isRefused(reply)).toBe(true);
  expect(net.codeOf(reply)).toBe(DROPPED);
});

it('a body whose beforeSend throws is not sent, is no refusal, and the page gets its error', async () => {
  vi.useFakeTimers();
  const post = createPost(net, () => {
    throw new Error('of the page');
  });
  const reply = await post('https://x.test/a', {}, 'response', false);
  expect(sent).toEqual([]);
  expect(net.isRefused(reply) || net.isOk(reply)).toBe(false);
  // Not 0, which means that the server could not be reached at all.
  expect(reply.status).not.toBe(0);
  expect(() => vi.runAllTimers()).toThrow('of the page');
});

it.each([
  [true, 'keepalive'],
  [false, 'no keepalive'],
])('keepalive %s sends with %s, and init replaces what it names', async (keepalive) => {
  const post = createPost(net, undefined);
  await post('https://x.test/a', {}, 'response', keepalive);
  expect(sent[0]?.init.keepalive).toBe(keepalive);
  await post('https://x.test/b', {}, 'response', keepalive, { method: 'PUT' });
  expect(sent[1]?.init.method).toBe('PUT');
});
