import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { type ContextDeps, createContext } from '../../../server/context/context.ts';
import { createRateLimits } from '../../../server/context/rate-limits.ts';
import { type Listening, listen } from '../../../server/serve.ts';
import { addTenant, describeServer, silentLog, type Tenant } from '../support.ts';

const START = Date.UTC(2026, 10, 24, 9, 1);
const CLIENTS = 50;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

interface Call {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Local address: loopback has several. */
  readonly from?: string;
}

describeServer('rate limits', (server) => {
  const open: Listening[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  let own: Tenant;

  beforeAll(async () => {
    own = await addTenant(server);
  });
  afterAll(async () => {
    agent.destroy();
    for (const listening of open) await listening.stop(0);
  });

  async function start(deps: Partial<ContextDeps>): Promise<(call: Call) => Promise<Answer>> {
    const { database, clock } = server;
    const app = createApp(createContext({ database, now: () => clock.now, log: silentLog, ...deps }));
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    open.push(listening);
    return (call) => send(listening.port, call, agent);
  }

  const client = (id: string): Call[] => [
    { path: `/api/v1/client/${id}/environment` },
    { path: `/api/v2/client/${id}/user`, method: 'POST', body: '{"userId":"u"}' },
    { path: `/api/v1/client/${id}/displays`, method: 'POST', body: '{' },
    { path: `/api/v1/client/${id}/nowhere` },
  ];

  describe.each([1, 5, 100])('of %d', (limit) => {
    it(`exactly that many pass of concurrent requests from ${CLIENTS} clients`, async () => {
      server.clock.now = START;
      const call = await start({ rateLimit: limit });
      const total = Math.max(4 * limit, 200);
      const calls = client(own.id);
      const answers = await Promise.all(
        Array.from({ length: total }, (_, n) => call(calls[n % calls.length] as Call)),
      );
      const refused = answers.filter(({ status }) => status === 429);
      expect(total - refused.length).toBe(limit);
      expect(answers.filter(({ status }) => ![200, 400, 404, 429].includes(status))).toEqual([]);
    });
  });

  it('a 429 has Retry-After and CORS headers', async () => {
    server.clock.now = START + 12_345;
    const call = await start({ rateLimit: 1 });
    const get = { path: `/api/v1/client/${own.id}/environment` };
    expect((await call(get)).status).toBe(200);
    const { status, headers, text } = await call(get);
    expect(status).toBe(429);
    expect(JSON.parse(text)).toEqual({
      code: 'too_many_requests',
      message: 'Maximum number of requests reached. Please try again later.',
      details: {},
    });
    expect(headers).toMatchObject({
      'retry-after': '48',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Date, Retry-After, ETag',
      'cache-control': 'private, no-store',
    });
    server.clock.now = START + 59_999;
    expect((await call(get)).headers['retry-after']).toBe('1');
    server.clock.now = START + 60_000;
    expect((await call(get)).status).toBe(200);
  });

  it('100 requests pass by default; preflights and other routes are not counted', async () => {
    server.clock.now = START;
    const call = await start({});
    const get = { path: `/api/v1/client/${own.id}/environment` };
    const free: Call[] = [
      { ...get, method: 'OPTIONS' },
      { path: '/health' },
      { path: '/api/v2/health' },
      { path: '/inkling.js' },
      { path: '/api/v1/management/me', headers: { 'x-api-key': own.key } },
    ];
    for (let n = 0; n < 100; n += 1) expect((await call(get)).status).toBe(200);
    expect((await call(get)).status).toBe(429);
    for (const one of free) expect((await call(one)).status).not.toBe(429);
  });

  it('five uploads pass, counted separately', async () => {
    server.clock.now = START;
    const call = await start({});
    const path = (version: string) => `/api/${version}/client/${own.id}/storage`;
    const upload = (version: string) => call({ path: path(version), method: 'POST', body: '{}' });
    const statuses: number[] = [];
    for (const version of ['v1', 'v2', 'v1', 'v2', 'v1', 'v2']) statuses.push((await upload(version)).status);
    expect(statuses.map((status) => status === 429)).toEqual([false, false, false, false, false, true]);
    expect((await call({ path: path('v1') })).status).not.toBe(429);
  });

  it('`off` disables all limits', async () => {
    const call = await start({ rateLimit: 'off' });
    const upload: Call = { path: `/api/v1/client/${own.id}/storage`, method: 'POST', body: '{}' };
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(upload)));
    expect(answers.filter(({ status }) => status === 429)).toEqual([]);
  });

  describe('addresses', () => {
    const statuses = async (call: (one: Call) => Promise<Answer>, calls: Partial<Call>[]) => {
      const found: number[] = [];
      for (const one of calls) {
        found.push((await call({ path: `/api/v1/client/${own.id}/environment`, ...one })).status);
      }
      return found;
    };
    const forwarded = (value: string) => ({ headers: { 'x-forwarded-for': value } });

    it('are counted separately', async () => {
      const call = await start({ rateLimit: 1 });
      const calls = ['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2'].map((from) => ({ from }));
      expect(await statuses(call, calls)).toEqual([200, 200, 429, 429]);
    });

    it('are read from the entry of the trusted proxy, whatever stands left of it', async () => {
      const call = await start({ rateLimit: 1, trustedProxies: 1 });
      const calls = ['192.0.2.1', '192.0.2.2', '203.0.113.5, 192.0.2.1', '198.51.100.7, 192.0.2.2'];
      expect(await statuses(call, calls.map(forwarded))).toEqual([200, 200, 429, 429]);
    });

    it('of one IPv6 network count as one', async () => {
      const call = await start({ rateLimit: 1, trustedProxies: 1 });
      const calls = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:db8:1:3::1'];
      expect(await statuses(call, calls.map(forwarded))).toEqual([200, 429, 200]);
    });

    const spellings: Readonly<Record<string, string | readonly string[]>>[] = [
      { 'X-Forwarded-For': '192.0.2.1' },
      { 'x-forwarded-for': '192.0.2.1' },
      { 'X-FORWARDED-FOR': '192.0.2.1, 10.0.0.1' },
      { 'x-Forwarded-for': ['192.0.2.1', '192.0.2.2'] },
      { 'X-Forwarded-For': '' },
      { 'X-Forwarded-For': '2001:db8::1' },
      { 'X-Forwarded-For': '[2001:db8::1]:443' },
      { 'X-Forwarded-For': 'unknown' },
      { X_Forwarded_For: '192.0.2.1' },
      { Forwarded: 'for=192.0.2.1' },
      { 'X-Real-IP': '192.0.2.1' },
      { 'True-Client-IP': '192.0.2.1' },
      { 'CF-Connecting-IP': '192.0.2.1' },
      { 'X-Client-IP': '192.0.2.1' },
    ];
    it.each(spellings)('are those of the connection while no proxy is configured: %j', async (headers) => {
      for (const trustedProxies of [undefined, 0]) {
        const call = await start({ rateLimit: 2, trustedProxies });
        expect(await statuses(call, [{ headers }, {}, { headers }, {}])).toEqual([200, 200, 429, 429]);
        expect(await statuses(call, [{ headers, from: '127.0.0.3' }])).toEqual([200]);
      }
    });

    it('are not changed by a header that is different each time', async () => {
      const call = await start({});
      const calls = Array.from({ length: 1000 }, (_, n) => forwarded(`198.51.${n >> 8}.${n & 255}`));
      const found = await statuses(call, calls);
      expect(found.filter((status) => status === 200)).toHaveLength(100);
      expect(new Set(found.slice(100))).toEqual(new Set([429]));
    });

    it.each([
      ['192.0.2.1', 1],
      ['192.0.2.1, 10.0.0.1', 2],
      ['', 1],
    ])(
      'behind a proxy that is not configured are one; one warning names what to set for “%s”',
      async (value, hops) => {
        const warnings: string[] = [];
        const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
        const call = await start({ rateLimit: 3, log });
        expect(await statuses(call, [{}, ...Array(3).fill(forwarded(value))])).toEqual([200, 200, 200, 429]);
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toContain(`INKLING_TRUST_PROXY=${hops} `);
        expect(warnings[0]).toContain('share the rate limit');
        expect(warnings[0]).not.toContain('192.0.2.1');
      },
    );

    it('that are configured, even to none, cause no warning', async () => {
      const warnings: string[] = [];
      const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
      for (const trustedProxies of [0, 1]) {
        await statuses(await start({ log, trustedProxies }), [forwarded('192.0.2.1'), {}]);
      }
      expect(warnings).toEqual([]);
    });
  });
});

it('uploads are counted separately for each environment', () => {
  const limits = createRateLimits('on', () => START + 30_000);
  for (let n = 0; n < 100; n += 1) limits.take('environment-upload', 'one');
  expect(() => limits.take('environment-upload', 'one')).toThrow(
    expect.objectContaining({ code: 'too_many_requests', headers: { 'Retry-After': '30' } }),
  );
  expect(() => limits.take('environment-upload', 'other')).not.toThrow();
});

function send(
  port: number,
  { path, method = 'GET', body, headers, from = '127.0.0.1' }: Call,
  agent: Agent,
): Promise<Answer> {
  const to = {
    host: '127.0.0.1',
    port,
    path,
    method,
    agent,
    localAddress: from,
    ...(headers && { headers: headers as OutgoingHttpHeaders }),
  };
  return new Promise((resolve, reject) => {
    const call = request(to, (reply) => {
      let text = '';
      reply.on('data', (part) => {
        text += part;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}
