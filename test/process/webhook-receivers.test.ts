import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, it } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { createDatabase, startPostgres, type TestPostgres } from '../support/postgres.ts';

// A real receiver that fails in every way, over the whole 76 h of the schedule and more; the built server is killed at
// every step of a delivery and started again. Only time is virtual (test/support/virtual-clock.mjs).
const isFull = process.env.INKLING_PROVE === 'full';
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-receivers-'));
const ENVIRONMENT = 'receivers00000000';
const KEY = 'a-key-for-the-receivers';
const START = Date.UTC(2027, 0, 4, 8);
const SECOND = 1000;
const HOUR = 3_600_000;
/** Delays before attempts 2 to 10 in ms, independently of the server's own list. */
const DELAYS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map((s) => s * SECOND);
const WHOLE_MS = DELAYS.reduce((sum, delay) => sum + delay);
const LEASE_MS = 60 * SECOND;
const TIMEOUT_MS = 15 * SECOND;
const HOOKS = [
  'healthy-0',
  'healthy-1',
  'flaky-0',
  'flaky-1',
  ...(isFull ? ['healthy-2', 'flaky-2'] : []),
  'down',
  'gone',
];

let postgres: TestPostgres | undefined;
let running: BuiltServer | undefined;

afterAll(async () => {
  await running?.stop('SIGKILL');
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Reaction of a receiver to a request. */
type Outcome = 'ok' | 'error' | 'hang' | 'reset' | 'half' | 'redirect' | 'pause' | 'gone';
/** When the server is killed: `held` while a receiver has not answered yet, `answered` at the end of its 200. */
type KillPoint = 'quiet' | 'held' | 'answered' | 'random' | 'committed';

/** One request that a receiver received completely. */
interface Receipt {
  readonly hook: string;
  readonly key: string;
  readonly id: string;
  /** Virtual epoch ms. */
  readonly at: number;
  readonly life: number;
  readonly outcome: Outcome;
  readonly pauseMs: number;
  /** Sent after a requested replay. */
  readonly isReplayed: boolean;
  /** Its 200 was written completely while the server ran. */
  isAnswered: boolean;
  /** The server has stored its result. */
  isNoted: boolean;
}

interface Row {
  readonly id: string;
  readonly key: string;
  readonly hook_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly next_at: number;
  readonly leased_until: number | null;
  readonly created_at: number;
  readonly last_at: number | null;
  readonly disabled_at: number | null;
}

const QUERY = `select d.id, d.webhook_id as hook_id, d.webhook_id || ' ' || d.event || ' ' || d.response_id as key,
  d.status, d.attempts, d.next_at, d.leased_until, d.created_at, d.last_at, w.disabled_at
  from webhook_delivery d join webhook w on w.id = d.webhook_id`;

/** Reads the database directly, without code of the server. */
interface Reader {
  rows(): Promise<readonly Row[]>;
  end(): Promise<void>;
}

function readSqlite(file: string): Reader {
  let database: Sqlite.Database | undefined;
  return {
    async rows() {
      database ??= new Sqlite(file, { readonly: true });
      return database.prepare<[], Row>(QUERY).all();
    },
    async end() {
      database?.close();
    },
  };
}

async function readPostgres(connectionString: string): Promise<Reader> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const number = (value: unknown): number | null => (value === null ? null : Number(value));
  return {
    async rows() {
      const { rows } = await client.query(QUERY);
      return rows.map((row) => ({
        ...row,
        next_at: Number(row.next_at),
        created_at: Number(row.created_at),
        leased_until: number(row.leased_until),
        last_at: number(row.last_at),
        disabled_at: number(row.disabled_at),
      }));
    },
    end: () => client.end(),
  };
}

/** A seeded generator, so that each run has the same faults. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Game {
  readonly databaseUrl: string;
  readonly reader: Reader;
  readonly seed: number;
  /** When responses come, in virtual ms from the start. */
  readonly bursts: readonly number[];
  readonly responsesEach: number;
}

/** Runs the whole schedule and returns what was received. */
async function play({ databaseUrl, reader, seed, bursts, responsesEach }: Game) {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const receipts: Receipt[] = [];
  const held = new Set<ServerResponse>();
  const sockets = new Set<unknown>();
  const problems: string[] = [];
  const secrets = new Map<string, string>();
  const kills = new Map<KillPoint, number>();
  let now = START;
  let life = 0;
  let isHealed = false;
  let countdown: { readonly point: KillPoint; left: number } = { point: 'quiet', left: 0 };
  let onCountdown = (): void => {};
  /** While requests to the server are under way. */
  let isActing = false;

  const receiver = createServer((request, reply) => void receive(request, reply));
  receiver.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const receiverOrigin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;

  function outcomeOf(hook: string): Outcome {
    if (isHealed || hook.startsWith('healthy')) return 'ok';
    if (hook === 'down') return pick(['error', 'error', 'reset', 'redirect']);
    // It answers 410 at its fourth request.
    if (hook === 'gone')
      return (
        (['error', 'hang', 'error'] as const)[receipts.filter((one) => one.hook === hook).length] ?? 'gone'
      );
    return pick(['ok', 'ok', 'ok', 'error', 'error', 'hang', 'reset', 'half', 'redirect', 'pause']);
  }

  async function receive(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    let body = '';
    try {
      for await (const part of request) body += part;
    } catch {
      // Its sender was killed in the middle of it: nothing was received.
      return;
    }
    const hook = (request.url ?? '').slice(1);
    if (!HOOKS.includes(hook)) {
      problems.push(`a redirect was followed to ${hook}`);
      return void reply.end();
    }
    const id = String(request.headers['webhook-id']);
    const at = Number(request.headers['webhook-timestamp']) * SECOND;
    const { webhookId, event, data } = JSON.parse(body);
    const signature = new Webhook(secrets.get(webhookId) ?? '').sign(id, new Date(at), body);
    if (signature !== request.headers['webhook-signature']) problems.push(`${hook}: a wrong signature`);
    const outcome = outcomeOf(hook);
    const pauseMs = outcome === 'pause' ? Math.floor(1 + random() * 40) * 1000 * SECOND : 0;
    const receipt: Receipt = {
      hook,
      key: `${webhookId} ${event} ${data.id}`,
      id,
      at,
      life,
      outcome,
      pauseMs,
      isReplayed: isHealed,
      isAnswered: false,
      isNoted: false,
    };
    receipts.push(receipt);
    if (countdown.point === 'held' && --countdown.left === 0) {
      held.add(reply);
      return onCountdown();
    }
    reply.once('finish', () => {
      if (outcome !== 'ok') return;
      receipt.isAnswered = true;
      if (countdown.point === 'answered' && --countdown.left === 0) onCountdown();
    });
    // Stopped before the answer arrives, so that it dies before it can note it, however late the kill comes.
    if (outcome === 'ok' && countdown.point === 'answered' && countdown.left === 1 && !isActing)
      running?.child.kill('SIGSTOP');
    if (outcome === 'hang') held.add(reply);
    else if (outcome === 'reset') reply.destroy();
    else if (outcome === 'half') {
      reply.writeHead(200, { 'Content-Length': '1000' });
      reply.write('half of it', () => reply.destroy());
    } else if (outcome === 'redirect')
      reply.writeHead(307, { Location: `${receiverOrigin}/elsewhere` }).end();
    else if (outcome === 'gone') reply.writeHead(410).end();
    else if (outcome === 'error') reply.writeHead(pick([400, 500, 502, 503])).end('some internals');
    else if (outcome === 'pause') {
      // As seconds, or as a date.
      const value = random() < 0.5 ? String(pauseMs / SECOND) : new Date(at + pauseMs).toUTCString();
      reply.writeHead(429, { 'Retry-After': value }).end();
    } else reply.end();
  }

  /** One run of the server process at one virtual instant, from its start to its kill. */
  async function live(
    point: KillPoint,
    act?: (origin: string) => Promise<void>,
    replayed: readonly string[] = [],
  ) {
    life += 1;
    kills.set(point, (kills.get(point) ?? 0) + 1);
    const before = new Map((life === 1 ? [] : await reader.rows()).map((row) => [row.key, row.attempts]));
    // A replay resets the count of attempts.
    for (const key of replayed) before.delete(key);
    const reached = new Promise<void>((resolve) => {
      onCountdown = resolve;
    });
    countdown = { point, left: 1 + Math.floor(random() * 2) };
    const server = await startBuiltServer({
      nodeArgs: ['--import', join(root, 'test/support/virtual-clock.mjs')],
      hasChannel: true,
      env: {
        VIRTUAL_NOW: `${now}`,
        DATABASE_URL: databaseUrl,
        FILES_URL: `file:${join(folder, 'files')}`,
        INKLING_ENVIRONMENT_ID: ENVIRONMENT,
        INKLING_API_KEY: KEY,
        INKLING_RATE_LIMIT: 'off',
        INKLING_ALLOW_PRIVATE_WEBHOOKS: '1',
        LOG_LEVEL: 'error',
      },
    });
    const { child, origin } = server;
    running = server;
    const claims = [now];
    isActing = true;
    await act?.(origin);
    isActing = false;
    if (point === 'random') await wait(random() * 60);
    else if (point !== 'committed') await Promise.race([reached, untilQuiet()]);
    countdown = { point: 'quiet', left: 0 };
    if (server.hasEnded()) problems.push(`the server ended by itself with ${child.exitCode}`);
    await server.stop('SIGKILL');
    // Requests that it had sent before it was killed still arrive.
    while (sockets.size > 0) await wait(1);
    held.clear();

    for (const row of await reader.rows()) {
      const mine = receipts.filter((one) => one.life === life && one.key === row.key);
      const noted = row.attempts - (before.get(row.key) ?? 0);
      if (noted > mine.length) problems.push(`${row.key}: ${noted} attempts noted, ${mine.length} received`);
      if (mine.length - noted > 1) problems.push(`${row.key}: ${mine.length} received, ${noted} noted`);
      for (const receipt of mine.slice(0, noted)) receipt.isNoted = true;
    }

    /** Waits until nothing is due or in progress; a receiver that hangs is waited for in virtual time. */
    async function untilQuiet(): Promise<void> {
      while (!server.hasEnded()) {
        const rows = (await reader.rows()).filter(
          (row) => row.status === 'pending' && row.disabled_at === null,
        );
        const inHand = rows.filter(
          ({ leased_until: until }) => until !== null && claims.includes(until - LEASE_MS),
        );
        const isDue = rows.some((row) => row.next_at <= now && (row.leased_until ?? 0) <= now);
        if (!isDue && inHand.length === 0) return;
        if (!isDue && held.size >= inHand.length) {
          now += TIMEOUT_MS;
          claims.push(now);
          held.clear();
          const moved = new Promise((resolve) => child.once('message', resolve).once('exit', resolve));
          // It may have ended, with its exit not yet reported: then its clock no longer matters.
          child.send({ to: now }, () => undefined);
          if (!server.hasEnded()) await moved;
        }
        await wait(15);
      }
    }
  }

  async function call(origin: string, method: string, path: string, body?: object) {
    const reply = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${await reply.text()}`);
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a reply and fails when it is not there.
    return ((await reply.json()) as { data: any }).data;
  }

  let surveyId = '';
  const hookIds = new Map<string, string>();
  await live('committed', async (origin) => {
    const of = { environmentId: ENVIRONMENT, name: 'Receivers' };
    const action = await call(origin, 'POST', '/management/action-classes', {
      ...of,
      type: 'code',
      key: 'a',
    });
    const survey = await call(origin, 'POST', '/management/surveys', {
      ...of,
      type: 'app',
      status: 'inProgress',
      triggers: [{ actionClass: action }],
      questions: [{ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false }],
    });
    surveyId = survey.id;
    for (const name of HOOKS) {
      const triggers = ['responseCreated', 'responseUpdated', 'responseFinished'];
      const hook = await call(origin, 'POST', '/webhooks', { url: `${receiverOrigin}/${name}`, triggers });
      hookIds.set(name, hook.id);
      secrets.set(hook.id, hook.secret);
    }
  });

  /** Repeats a call in the next run of the server until it is acknowledged, as the snippet does. */
  const posted: string[] = [];
  async function burst(index: number): Promise<void> {
    const ids = Array.from({ length: responsesEach }, (_, n) => `b${index}n${n}`.padEnd(20, '0'));
    for (const stage of ['created', 'finished']) {
      const post = (origin: string, id: string): Promise<unknown> => {
        const finished = stage === 'finished';
        const json = { id, seq: finished ? 2 : 1, surveyId, finished, data: { q1: stage } };
        return call(origin, 'POST', `/client/${ENVIRONMENT}/responses`, json);
      };
      // Killed at a random moment, then at the reply to the last one.
      await live('random', async (origin) => {
        for (const id of ids) void post(origin, id).catch(() => {});
      });
      now += 1;
      await live('committed', async (origin) => {
        for (const id of ids) await post(origin, id);
      });
      now += 1;
    }
    posted.push(...ids);
  }

  const points: readonly KillPoint[] = ['answered', 'held', 'quiet', 'random', 'quiet'];
  const planned = [...bursts];
  const untilDone = async (): Promise<void> => {
    for (let steps = 0; steps < (isFull ? 4000 : 150); steps += 1) {
      const dues = (await reader.rows())
        .filter((row) => row.status === 'pending' && row.disabled_at === null)
        .map((row) => Math.max(row.next_at, row.leased_until ?? 0));
      const due = Math.min(...dues);
      const next = planned[0] === undefined ? Number.POSITIVE_INFINITY : START + planned[0];
      if (Math.min(due, next) === Number.POSITIVE_INFINITY) return;
      if (next <= due) {
        now = Math.max(now + 1, next);
        await burst(bursts.length - planned.length);
        planned.shift();
        continue;
      }
      // Deliveries due soon after are included: later is allowed, earlier is not.
      now = Math.max(now + 1, due + Math.min(600 * SECOND, Math.max(0, Math.floor((due - now) / 20))));
      await live(points[steps % points.length] ?? 'quiet');
    }
    throw new Error('it never ends');
  };
  await untilDone();
  const end = now;
  const dead = (await reader.rows()).filter(({ status }) => status === 'dead');

  isHealed = true;
  now += 1;
  await live(
    'answered',
    async (origin) => {
      for (const { hook_id: hook, id } of dead)
        await call(origin, 'POST', `/webhooks/${hook}/deliveries/${id}/replay`);
    },
    dead.map(({ key }) => key),
  );
  await untilDone();
  const rows = await reader.rows();
  receiver.closeAllConnections();
  await new Promise<void>((resolve) => receiver.close(() => resolve()));
  return { receipts, rows, dead, posted, hookIds, problems, kills, hours: (end - START) / HOUR };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function prove(name: string, game: Game): Promise<void> {
  const { receipts, rows, dead, posted, hookIds, problems, kills, hours } = await play(game).finally(
    game.reader.end,
  );
  const wrong = [...problems];
  const byKey = new Map<string, Receipt[]>();
  for (const one of receipts) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  const copies = { inFlight: 0, answered: 0, healthy: 0 };

  for (const [key, all] of byKey) {
    if (new Set(all.map(({ id }) => id)).size !== 1) wrong.push(`${key}: its id changed`);
    if (all.at(-1)?.outcome !== 'ok' || !all.at(-1)?.isNoted) wrong.push(`${key}: was never delivered`);
    let noted = 0;
    all.forEach((one, index) => {
      const next = all[index + 1];
      if (one.isNoted) noted += 1;
      if (!next) return;
      const gap = next.at - one.at;
      if (next.isReplayed && !one.isReplayed) {
        if (one.isNoted && one.outcome === 'ok') wrong.push(`${key}: replayed after it was delivered`);
        return;
      }
      if (!one.isNoted) {
        // The server was killed during this attempt: its result is unknown, so it is sent again after the lease.
        copies[one.isAnswered ? 'answered' : 'inFlight'] += 1;
        if (one.hook.startsWith('healthy')) copies.healthy += 1;
        if (gap < LEASE_MS) wrong.push(`${key}: sent again after ${gap} ms, within the lease`);
      } else if (one.outcome === 'ok')
        wrong.push(`${key}: a copy after the server knew that it was delivered`);
      else {
        const least = Math.max(DELAYS[noted - 1] ?? Number.POSITIVE_INFINITY, one.pauseMs);
        // The header has whole seconds.
        if (gap < least - SECOND)
          wrong.push(`${key}: attempt ${noted + 1} after ${gap} ms instead of ${least}`);
      }
    });
  }
  const ids = [...byKey.values()].map(([first]) => first?.id);
  if (new Set(ids).size !== ids.length) wrong.push('two events share an id');

  // Each event that was acknowledged reached each receiver that was not gone by then.
  for (const [hook, hookId] of hookIds) {
    if (hook === 'gone') continue;
    for (const id of posted)
      for (const event of ['responseCreated', 'responseUpdated', 'responseFinished'])
        if (!byKey.has(`${hookId} ${event} ${id}`)) wrong.push(`${hook} never heard of ${event} ${id}`);
  }
  for (const { key, status } of rows) if (status !== 'delivered') wrong.push(`${key} ends as ${status}`);

  // A receiver that never answers with success is given up after ten attempts and 75 h 35 min 5 s, not before, and not much
  // later.
  const downs = dead.filter(({ hook_id: id }) => id === hookIds.get('down'));
  if (downs.length !== posted.length * 3)
    wrong.push(`${downs.length} given up instead of ${posted.length * 3}`);
  for (const { key, attempts, last_at: last, created_at: created } of downs) {
    const took = (last ?? 0) - created;
    if (attempts !== 10) wrong.push(`${key}: given up after ${attempts} attempts`);
    if (took < WHOLE_MS || took > WHOLE_MS + 2 * HOUR) wrong.push(`${key}: given up after ${took / HOUR} h`);
  }
  // After its 410 nothing more is sent to a receiver.
  const gone = receipts.filter(({ hook, isReplayed }) => hook === 'gone' && !isReplayed);
  const said = gone.find(({ outcome, isNoted }) => outcome === 'gone' && isNoted);
  if (!said) wrong.push('nobody was gone');
  if (dead.some((row) => row.hook_id === hookIds.get('gone') && row.disabled_at === null))
    wrong.push('who said that it is gone is not disabled');
  if (said && gone.some((one) => one.life > said.life))
    wrong.push('something was sent to a receiver that is gone');

  const count = [...kills].map(([point, n]) => `${n} ${point}`).join(', ');
  const total = [...kills.values()].reduce((sum, n) => sum + n, 0);
  console.log(
    `${name}: ${hours.toFixed(1)} virtual h, ${total} kills (${count}), ${byKey.size} messages, ${receipts.length} ` +
      `requests, ${dead.length} given up and replayed; copies by a kill before the answer ${copies.inFlight}, between ` +
      `the answer and the note ${copies.answered} (of both to healthy receivers ${copies.healthy}), any other 0`,
  );
  expect(wrong).toEqual([]);
  expect(hours).toBeGreaterThan(75.5);
  // A run in which nothing happened would prove nothing.
  expect(copies.inFlight).toBeGreaterThan(0);
  expect(copies.answered).toBeGreaterThan(0);
}

const HOURS_OF_BURSTS = isFull ? [0, 0.5, 3, 9, 20, 33, 47, 60, 70, 76] : [0];
const game = {
  bursts: HOURS_OF_BURSTS.map((hours) => hours * HOUR),
  responsesEach: isFull ? 3 : 1,
};

it('each event reaches each receiver, whatever fails and whenever the server is killed', async () => {
  const file = join(folder, 'receivers.db');
  await prove('sqlite', {
    ...game,
    databaseUrl: `sqlite:${file}`,
    reader: readSqlite(file),
    seed: 20_270_104,
  });
}, 1_800_000);

if (isFull) {
  it('on PostgreSQL too', async () => {
    postgres = await startPostgres();
    const databaseUrl = await createDatabase(postgres.url);
    const reader = await readPostgres(databaseUrl);
    await prove('postgres', { ...game, databaseUrl, reader, seed: 20_270_105 });
  }, 1_800_000);
}
