import { type Kysely, sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import { createJobs, type Jobs } from '../../../server/jobs.ts';
import type { Schema } from '../../../server/repo/schema.ts';
import { endDeliveries } from '../../../server/repo/webhook-deliveries.ts';
import { createWebhookWorker } from '../../../server/webhooks/worker.ts';
import { MAX_ENDED_DELIVERIES, MAX_PENDING_DELIVERIES } from '../../../src/core/limits.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { addSurvey, addTenant, clientId, describeServer, send, silentLog, type Tenant } from '../support.ts';

const HOOKS = '/api/v1/webhooks';

describeServer('webhooks', (server) => {
  let own: Tenant;
  let surveyId: string;
  let receiver: Receiver;
  let app: ReturnType<typeof createApp>;

  beforeAll(() => {
    app = createApp(
      createContext({
        database: server.database,
        now: () => server.clock.now,
        log: silentLog,
        rateLimit: 'off',
        allowPrivateWebhooks: true,
      }),
    );
  });
  beforeEach(async () => {
    own = await addTenant(server);
    surveyId = await addSurvey(server, own);
    receiver = await startReceiver();
  });
  afterEach(() => receiver.stop());

  const manage = async (method: string, path: string, body?: unknown) => {
    const reply = await send(app, method, path, body, { 'x-api-key': own.key });
    expect(reply.status, reply.text).toBe(200);
    return reply.body.data;
  };
  const addHook = (change: object = {}) =>
    manage('POST', HOOKS, {
      url: `${receiver.origin}/hook`,
      triggers: ['responseCreated', 'responseUpdated', 'responseFinished'],
      ...change,
    });
  const answer = (json: object = {}) =>
    manage('POST', `/api/v1/client/${own.id}/responses`, { surveyId, finished: false, data: {}, ...json });
  const worker = () =>
    createWebhookWorker(
      createContext({
        database: server.database,
        now: () => server.clock.now,
        log: silentLog,
        allowPrivateWebhooks: true,
      }),
    );
  const run = () => worker().run();
  /** App and jobs on one context, as a process has them. */
  const startWhole = (): { readonly jobs: Jobs; readonly whole: ReturnType<typeof createApp> } => {
    const context = createContext({
      database: server.database,
      now: () => server.clock.now,
      log: silentLog,
      rateLimit: 'off',
      allowPrivateWebhooks: true,
      onQueued: () => jobs.kick(),
    });
    const jobs = createJobs(context);
    return { jobs, whole: createApp(context) };
  };
  const deliveriesOf = (id: string, query = '') => manage('GET', `${HOOKS}/${id}/deliveries${query}`);
  const events = () => receiver.received.map(({ body }) => JSON.parse(body).event).sort();

  it('are sent for the events and surveys they are set to, signed, and for no other', async () => {
    const hook = await addHook();
    await addHook({ surveyIds: [clientId()], url: `${receiver.origin}/other-survey` });
    await addHook({ triggers: ['responseUpdated'], url: `${receiver.origin}/updates` });
    const { id } = await answer({ data: { q1: 'one' } });
    await run();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
    const [first] = receiver.received;
    if (!first) throw new Error('nothing came');
    expect(first.headers['content-type']).toBe('application/json');
    const body = JSON.parse(first.body);
    expect(Object.keys(body)).toEqual(['webhookId', 'event', 'data']);
    const stored = await manage('GET', `/api/v1/management/responses/${id}`);
    const { survey, ...data } = body.data;
    expect([body.webhookId, body.event, data]).toEqual([hook.id, 'responseCreated', stored]);
    expect(survey).toEqual({
      title: 'Internal name',
      type: 'app',
      status: 'inProgress',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    // The library verifies against the real clock; signing again gives the same result.

    const signature = String(first.headers['webhook-signature']);
    const message = new Date(Number(first.headers['webhook-timestamp']) * 1000);
    expect(new Webhook(hook.secret).sign(String(first.headers['webhook-id']), message, first.body)).toBe(
      signature,
    );
    expect(first.headers['webhook-id']).toMatch(/^[0-9a-f]{64}$/);

    receiver.received.length = 0;
    await manage('PUT', `/api/v1/client/${own.id}/responses/${id}`, { finished: true, data: { q1: 'two' } });
    await run();
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/hook', '/hook', '/updates']);
    expect(events()).toEqual(['responseFinished', 'responseUpdated', 'responseUpdated']);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);

    receiver.received.length = 0;
    await manage('PUT', `/api/v1/management/responses/${id}`, { data: { q1: 'three' } });
    await manage('POST', '/api/v1/management/responses', { surveyId, finished: true, data: {} });
    await run();
    expect(events()).toEqual([
      'responseCreated', 'responseFinished', 'responseFinished', 'responseUpdated', 'responseUpdated',
    ]); // biome-ignore format: a list of words
  });

  it('are sent once for a response that is posted repeatedly', async () => {
    await addHook();
    const id = clientId();
    for (const seq of [1, 1, 2, 1, 2]) await answer({ id, seq, data: { q1: `${seq}` } });
    await run();
    expect(events()).toEqual(['responseCreated', 'responseUpdated']);
  });

  it('are tried ten times with the same id and a new timestamp, then stay dead until they are replayed', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    await addHook({ triggers: ['responseCreated'], url: `${receiver.origin}/healthy` });
    receiver.react = ({ path }, reply) => {
      reply.statusCode = path === '/healthy' ? 200 : 503;
      reply.end('internals of the receiver');
    };
    await answer();
    const start = server.clock.now;
    const at: number[] = [];
    for (let step = 0; step < 20; step += 1) {
      const before = receiver.received.length;
      await run();
      if (receiver.received.length > before) at.push((server.clock.now - start) / 1000);
      const next = await worker().nextDue();
      if (next === undefined) break;
      // Not sent before it is due.
      server.clock.now = next - 1;
      await run();
      server.clock.now = next;
    }
    expect(at).toEqual([0, 5, 305, 2105, 9305, 27_305, 63_305, 113_705, 185_705, 272_105]);
    const [healthy, failing] = ['/healthy', '/hook'].map((path) =>
      receiver.received.filter((one) => one.path === path),
    );
    expect([healthy?.length, failing?.length]).toEqual([1, 10]);
    expect(new Set(failing?.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(
      failing?.map(({ headers }) => Number(headers['webhook-timestamp']) - Math.floor(start / 1000)),
    ).toEqual(at);

    const [dead] = await deliveriesOf(hook.id, '?status=dead');
    expect(dead).toMatchObject({ status: 'dead', attempts: 10, lastStatus: 503, lastProblem: 'status-503' });
    expect(dead.messageId).toBe(failing?.[0]?.headers['webhook-id']);
    expect(JSON.stringify(dead)).not.toContain('internals');

    receiver.react = (_received, reply) => reply.end();
    const replay = `${HOOKS}/${hook.id}/deliveries/${dead.id}/replay`;
    expect(await manage('POST', replay)).toMatchObject({ status: 'pending', attempts: 0 });
    await run();
    expect(await deliveriesOf(hook.id)).toMatchObject([
      { status: 'delivered', attempts: 1, nextAttemptAt: null },
    ]);
    const again = await send(app, 'POST', replay, undefined, { 'x-api-key': own.key });
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
    server.clock.now = start;
  });

  it('with a receiver that is gone are not sent to until a replay', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    receiver.react = (_received, reply) => {
      reply.statusCode = 410;
      reply.end();
    };
    await answer();
    await run();
    await answer();
    await run();
    expect(receiver.received.length).toBe(1);
    expect((await manage('GET', `${HOOKS}/${hook.id}`)).disabledAt).toEqual(expect.any(String));
    const [dead, ...others] = await deliveriesOf(hook.id);
    expect([dead.status, dead.lastStatus, others]).toEqual(['dead', 410, []]);

    receiver.react = (_received, reply) => reply.end();
    await manage('POST', `${HOOKS}/${hook.id}/deliveries/${dead.id}/replay`);
    await run();
    expect(receiver.received.length).toBe(2);
    expect((await manage('GET', `${HOOKS}/${hook.id}`)).disabledAt).toBeUndefined();
  });

  it('with a receiver that is gone leave no pending delivery, not even one in flight, and old deliveries are deleted', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    const held: { statusCode: number; end(): unknown }[] = [];
    receiver.react = (_received, reply) => void held.push(reply);
    for (let count = 0; count < 5; count += 1) await answer();
    const running = run();
    await expect.poll(() => held.length).toBe(4);
    for (const [index, reply] of held.entries()) {
      reply.statusCode = index === 0 ? 410 : 503;
      reply.end();
      if (index > 0) continue;
      const disabled = async () => (await manage('GET', `${HOOKS}/${hook.id}`)).disabledAt;
      await expect.poll(disabled).toEqual(expect.any(String));
    }
    await running;
    const ends = (await deliveriesOf(hook.id)).map(
      ({ status, attempts }: { status: string; attempts: number }) => `${status} ${attempts}`,
    );
    expect(ends.sort()).toEqual(['dead 0', 'dead 1', 'dead 1', 'dead 1', 'dead 1']);

    const jobs = createJobs(
      createContext({ database: server.database, now: () => server.clock.now, log: silentLog }),
    );
    const start = server.clock.now;
    server.clock.now += 31 * 86_400_000;
    await jobs.tick();
    server.clock.now = start;
    expect(await deliveriesOf(hook.id)).toEqual([]);
  });

  it('honour Retry-After, follow no redirect and treat a closed connection as a failure', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    const start = server.clock.now;
    const attempts: ((reply: Parameters<Receiver['react']>[1]) => void)[] = [
      (reply) => reply.writeHead(429, { 'Retry-After': '60' }).end(),
      (reply) => reply.writeHead(302, { Location: `${receiver.origin}/elsewhere` }).end(),
      (reply) => reply.destroy(),
      (reply) => {
        reply.writeHead(200, { 'Content-Length': '1000' });
        reply.write('half of it', () => reply.destroy());
      },
      // More than is read.
      (reply) => reply.end('x'.repeat(5_000_000)),
    ];
    const steps = [...attempts];
    receiver.react = (_received, reply) => steps.shift()?.(reply);
    await answer();
    const problems: string[] = [];
    for (const _step of attempts) {
      await run();
      const [delivery] = await deliveriesOf(hook.id);
      problems.push(`${delivery.status} ${delivery.lastStatus} ${delivery.lastProblem}`);
      if (problems.length === 1) expect(Date.parse(delivery.nextAttemptAt) - start).toBe(60_000);
      server.clock.now = Date.parse(delivery.nextAttemptAt ?? 0) || server.clock.now;
    }
    expect(problems).toEqual([
      'pending 429 status-429',
      'pending 302 status-302',
      'pending null connection-reset',
      'pending null connection-reset',
      'delivered 200 null',
    ]);
    expect(receiver.received.every(({ path }) => path === '/hook')).toBe(true);
    server.clock.now = start;
  });

  it('are sent once when several processes share the queue', async () => {
    await addHook();
    for (let count = 0; count < 30; count += 1) await answer({ finished: true });
    await Promise.all([run(), run(), run(), run()]);
    expect(receiver.received.length).toBe(60);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(60);
  });

  it('that hang delay no others, and are taken over when their process dies', async () => {
    const hanging = await addHook({ triggers: ['responseCreated'] });
    await addHook({ triggers: ['responseCreated'], url: `${receiver.origin}/healthy` });
    receiver.react = ({ path }, reply) => {
      if (path === '/healthy') reply.end();
    };
    for (let count = 0; count < 6; count += 1) await answer();
    // Never awaited, like a process that is killed while it waits.
    void run();
    const receivedAt = (wanted: string) => receiver.received.filter(({ path }) => path === wanted).length;
    await expect.poll(() => [receivedAt('/healthy'), receivedAt('/hook')]).toEqual([6, 4]);

    receiver.react = (_received, reply) => reply.end();
    await run();
    const start = server.clock.now;
    // Two were unclaimed; those claimed by the dead process are due when their lease ends.
    expect(receivedAt('/hook')).toBe(6);
    server.clock.now = start + 60_000;
    await run();
    expect(receivedAt('/hook')).toBe(10);
    const states = await deliveriesOf(hanging.id);
    expect(states.every(({ status }: { status: string }) => status === 'delivered')).toBe(true);
    server.clock.now = start;
  });

  it('are not sent for data that was erased meanwhile', async () => {
    await addHook({ triggers: ['responseCreated'] });
    const { id } = await answer();
    await manage('DELETE', `/api/v1/management/responses/${id}`);
    await run();
    expect(receiver.received).toEqual([]);
  });

  it('carry the response as it is when they are sent, each attempt signed, and are stored without it', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    const start = server.clock.now;
    receiver.react = (_received, reply) => {
      reply.statusCode = 503;
      reply.end();
    };
    const { id } = await answer({ data: { q1: 'first' } });
    await run();
    await manage('PUT', `/api/v1/client/${own.id}/responses/${id}`, { data: { q1: 'second' } });
    await manage('PUT', `/api/v1/management/surveys/${surveyId}`, { name: 'Renamed' });
    receiver.react = (_received, reply) => reply.end();
    server.clock.now = start + 5_000;
    await run();
    server.clock.now = start;
    const [first, second] = receiver.received.map(({ body }) => JSON.parse(body));
    expect([first.event, second.event]).toEqual(['responseCreated', 'responseCreated']);
    expect([first.data.data.q1, second.data.data.q1]).toEqual(['first', 'second']);
    expect([first.data.survey.title, second.data.survey.title]).toEqual(['Internal name', 'Renamed']);
    const [one, two] = receiver.received.map(({ headers }) => headers);
    expect(one?.['webhook-id']).toBe(two?.['webhook-id']);
    for (const { headers, body } of receiver.received) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      expect(new Webhook(hook.secret).sign(String(headers['webhook-id']), at, body)).toBe(
        headers['webhook-signature'],
      );
    }
  });

  it('that waited before bodies were made at sending are sent, and their stored bodies are gone', async () => {
    await addHook({ triggers: ['responseCreated'] });
    const { id } = await answer({ data: { q1: 'asked before' } });
    await server.database.write(async (trx) => {
      for (const statement of BEFORE_0008) await sql.raw(statement).execute(trx);
    });
    await server.openAgain();
    await run();
    expect(receiver.received.map(({ body }) => JSON.parse(body).data)).toMatchObject([
      { id, data: { q1: 'asked before' } },
    ]);
    const row = await server.database.read
      .selectFrom('webhook_delivery')
      .selectAll()
      .where('response_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).not.toHaveProperty('payload');
  });

  it('grow the queue by the same few bytes, however large the answers are', async () => {
    await addHook();
    await addHook({ surveyIds: [surveyId] });
    const text = 'x'.repeat(100_000);
    const id = clientId();
    for (let seq = 1; seq <= 5; seq += 1) await answer({ id, seq, data: { q1: text + seq } });
    const rows = await server.database.read
      .selectFrom('webhook_delivery')
      .selectAll()
      .where('response_id', '=', id)
      .execute();
    expect(rows.length).toBe(10);
    for (const row of rows) expect(JSON.stringify(row).length).toBeLessThan(1_000);
    // Of a person or a survey that is erased nothing is sent, whatever waited.
    await manage('DELETE', `/api/v1/management/surveys/${surveyId}`);
    await run();
    expect(receiver.received).toEqual([]);
  });

  it('wait in a queue that is bounded for each webhook: the oldest is given up and says so', async () => {
    const hook = await addHook({ triggers: ['responseCreated'] });
    const other = await addHook({ triggers: ['responseCreated'] });
    const { id } = await answer();
    const [template] = await server.database.read
      .selectFrom('webhook_delivery')
      .select('id')
      .where('webhook_id', '=', hook.id)
      .execute();
    await server.database.write((trx) => copyDeliveries(trx, template?.id ?? '', MAX_PENDING_DELIVERIES - 1));
    const start = server.clock.now;
    server.clock.now += 2 * MAX_PENDING_DELIVERIES;
    await answer();
    // Nothing is due yet: the job only bounds the queue.
    server.clock.now = start - 86_400_000;
    const { jobs } = startWhole();
    await jobs.tick();
    await jobs.stop();
    server.clock.now = start;
    const dead = await deliveriesOf(hook.id, '?status=dead');
    expect(dead).toMatchObject([{ responseId: id, lastProblem: 'queue-full', attempts: 0 }]);
    expect((await deliveriesOf(hook.id, '?status=pending&limit=20000')).length).toBe(MAX_PENDING_DELIVERIES);
    expect((await deliveriesOf(other.id)).length).toBe(2);

    // What has ended is listed up to a bound, too.
    await server.database.write((trx) => endDeliveries(trx, hook.id, 'receiver-gone'));
    expect((await deliveriesOf(hook.id, '?limit=20000')).length).toBeGreaterThan(MAX_ENDED_DELIVERIES);
    const deps = { database: server.database, now: () => server.clock.now, log: silentLog };
    await createJobs(createContext(deps)).tick();
    const left = await deliveriesOf(hook.id, '?limit=20000');
    expect(left.length).toBe(MAX_ENDED_DELIVERIES);
    expect(left[0].responseId).not.toBe(id);
  });

  it('refuse private addresses, when they are made and at each delivery', async () => {
    const body = { url: `${receiver.origin}/`, triggers: ['responseCreated'] };
    const refused = await server.send('POST', HOOKS, body, { 'x-api-key': own.key });
    expect([refused.status, refused.body]).toEqual([
      400,
      {
        code: 'bad_request',
        message: 'Webhook URL must not point to private or internal IP addresses',
        details: {},
      },
    ]);
    const hook = await addHook({ triggers: ['responseCreated'] });
    await answer();
    const strict = createContext({ database: server.database, now: () => server.clock.now, log: silentLog });
    await createWebhookWorker(strict).run();
    expect(receiver.received).toEqual([]);
    expect(await deliveriesOf(hook.id)).toMatchObject([
      { status: 'pending', lastProblem: 'refused-address' },
    ]);
  });

  it('are sent by the server as soon as a delivery is queued', async () => {
    const { jobs, whole } = startWhole();
    await addHook({ triggers: ['responseCreated'] });
    const json = { surveyId, finished: false, data: {} };
    await send(whole, 'POST', `/api/v1/client/${own.id}/responses`, json);
    await expect.poll(() => receiver.received.length).toBe(1);
    await jobs.stop();
  });

  it('that hang delay neither new deliveries nor those that become due', async () => {
    const { jobs, whole } = startWhole();
    await addHook({ triggers: ['responseCreated'], url: `${receiver.origin}/hanging` });
    await addHook({ triggers: ['responseCreated'], url: `${receiver.origin}/healthy` });
    const held: { end(): unknown }[] = [];
    let refusals = 1;
    receiver.react = ({ path }, reply) => {
      if (path === '/hanging') return void held.push(reply);
      reply.statusCode = refusals-- > 0 ? 503 : 200;
      reply.end();
    };
    const post = () =>
      send(whole, 'POST', `/api/v1/client/${own.id}/responses`, { surveyId, finished: false, data: {} });
    const healthy = () => receiver.received.filter(({ path }) => path === '/healthy').length;
    await post();
    await expect.poll(() => [held.length, healthy()]).toEqual([1, 1]);
    await post();
    await expect.poll(() => [held.length, healthy()]).toEqual([2, 2]);
    const start = server.clock.now;
    server.clock.now += 5000;
    await jobs.tick();
    await expect.poll(healthy).toBe(3);
    for (const reply of held) reply.end();
    await jobs.stop();
    server.clock.now = start;
  });
});

/** Takes the schema back to where a delivery was stored with its body. */
const BEFORE_0008 = [
  'drop index webhook_delivery_pending',
  `alter table webhook_delivery add column payload text not null default '{"large":"body"}'`,
  `delete from kysely_migration where name >= '0008'`,
];

/** Adds copies of a delivery to the queue, each a little newer. */
async function copyDeliveries(trx: Kysely<Schema>, id: string, count: number): Promise<void> {
  const columns = sql.raw(
    'environment_id, webhook_id, event, survey_id, response_id, contact_id, status, attempts, next_at',
  );
  await sql`insert into webhook_delivery (id, created_at, ${columns})
    with recursive copy (n) as (select 1 union all select n + 1 from copy where n < ${count})
    select 'copy' || n || id, created_at + n, ${columns} from copy, webhook_delivery where id = ${id}`.execute(
    trx,
  );
}
