// 500 sockets each that are slow in their headers, their bodies and in reading (slowhttptest, Debian), all at once on
// the built server, while another client measures what they cost everybody else. Part of `npm run prove`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';

const SOCKETS = 500;
const GATES = { p99Ms: 100, closedMs: 15_000 };
const CLIENTS = 4;
const PAUSE_MS = 20;
const MOST_SECONDS = 60;
const ESTABLISHED = '01';
const ENVIRONMENT = 'slow00000000000000';
const KEY = 'a-key-for-the-slow-test';
const KINDS = { headers: '-H', body: '-B', read: '-X' };

const root = fileURLToPath(new URL('..', import.meta.url));
ensureTool();
const folder = mkdtempSync(join(tmpdir(), 'inkling-slow-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}/api/v1/client/${ENVIRONMENT}`;
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
const server = await startServer();
await createLargeSurvey();

const calm = await measure(wait(3_000));
/** Slow sockets by their local port: what they are slow in, when they were first and last seen open. */
const seen = new Map();
const tools = Object.entries(KINDS).map(([kind, flag]) => attack(kind, flag));
const busy = await measure(watch());
for (const { tool } of tools) tool.kill('SIGKILL');
await stopServer();
rmSync(folder, { recursive: true, force: true });

console.log(`calm: ${inWords(calm)}`);
console.log(`with the slow sockets: ${inWords(busy)}`);
const failures = Object.entries(busy).flatMap(([name, { p99, failed }]) => [
  ...(p99 > GATES.p99Ms ? [`p99 of ${name} is over ${GATES.p99Ms} ms`] : []),
  ...(failed > 0 ? [`${failed} of ${name} failed`] : []),
]);
for (const { kind } of tools) {
  const sockets = [...seen.values()].filter((one) => one.kind === kind);
  const longest = Math.max(...sockets.map(({ first, last }) => last - first));
  console.log(
    `${sockets.length} sockets slow in ${kind}: the last was closed after ${(longest / 1000).toFixed(1)} s`,
  );
  if (sockets.length < SOCKETS) failures.push(`only ${sockets.length} sockets were slow in ${kind}`);
  if (!(longest <= GATES.closedMs)) failures.push(`a socket slow in ${kind} was held for too long`);
}
for (const failure of failures) console.error(failure);
console.log(`${failures.length === 0 ? 1 : 0} passed, ${failures.length === 0 ? 0 : 1} failed`);
process.exit(failures.length === 0 ? 0 : 1);

function ensureTool() {
  const isThere = () => spawnSync('slowhttptest', ['-h'], { stdio: 'ignore' }).error === undefined;
  if (isThere()) return;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { stdio: 'ignore', timeout: 300_000, env });
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'slowhttptest');
  }
  if (isThere()) return;
  console.error('slowhttptest is missing: install the Debian package of that name.\n0 passed, 1 failed');
  process.exit(1);
}

/** Opens its sockets within a second. */
function attack(kind, flag) {
  const target = kind === 'body' ? `${url}/user` : `${url}/environment`;
  // The kernel's socket buffers hold these replies: larger ones would exhaust the memory that both ends of loopback share.
  const slowness =
    kind === 'read' ? ['-k', '2', '-n', '5', '-z', '32', '-w', '512', '-y', '1024'] : ['-i', '5'];
  const args = [flag, '-c', SOCKETS, '-r', SOCKETS, '-l', MOST_SECONDS, '-p', 5, '-u', target, ...slowness];
  const tool = spawn('slowhttptest', args.map(String), { stdio: 'ignore' });
  return { kind, tool };
}

/**
 * Reads the kernel's table of sockets until the server holds none of the slow ones any more. The tool's own figures are
 * no measure: a slow reader notices the end only after it has read what came before.
 */
async function watch() {
  const began = performance.now();
  const expected = SOCKETS * tools.length;
  for (;;) {
    // Each read blocks this process, and with it the client that measures.
    await wait(seen.size < expected ? 200 : 500);
    const now = performance.now();
    const kinds = seen.size < expected ? portsByKind() : new Map();
    const held = portsOfServer().filter((from) => kinds.has(from) || seen.has(from));
    for (const from of held) {
      const known = seen.get(from) ?? { kind: kinds.get(from), first: now };
      seen.set(from, { ...known, last: now });
    }
    const isOver = held.length === 0 && seen.size >= expected * 0.9;
    if (isOver || now - began > MOST_SECONDS * 1000) return;
  }
}

/** Ports of the connections that the server holds. */
function portsOfServer() {
  return socketTable().flatMap(({ local, remote, state }) =>
    local === port && state === ESTABLISHED ? [remote] : [],
  );
}

/** Ports that the tools have sockets on, with what they are slow in. */
function portsByKind() {
  const ports = new Map(
    socketTable().map(({ local, remote, inode }) => [inode, remote === port ? local : undefined]),
  );
  const kinds = new Map();
  for (const { kind, tool } of tools) {
    for (const inode of inodesOf(tool.pid)) {
      const from = ports.get(inode);
      if (from !== undefined) kinds.set(from, kind);
    }
  }
  return kinds;
}

function inodesOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    // It has ended, or closed a socket between the two reads: the next one counts.
    return [];
  }
}

function socketTable() {
  const [, ...lines] = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n');
  const portOf = (address) => Number.parseInt(address.split(':')[1], 16);
  return lines.map((line) => {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    return { local: portOf(local), remote: portOf(remote), state, inode };
  });
}

/** Times of others' requests until `over` settles. */
async function measure(over) {
  const times = { 'GET environment': [], 'POST user': [] };
  const failed = { 'GET environment': 0, 'POST user': 0 };
  let isOver = false;
  const ended = over.finally(() => {
    isOver = true;
  });
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let n = 0; !isOver; n += 1) {
      const isGet = n % 2 === 0;
      const name = isGet ? 'GET environment' : 'POST user';
      const body = isGet
        ? undefined
        : JSON.stringify({ userId: `user-${client}-${n}`, attributes: { plan: 'free' } });
      const from = performance.now();
      const status = await send(isGet ? 'GET' : 'POST', `${url}/${isGet ? 'environment' : 'user'}`, body);
      times[name].push(performance.now() - from);
      if (status !== 200) failed[name] += 1;
      await wait(PAUSE_MS);
    }
  });
  await Promise.all([ended, ...clients]);
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const sorted = all.sort((a, b) => a - b);
      const at = (part) => Math.round((sorted[Math.floor(sorted.length * part)] ?? Number.NaN) * 10) / 10;
      return [name, { count: all.length, p50: at(0.5), p99: at(0.99), failed: failed[name] }];
    }),
  );
}

function inWords(figures) {
  return Object.entries(figures)
    .map(([name, { count, p50, p99 }]) => `${name} ${count} times, p50 ${p50} ms, p99 ${p99} ms`)
    .join('; ');
}

async function createLargeSurvey() {
  const headers = { 'x-api-key': KEY };
  const post = async (path, body) => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/management/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ environmentId: ENVIRONMENT, ...body }),
    });
    if (reply.status !== 200) throw new Error(`${path} refused: ${await reply.text()}`);
    return (await reply.json()).data;
  };
  const actionClass = await post('action-classes', { name: 'slow', type: 'code', key: 'slow' });
  const questions = Array.from({ length: 50 }, (_, n) => ({
    id: `q${n}`,
    type: 'openText',
    headline: { default: `Question ${n}: ${'a long text '.repeat(20)}` },
    required: false,
  }));
  await post('surveys', {
    name: 'Slow',
    type: 'app',
    status: 'inProgress',
    triggers: [{ actionClass }],
    questions,
  });
}

async function startServer() {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: `${port}`,
      DATABASE_URL: `sqlite:${join(folder, 'slow.db')}`,
      INKLING_ENVIRONMENT_ID: ENVIRONMENT,
      INKLING_API_KEY: KEY,
      INKLING_RATE_LIMIT: 'off',
    },
  });
  const limit = Date.now() + 15_000;
  while ((await send('GET', `http://127.0.0.1:${port}/health`)) !== 200) {
    if (Date.now() > limit || child.exitCode !== null) throw new Error('The server did not start.');
    await wait(50);
  }
  return child;
}

function stopServer() {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  return gone;
}

function send(method, target, body) {
  return new Promise((resolve) => {
    const headers = { 'accept-encoding': 'br' };
    const call = request(target, { method, agent, headers, timeout: 10_000 }, (reply) => {
      reply.resume();
      reply.on('end', () => resolve(reply.statusCode));
      reply.on('error', () => resolve(0));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(0));
    call.end(body);
  });
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
