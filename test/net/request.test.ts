import { afterEach, describe, expect, it, vi } from 'vitest';
import { codeOf, isOk, isRefused, NO_REPLY, request } from '../../src/net/request.ts';
import { listen } from './server.ts';

let close = async (): Promise<void> => {};
afterEach(async () => {
  vi.unstubAllGlobals();
  await close();
});

const serve = async (...args: Parameters<typeof listen>) => {
  const server = await listen(...args);
  close = server.close;
  return server;
};

describe('request', () => {
  it('reads status, body, the server’s clock and Retry-After', async () => {
    const { url } = await serve((_, reply) => {
      reply.writeHead(429, { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': '7' });
      reply.end('{"code":"too_many_requests"}');
    });
    expect(await request(url)).toEqual({
      status: 429,
      body: { code: 'too_many_requests' },
      serverNow: Date.UTC(2026, 0, 1),
      retryAfterMs: 7_000,
    });
  });

  it('a body is posted as plain text, which no browser preflights', async () => {
    const { url, arrived } = await serve((_, reply) => reply.end('{}'));
    await request(`${url}/x`, '{"a":1}');
    expect(arrived).toMatchObject([{ method: 'POST', path: '/x', body: '{"a":1}' }]);
    expect(arrived[0]?.type).toMatch(/^text\/plain/);
  });

  it('a reply that is no JSON has no body', async () => {
    const { url } = await serve((_, reply) => reply.end('<html>'));
    expect(await request(url)).toMatchObject({ status: 200, body: undefined });
  });

  it.each([
    ['a rejecting fetch', () => Promise.reject(new Error('x'))],
    [
      'a throwing fetch',
      () => {
        throw new Error('x');
      },
    ],
    ['a fetch that returns nothing', () => undefined],
    ['no fetch', undefined],
  ])('%s is no answer', async (_name, fetch) => {
    vi.stubGlobal('fetch', fetch);
    expect(await request('https://server.test')).toEqual(NO_REPLY);
  });

  it('a connection that the server closes is no answer', async () => {
    const { url } = await serve((_, reply) => reply.destroy());
    expect(await request(url)).toEqual(NO_REPLY);
  });
});

const done = { data: { id: 'r1' } };
const no = { code: 'forbidden', message: 'No', details: {} };
const html = undefined;
type Verdict = 'done' | 'refused' | 'later';
const verdicts: [status: number, body: unknown, verdict: Verdict][] = [
  [0, html, 'later'],
  [200, done, 'done'],
  [299, { data: {} }, 'done'],
  // A sign-in page, an empty 200, another server's JSON: nothing has been stored.
  [200, html, 'later'],
  [200, null, 'later'],
  [200, [], 'later'],
  [200, {}, 'later'],
  [200, { data: null }, 'later'],
  [200, { data: 'ok' }, 'later'],
  [204, html, 'later'],
  [304, html, 'later'],
  [400, no, 'refused'],
  // A firewall's page is no refusal by the server.
  [400, html, 'later'],
  [403, no, 'refused'],
  [403, html, 'later'],
  [409, no, 'refused'],
  [410, no, 'refused'],
  [422, no, 'refused'],
  [401, no, 'later'],
  [404, no, 'later'],
  [408, no, 'later'],
  [413, no, 'later'],
  [413, html, 'later'],
  [425, no, 'later'],
  [429, no, 'later'],
  [500, no, 'later'],
  [501, no, 'later'],
  [503, html, 'later'],
];
it.each(verdicts)('status %i with %j: %s', (status, body, verdict) => {
  const reply = { ...NO_REPLY, status, body };
  expect(isOk(reply) ? 'done' : isRefused(reply) ? 'refused' : 'later').toBe(verdict);
});

it('codeOf returns the code of a refusal, and undefined for any other body', () => {
  expect([no, undefined, null, 5, done].map((body) => codeOf({ body }))).toEqual([
    'forbidden',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
