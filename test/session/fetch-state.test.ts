import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents } from '../../src/api/events.ts';
import type { BeforeSend } from '../../src/net/before-send.ts';
import { wait } from '../../src/platform/wait.ts';
import { fetchEnvironment, fetchUser, type Learn } from '../../src/session/fetch-state.ts';
import { createState, type DeviceState } from '../../src/session/state.ts';
import { openRecord } from '../../src/store/record.ts';
import type { AttributeValue } from '../../src/wire/user.ts';
import { survey } from '../core/targeting/sample.ts';
import { type Arrived, listen } from '../net/server.ts';

let clean: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
});
afterEach(async () => {
  for (const release of clean) await release();
  clean = [];
  vi.unstubAllGlobals();
});

const soon = () => new Date(Date.now() + 600_000).toISOString();
const environmentBody = (data: unknown = { surveys: [], actionClasses: [] }) => ({
  data: { data, expiresAt: soon() },
});
const userBody = (change: object = {}, errors?: string[]) => {
  const data = {
    contactId: 'c1',
    userId: 'u1',
    segments: ['g1'],
    displays: [],
    responses: [],
    lastDisplayAt: null,
  };
  return { data: { state: { data: { ...data, ...change }, expiresAt: soon() }, errors } };
};

interface Said {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The two requests over real HTTP, on a record in memory. */
async function setUp(
  said: (arrived: Arrived, n: number) => Said | Promise<Said>,
  state: Partial<DeviceState> = {},
  beforeSend?: BeforeSend,
) {
  let n = 0;
  const server = await listen(async (arrived, reply) => {
    const { status = 200, body = {}, headers = {} } = await said(arrived, n++);
    reply.writeHead(status, headers);
    reply.end(JSON.stringify(body));
  });
  clean.push(server.close);
  const record = await openRecord<DeviceState>(undefined, 'e/state', { ...createState('seed'), ...state });
  const events = createEvents();
  const identified: string[] = [];
  const problems: string[] = [];
  events.on('identified', ({ userId }) => identified.push(userId));
  const deps = {
    ...{ api: server.url, state: record, events, options: { beforeSend } },
    fail: (code: string, message: string, isQuiet: boolean) =>
      problems.push(`${code}: ${message}${isQuiet ? '' : ' (console)'}`),
  };
  const skews: (number | undefined)[] = [];
  const learn: Learn = ({ serverNow }, change) => {
    skews.push(serverNow);
    void record.update((old) => ({ ...old, ...change(old) }));
  };
  const wanted: Record<string, AttributeValue> = {};
  return {
    ...{ wanted, identified, problems, skews },
    environment: () => fetchEnvironment(deps, learn),
    user: () => fetchUser(deps, wanted, learn),
    state: record.value,
    change: (change: Partial<DeviceState>) => record.update((old) => ({ ...old, ...change })),
    bodies: () => server.arrived.map(({ path, body }) => ({ path, ...(body ? JSON.parse(body) : {}) })),
  };
}

describe('the environment', () => {
  it('is requested when there is none, and stored with its lifetime', async () => {
    const { environment, state, bodies, skews } = await setUp(() => ({ body: environmentBody() }));
    const before = Date.now();
    expect(await environment()).toBeUndefined();
    expect(bodies()).toEqual([{ path: '/environment' }]);
    expect(state().environment).toMatchObject({ data: { surveys: [], actionClasses: [] } });
    expect(state().environment?.at).toBeGreaterThanOrEqual(before);
    // The reply's `Date` has whole seconds.
    expect(Math.abs((state().environment?.until ?? 0) - before - 600_000)).toBeLessThan(2_000);
    expect(Math.abs((skews[0] ?? 0) - before)).toBeLessThan(2_000);
  });

  it('is not requested while it is fresh', async () => {
    const { environment, bodies } = await setUp(() => ({ body: environmentBody() }));
    await environment();
    expect(await environment()).toBeUndefined();
    expect(bodies()).toHaveLength(1);
  });

  it('is requested again once it has expired', async () => {
    const { environment, change, state, bodies } = await setUp(() => ({ body: environmentBody() }));
    await environment();
    const old = state().environment;
    await change({ ...(old && { environment: { ...old, until: Date.now() } }) });
    await environment();
    expect(bodies()).toHaveLength(2);
  });

  it('is used without the entries of its lists that are none', async () => {
    const good = survey();
    const data = { surveys: [null, good, {}, 7], actionClasses: [null, { id: 'a1' }], recaptchaSiteKey: 'k' };
    const { environment, state } = await setUp(() => ({ body: environmentBody(data) }));
    await environment();
    expect(state().environment?.data).toEqual({
      ...{ surveys: [good], actionClasses: [{ id: 'a1' }], recaptchaSiteKey: 'k' },
    });
  });

  it.each<[string, Said, number]>([
    ['a refusal', { status: 404, body: { code: 'not_found' } }, 404],
    ['an error of the server', { status: 503, headers: { 'retry-after': '7' } }, 503],
    ['a sign-in page of a hotel', { status: 200, body: 'Welcome' }, 0],
    ['an environment without lists', { body: environmentBody({ surveys: [] }) }, 0],
  ])('stays as it was after %s, which is returned as a failure', async (_name, said, status) => {
    const { environment, state, skews } = await setUp(() => said);
    expect(await environment()).toMatchObject({
      status: said.body === 'Welcome' ? 200 : status,
      retryAfterMs: said.headers ? 7_000 : 0,
    });
    expect(state().environment).toBeUndefined();
    expect(skews).toEqual([]);
  });
});

describe('the person', () => {
  it('is not asked for while nobody is identified', async () => {
    const { user, wanted, bodies } = await setUp(() => ({ body: userBody() }));
    wanted.plan = 'pro';
    expect(await user()).toBeUndefined();
    expect(bodies()).toEqual([]);
    expect(wanted).toEqual({ plan: 'pro' });
  });

  it('is asked for with the attributes that the server does not have', async () => {
    const { user, wanted, state, identified, bodies } = await setUp(() => ({ body: userBody() }), {
      userId: 'u1',
    });
    Object.assign(wanted, { plan: 'pro', seats: 3 });
    expect(await user()).toBeUndefined();
    expect(bodies()).toEqual([{ path: '/user', userId: 'u1', attributes: { plan: 'pro', seats: 3 } }]);
    expect(wanted).toEqual({});
    expect(state().user?.data.segments).toEqual(['g1']);
    expect(Object.keys(state().acked)).toHaveLength(2);
    expect(identified).toEqual(['u1']);
  });

  it('is not asked for while they are fresh and every attribute is acknowledged', async () => {
    const { user, wanted, bodies } = await setUp(() => ({ body: userBody() }), { userId: 'u1' });
    wanted.plan = 'pro';
    await user();
    wanted.plan = 'pro';
    await user();
    expect(bodies()).toHaveLength(1);
    wanted.plan = 'free';
    await user();
    expect(bodies().at(-1)).toMatchObject({ attributes: { plan: 'free' } });
  });

  it('is asked for without attributes once they have expired', async () => {
    const { user, change, state, bodies } = await setUp(() => ({ body: userBody() }), { userId: 'u1' });
    await user();
    const old = state().user;
    await change({ ...(old && { user: { ...old, until: 0 } }) });
    await user();
    expect(bodies().at(-1)).toEqual({ path: '/user', userId: 'u1' });
  });

  it('is asked for again at once when an attribute was set meanwhile', async () => {
    const world = await setUp(
      (_, n) => {
        if (n === 0) Object.assign(world.wanted, { plan: 'pro', seats: 4 });
        return { body: userBody() };
      },
      { userId: 'u1' },
    );
    world.wanted.seats = 3;
    await world.user();
    expect(world.bodies()).toMatchObject([
      { attributes: { seats: 3 } },
      { attributes: { plan: 'pro', seats: 4 } },
    ]);
    expect(world.wanted).toEqual({});
  });

  it('is dropped from the reply when somebody else is here by then', async () => {
    const world = await setUp(
      async () => {
        await world.change({ userId: 'u2' });
        return { body: userBody() };
      },
      { userId: 'u1' },
    );
    expect(await world.user()).toBeUndefined();
    expect(world.state().user).toBeUndefined();
    expect(world.identified).toEqual([]);
  });

  it('is not taken from a reply about another person', async () => {
    const { user, state } = await setUp(() => ({ body: userBody({ userId: 'u9' }) }), { userId: 'u1' });
    expect(await user()).toMatchObject({ status: 200 });
    expect(state().user).toBeUndefined();
  });

  it('is reported once where the server refuses them, without a retry', async () => {
    const refusal = { status: 400, body: { code: 'bad_request', message: 'no hash' } };
    const { user, wanted, problems } = await setUp(() => refusal, { userId: 'u1' });
    wanted.plan = 'pro';
    expect(await user()).toBeUndefined();
    expect(problems).toEqual(['identify-refused: The server refused u1: no hash']);
    expect(wanted).toEqual({});
  });

  it('is reported on the console where the server asks for proof, and nowhere else', async () => {
    const said = {
      code: 'forbidden',
      message: 'userHash is missing: make it',
      details: { userHash: 'missing' },
    };
    const { user, problems } = await setUp(() => ({ status: 403, body: said }), { userId: 'u1' });
    await user();
    expect(problems).toEqual([
      'identify-refused: The server refused u1: userHash is missing: make it (console)',
    ]);
  });

  it('is a failure to try again, attributes and all, when the server is down', async () => {
    const { user, wanted, problems } = await setUp(() => ({ status: 503 }), { userId: 'u1' });
    wanted.plan = 'pro';
    expect(await user()).toMatchObject({ status: 503 });
    expect(wanted).toEqual({ plan: 'pro' });
    expect(problems).toEqual([]);
  });

  it('is known all the same where single attributes are refused, which is reported', async () => {
    const { user, problems, identified } = await setUp(() => ({ body: userBody({}, ['no such key']) }), {
      userId: 'u1',
    });
    await user();
    expect(problems).toEqual(['attribute: no such key']);
    expect(identified).toEqual(['u1']);
  });
});

describe('the page’s filter for what is sent', () => {
  it('changes the body', async () => {
    const { user, wanted, bodies } = await setUp(
      () => ({ body: userBody() }),
      { userId: 'u1' },
      (body) => ({ ...body, attributes: {} }),
    );
    wanted.plan = 'pro';
    await user();
    expect(bodies()).toEqual([{ path: '/user', userId: 'u1', attributes: {} }]);
  });

  it('drops it: nothing is sent, and nothing is tried again', async () => {
    const { user, bodies } = await setUp(
      () => ({ body: userBody() }),
      { userId: 'u1' },
      () => false,
    );
    expect(await user()).toBeUndefined();
    expect(bodies()).toEqual([]);
  });

  it('throws: nothing is sent, and it is tried again', async () => {
    // The page's own error is thrown in a task of its own: here that would fail the test run.
    const thrown: unknown[] = [];
    vi.stubGlobal('setTimeout', (work: () => void) => {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    });
    const { user, bodies } = await setUp(
      () => ({ body: userBody() }),
      { userId: 'u1' },
      () => {
        throw new Error('the page');
      },
    );
    expect(await user()).toMatchObject({ status: 0 });
    vi.unstubAllGlobals();
    await wait();
    expect(bodies()).toEqual([]);
    expect(thrown).toHaveLength(1);
  });
});
