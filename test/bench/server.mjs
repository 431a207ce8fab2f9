// Measures requests per second of the built server, and how long one takes: `npm run bench:server`.
// One connection per client, no pause between requests; server and clients share the machine, so CPU per request is the
// figure to compare, not requests per second.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { startServer } from './lib/inkling-server.mjs';
import { quantile } from './lib/stats.mjs';

const CLIENTS = 32;
const SECONDS = Number(process.argv[2] ?? 5);
const TICKS_PER_SECOND = 100;

const server = await startServer();
const base = `/api/v1/client/${server.environmentId}`;
const action = await server.manage('POST', 'action-classes', { name: 'bench', type: 'code', key: 'bench' });
const survey = await server.manage('POST', 'surveys', {
  name: 'bench',
  type: 'app',
  status: 'inProgress',
  triggers: [{ actionClass: { id: action.id } }],
  questions: [{ id: 'q', type: 'openText', required: false, headline: { default: 'How?' } }],
});
let people = 0;
const calls = {
  'GET environment': () => ({ method: 'GET', path: `${base}/environment` }),
  'POST user, new person': () => {
    people += 1;
    return {
      method: 'POST',
      path: `${base}/user`,
      body: { userId: `p${people}`, attributes: { plan: 'pro' } },
    };
  },
  'POST user, nothing new': () => ({
    method: 'POST',
    path: `${base}/user`,
    body: { userId: 'p1', attributes: { plan: 'pro' } },
  }),
  'POST responses': () => ({
    method: 'POST',
    path: `${base}/responses`,
    body: { surveyId: survey.id, finished: true, data: { q: 'A sentence that somebody typed.' } },
  }),
};

console.log(`${CLIENTS} clients, ${SECONDS} s each, SQLite, node ${process.version}`);
for (const [name, make] of Object.entries(calls)) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const times = [];
  const before = cpuSeconds();
  const began = performance.now();
  const until = began + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        const start = performance.now();
        await send(agent, make());
        times.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const cpu = ((cpuSeconds() - before) / times.length) * 1e6;
  agent.destroy();
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)].map((value) => value.toFixed(1));
  console.log(
    `${name.padEnd(24)} ${Math.round(times.length / seconds)} req/s   p50 ${p50} ms   p99 ${p99} ms   ${Math.round(cpu)} µs CPU`,
  );
}
await server.stop();

function send(agent, { method, path, body }) {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}${path}`, { method, agent }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`${method} ${path}: ${reply.statusCode}`));
      reply.resume().once('end', resolve);
    });
    outgoing.once('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

/** CPU time the server has used so far, all threads. */
function cpuSeconds() {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
