// Kills the server over and over while writers send answers, then counts what the database holds.
// `npm run prove` is the full run; `npm test` does a seeded tenth. Fails when an acknowledged answer is missing or stored
// twice.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { freePort } from './free-port.mjs';

const isFull = process.argv.includes('--full');
const KILLS = isFull ? 200 : 20;
const ACKNOWLEDGED = isFull ? 50_000 : 5_000;
const WRITERS = 16;
const PORT = await freePort();
const ENVIRONMENT = 'kills0000000000000';
const KEY = 'a-key-for-the-kill-test';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inkling-kills-'));
const file = join(folder, 'kills.db');
const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
const random = seeded(20261124);

/** Tokens the server has acknowledged, and how often each was sent. */
const acknowledged = new Set();
let sent = 0;
let isOver = false;
let isDown = false;

const began = Date.now();
let server = await startServer();
const surveyId = await createSurvey();
const writers = Array.from({ length: WRITERS }, (_, index) => write(index));

let kills = 0;
while (kills < KILLS || acknowledged.size < ACKNOWLEDGED) {
  await wait(120 + random() * (isFull ? 480 : 360));
  isDown = true;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
  kills += 1;
  server = await startServer();
  isDown = false;
  if (kills > KILLS * 5) throw new Error(`Only ${acknowledged.size} acknowledged after ${kills} kills.`);
}
isOver = true;
await Promise.all(writers);
await stopServer();

const verdict = count();
const seconds = Math.round((Date.now() - began) / 1000);
console.log(
  `${kills} kills, ${WRITERS} writers, ${sent} sent, ${acknowledged.size} acknowledged, ` +
    `${verdict.missing} missing, ${verdict.twice} twice, integrity ${verdict.integrity}, ${seconds} s`,
);
rmSync(folder, { recursive: true, force: true });
const isGood = verdict.missing === 0 && verdict.twice === 0 && verdict.integrity === 'ok';
console.log(`${isGood ? 1 : 0} passed, ${isGood ? 0 : 1} failed`);
process.exit(isGood ? 0 : 1);

/** One visitor after another: sends an answer until it is acknowledged, under the same id each time. */
async function write(index) {
  for (let n = 0; !isOver; n++) {
    const id = `kill${String(index).padStart(4, '0')}n${String(n).padStart(12, '0')}`;
    const body = JSON.stringify({
      id,
      seq: 2,
      displayId: `d${id}`,
      surveyId,
      finished: true,
      data: { q: id, padding: 'x'.repeat(200) },
    });
    while (!acknowledged.has(id)) {
      while (isDown) await wait(5);
      sent += 1;
      const { status } = await send('POST', `/api/v1/client/${ENVIRONMENT}/responses`, body);
      if (status === 200) acknowledged.add(id);
      else if (status !== 0) throw new Error(`The server answered ${status}.`);
      else await wait(10);
    }
  }
}

/** Reads the database file directly, without the server's code. */
function count() {
  const database = new Sqlite(file, { readonly: true });
  const rows = database.prepare('select id, data from response').all();
  const times = new Map();
  for (const row of rows) {
    const { q } = JSON.parse(row.data);
    times.set(q, (times.get(q) ?? 0) + 1);
  }
  const displays = database.prepare('select count(*) as n from display').get().n;
  const missing = [...acknowledged].filter((id) => !times.has(id)).length;
  const twice = [...times.values()].filter((n) => n > 1).length + Math.max(0, displays - rows.length);
  const [{ integrity_check: integrity }] = database.pragma('integrity_check');
  database.close();
  return { missing, twice, integrity };
}

async function createSurvey() {
  const action = await send(
    'POST',
    '/api/v1/management/action-classes',
    JSON.stringify({ environmentId: ENVIRONMENT, name: 'kill', type: 'code', key: 'kill' }),
  );
  const survey = await send(
    'POST',
    '/api/v1/management/surveys',
    JSON.stringify({
      environmentId: ENVIRONMENT,
      name: 'Kills',
      type: 'app',
      status: 'inProgress',
      triggers: [{ actionClass: JSON.parse(action.body).data }],
      questions: [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: false }],
    }),
  );
  if (survey.status !== 200) throw new Error(`The survey was refused: ${survey.body}`);
  return JSON.parse(survey.body).data.id;
}

async function startServer() {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: `${PORT}`,
      DATABASE_URL: `sqlite:${file}`,
      INKLING_ENVIRONMENT_ID: ENVIRONMENT,
      INKLING_API_KEY: KEY,
      INKLING_RATE_LIMIT: 'off',
    },
  });
  const limit = Date.now() + 15_000;
  while ((await send('GET', '/health')).status !== 200) {
    if (child.exitCode !== null || Date.now() > limit) throw new Error('The server did not start.');
    await wait(5);
  }
  return child;
}

async function stopServer() {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  agent.destroy();
  await gone;
}

function send(method, path, body) {
  return new Promise((resolve) => {
    const headers = { 'x-api-key': KEY, ...(body ? { 'content-length': Buffer.byteLength(body) } : {}) };
    const call = request(
      { host: '127.0.0.1', port: PORT, method, path, agent, headers, timeout: 5_000 },
      (reply) => {
        let text = '';
        reply.on('data', (part) => {
          text += part;
        });
        reply.on('end', () => resolve({ status: reply.statusCode, body: text }));
        reply.on('error', () => resolve({ status: 0 }));
        reply.on('aborted', () => resolve({ status: 0 }));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve({ status: 0 }));
    call.end(body);
  });
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A small seeded random generator, so that `npm test` runs the same tenth each time. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
