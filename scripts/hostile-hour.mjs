// A hostile hour in small: 16 strangers with the inputs of scripts/hostile/strangers.mjs beside 16 honest visitors, on the
// built server. Part of `npm run prove`. Fails when an honest answer is lost, when the visitors wait for longer than three
// times what they wait without the strangers, or when the server needs more memory than its bound.
//
//   node scripts/hostile-hour.mjs [--seconds=20] [--database=postgres://…] [--strangers=<part of their names>]
import { execFileSync, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';
import { createSender, wait } from './hostile/send.mjs';
import { createVisitors } from './hostile/visitors.mjs';

const GATES = { slower: 3, memoryMb: 400 };
/** Below this a p99 says more about the machine than about the server. */
const LEAST_P99_MS = 10;
const SECONDS = Number(option('seconds') ?? 240);
/** What visitors who are under way have for the rest of their answers. */
const GRACE_MS = 90_000;
/** What the server has for its start, and to come to itself when the strangers have left. */
const MOST_MS = 600_000;
const ENVIRONMENT = 'hostile00000000000';
const KEY = 'a-key-for-the-hostile-hour';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-hostile-'));
const file = join(folder, 'hostile.db');
const database = option('database');
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
const receiver = await startReceiver();
const owner = createSender(origin, { sockets: 4, timeoutMs: 60_000 });
const server = startServer();
await answers();
const target = await setUp();
const visitors = createVisitors(origin, target);
const memory = watchMemory(server.pid);

await visitors.comeFor(2_000, GRACE_MS);
const quiet = await visitors.comeFor((SECONDS * 1_000) / 4, GRACE_MS);
const before = { bytes: await databaseBytes(), peakMb: memory.peakMb() };
const strangers = startStrangers();
const coming = visitors.comeFor(SECONDS * 1_000, GRACE_MS);
await wait(SECONDS * 1_000);
const done = await strangers.stop();
const recovering = answers();
const attacked = await coming;
const peakMb = memory.stop();
const recoveredMs = await recovering;
const lost = await countLost();
const grown = (await databaseBytes()) - before.bytes;
await end();

const [calm, busy] = [quiet, attacked].map((times) => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
}));
for (const [name, counts] of Object.entries(done.statuses)) {
  const list = Object.entries(counts).map(
    ([status, count]) => `${count} × ${status === '0' ? 'closed' : status}`,
  );
  console.log(`  ${name}: ${list.join(', ')}`);
}
console.log(`quiet: ${quiet.length} steps, p50 ${inMs(calm.p50)}, p99 ${inMs(calm.p99)}`);
console.log(`beside the strangers: ${attacked.length} steps, p50 ${inMs(busy.p50)}, p99 ${inMs(busy.p99)}`);
console.log(
  `${visitors.acknowledged.size} honest answers, ${lost.length} lost; ${visitors.refused.length} steps refused`,
);
console.log(`answers again ${inMs(recoveredMs)} after the strangers have left`);
console.log(`memory: ${before.peakMb} MB quiet, ${peakMb} MB at most`);
console.log(`database: grown by ${inMb(grown)} MB, while the strangers sent ${inMb(done.bytes)} MB`);

const failures = [
  ...lost.slice(0, 5).map((what) => `lost: ${what}`),
  ...visitors.refused.slice(0, 5).map((what) => `refused: ${what}`),
  ...(busy.p99 <= GATES.slower * Math.max(calm.p99, LEAST_P99_MS)
    ? []
    : [`the p99 of honest visitors is over ${GATES.slower} times the quiet one`]),
  ...(peakMb <= GATES.memoryMb ? [] : [`the server needs more than ${GATES.memoryMb} MB`]),
];
for (const failure of failures) console.error(failure);
console.log(`${failures.length === 0 ? 1 : 0} passed, ${failures.length === 0 ? 0 : 1} failed`);
process.exit(failures.length === 0 ? 0 : 1);

function option(name) {
  return process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function startServer() {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: `${port}`,
      HOST: '127.0.0.1',
      DATABASE_URL: database ?? `sqlite:${file}`,
      FILES_URL: `file:${join(folder, 'files')}`,
      INKLING_ENVIRONMENT_ID: ENVIRONMENT,
      INKLING_API_KEY: KEY,
      // The rate limits are on, as anywhere: they count by the address that the proxy names.
      INKLING_TRUST_PROXY: '1',
      INKLING_ALLOW_PRIVATE_WEBHOOKS: '1',
      LOG_LEVEL: 'error',
    },
  });
  // Whatever ends this process ends the server.
  process.on('exit', () => child.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  return child;
}

/** Waits until the server answers; returns how long that took, in ms. */
async function answers() {
  const began = performance.now();
  while ((await owner.send('GET', '/health')).status !== 200) {
    if (server.exitCode !== null) throw new Error('The server has ended.');
    if (performance.now() - began > MOST_MS) throw new Error('The server does not answer.');
    await wait(20);
  }
  return performance.now() - began;
}

/** Answers every webhook with 503: what is queued for it waits. */
async function startReceiver() {
  const listening = createServer((incoming, reply) => {
    incoming.resume();
    reply.writeHead(503).end();
  });
  await new Promise((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${listening.address().port}/`, close: () => listening.close() };
}

async function setUp() {
  const manage = async (path, body) => {
    const { status, text } = await owner.send('POST', `/api/v1${path}`, {
      body,
      headers: { 'x-api-key': KEY },
    });
    if (status !== 200) throw new Error(`${path} was refused: ${text}`);
    return JSON.parse(text).data;
  };
  const actionClass = await manage('/management/action-classes', { name: 'hour', type: 'code', key: 'hour' });
  const survey = (elements) =>
    manage('/management/surveys', {
      ...{
        name: 'Hour',
        type: 'app',
        status: 'inProgress',
        triggers: [{ actionClass: { id: actionClass.id } }],
      },
      blocks: elements.map((element, index) => ({ id: `b${index}`, elements: [element] })),
    });
  const element = (id, type) => ({ id, type, headline: { default: id }, required: false });
  const asked = await survey(['q1', 'q2', 'q3'].map((id) => element(id, 'openText')));
  const upload = await survey([{ ...element('file', 'fileUpload'), allowMultipleFiles: false }]);
  for (const name of ['one', 'two']) {
    const triggers = ['responseCreated', 'responseUpdated', 'responseFinished'];
    await manage('/webhooks', { name, url: receiver.url, triggers });
  }
  return { environmentId: ENVIRONMENT, surveyId: asked.id, uploadSurveyId: upload.id };
}

/** Starts the strangers below everybody else's priority: in truth they have machines of their own. */
function startStrangers() {
  const child = fork(join(root, 'scripts/hostile/strangers.mjs'), [
    JSON.stringify({ origin, ...target, only: option('strangers') ?? '' }),
  ]);
  setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return {
    async stop() {
      const reply = new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', () => reject(new Error('The strangers ended by themselves.')));
      });
      child.send('report');
      const report = await reply;
      child.kill('SIGKILL');
      return report;
    },
  };
}

/** Resident memory of a process, sampled twice a second. */
function watchMemory(pid) {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentKb(pid));
  }, 500);
  const peakMb = () => Math.round(peak / 1024);
  return {
    peakMb,
    stop() {
      clearInterval(timer);
      return peakMb();
    },
  };
}

function residentKb(pid) {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' }));
  }
}

/** Reads back what was acknowledged, through the owner's API. */
async function countLost() {
  const lost = [];
  for (const [id, { data, finished }] of visitors.acknowledged) {
    const path = `/api/v1/management/responses/${id}`;
    const { status, text } = await owner.send('GET', path, { headers: { 'x-api-key': KEY } });
    const stored = status === 200 ? JSON.parse(text).data : undefined;
    const isThere = Object.entries(data).every(([key, said]) => stored?.data[key] === said);
    // More than was acknowledged may be there: a reply can be lost, too.
    if (!isThere || (finished && !stored.finished)) lost.push(`${id}: ${status} ${text.slice(0, 200)}`);
  }
  const unheard = visitors.waiting();
  return unheard === 0 ? lost : [...lost, ...Array(unheard).fill('an answer that was never acknowledged')];
}

async function databaseBytes() {
  if (!database) return [file, `${file}-wal`].reduce((sum, path) => sum + statSync(path).size, 0);
  const { default: pg } = await import('pg');
  const reader = new pg.Client({ connectionString: database });
  await reader.connect();
  const { rows } = await reader.query('select pg_database_size(current_database()) as bytes');
  await reader.end();
  return Number(rows[0].bytes);
}

async function end() {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  owner.close();
  visitors.close();
  receiver.close();
  await gone;
  rmSync(folder, { recursive: true, force: true });
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.POSITIVE_INFINITY;
}

function inMs(ms) {
  return `${ms.toFixed(1)} ms`;
}

function inMb(bytes) {
  return (bytes / 1024 / 1024).toFixed(1);
}
