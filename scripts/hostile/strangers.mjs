// Sixteen strangers against a server, each with an input of its own and an address of its own, until the process is
// ended. A process apart, so that what the inputs cost to make slows nobody who measures.
import { connect } from 'node:net';
import { createSender, wait } from './send.mjs';

const { origin, environmentId, surveyId, uploadSurveyId, only } = JSON.parse(process.argv[2]);
/** What a stranger waits between two requests: who is refused for the rest of a minute tries again all the same. */
const PAUSE_MS = 50;
/** Sockets of a stranger that holds connections instead of sending requests. */
const SOCKETS = 12;
const BODY_BYTES = 2 * 1024 * 1024 - 1024;
/** A person in whose name displays are posted. */
const VICTIM = 'visitor-1';

const { hostname, port } = new URL(origin);
const { send } = createSender(origin, { sockets: 64, timeoutMs: 60_000 });
const client = `/api/v1/client/${environmentId}`;
const statuses = {};
let bytes = 0;

const id = () =>
  `s${Date.now().toString(36)}${Math.random().toString(36).slice(2).padEnd(14, '0')}`.slice(0, 24);
const keys = (count, mark, value) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${mark}${n}`, value]));
const answer = (more) => ({ surveyId, finished: false, data: {}, ...more });
const nested = (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
/** A body that is the same each time, made once: the strangers share a processor. */
const fixed = (body) => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return () => bytes;
};
const growing = id();

const bodies = {
  longTag: fixed({ userId: id(), attributes: { language: `en${keysOfTag(14_000)}` } }),
  longestTag: fixed(answer({ language: `en${keysOfTag(250_000)}` })),
  wrongTypes: fixed({ userId: id(), attributes: keys(100_000, 'k', {}) }),
  manyKeys: fixed(answer({ data: keys(120_000, 'k', false) })),
  deep: fixed(
    `{"userId":"x","surveyId":"${surveyId}","finished":true,"meta":${nested(5_000)},"attributes":${nested(5_000)},"data":{"q":${nested(100_000)}}}`,
  ),
  noJson: fixed('['.repeat(BODY_BYTES)),
};

/** The n-th request of each stranger, who has this address: `[method, path, body, headers]`. */
const INPUTS = {
  'a language of 100 KiB': () => ['POST', `${client}/user`, bodies.longTag()],
  'a language of 2 MiB with an answer': () => ['POST', `${client}/responses`, bodies.longestTag()],
  'one answer that grows by 2 MiB': (n) => [
    'POST',
    `${client}/responses`,
    answer({ id: growing, seq: n, data: keys(2_000, `n${n}k`, 'x'.repeat(1_000)) }),
  ],
  'one answer that grows by 200 KiB': (n) => [
    'POST',
    `${client}/responses`,
    answer({ id: `${growing}b`, seq: n, data: keys(200, `n${n}k`, 'x'.repeat(1_000)) }),
  ],
  'made-up attribute keys': (n) => [
    'POST',
    `${client}/user`,
    { userId: id(), attributes: keys(143, `made${n}k`, 'x') },
  ],
  'foreign hosts': () => ['GET', `${client}/environment`, undefined, { host: 'evil.example' }],
  'addresses of others': (_n, address) => [
    'GET',
    `${client}/environment`,
    undefined,
    { 'x-forwarded-for': `10.${octet()}.${octet()}.${octet()}, ${address}` },
  ],
  'attributes of the wrong type': () => ['POST', `${client}/user`, bodies.wrongTypes()],
  'an answer with 120,000 keys': () => ['POST', `${client}/responses`, bodies.manyKeys()],
  '20,000 displays of one person': (n) =>
    n % 20 === 0
      ? ['POST', `${client}/user`, { userId: VICTIM }]
      : ['POST', `${client}/displays`, { surveyId, userId: VICTIM }],
  'deep nesting': (n) => ['POST', `${client}/${n % 2 ? 'user' : 'responses'}`, bodies.deep()],
  'user ids that nobody has': () => ['POST', `${client}/user`, { userId: `${id()}${'x'.repeat(1_900)}` }],
  'permits that are never used': () => [
    'POST',
    `${client}/storage`,
    { surveyId: uploadSurveyId, fileName: `${id()}.txt`, fileType: 'text/plain' },
  ],
  'no JSON': (n) => ['POST', `${client}/${n % 2 ? 'user' : 'responses'}`, bodies.noJson()],
};

/** Sockets that hold a connection: what they send at once, and what they send each second. */
const HELD = {
  'bodies that drip': [`POST ${client}/responses`, 1_900_000],
  'uploads without a ticket that drip': [`POST ${client}/storage/local`, 1_900_000],
};

function keysOfTag(parts) {
  return Array.from({ length: parts }, (_, n) => `-v${n.toString(36).padStart(5, '0')}`).join('');
}

function octet() {
  return Math.floor(Math.random() * 256);
}

async function repeat(name, address) {
  for (let n = 1; ; n++) {
    const [method, path, body, headers] = INPUTS[name](n, address);
    const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const { status } = await send(method, path, { from: address, headers, body: payload });
    // What the limit of requests refuses has been sent, and is stored nowhere.
    if (status !== 429) bytes += payload?.length ?? 0;
    note(name, status);
    await wait(PAUSE_MS);
  }
}

async function hold(name, address) {
  const [line, length] = HELD[name];
  for (;;) {
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      const drip = setInterval(() => socket.write('x'), 1_000);
      const head = `${line} HTTP/1.1\r\nHost: ${hostname}\r\nX-Forwarded-For: ${address}\r\nContent-Length: ${length}\r\n\r\n`;
      socket.write(head + '{"a":"'.padEnd(length - 100_000, 'x'));
      socket.on('data', (part) => note(name, Number(/^HTTP\/1\.1 (\d+)/.exec(String(part))?.[1] ?? 0)));
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(drip);
        resolve();
      });
    });
    note(name, 0);
    await wait(PAUSE_MS);
  }
}

function note(name, status) {
  statuses[name] ??= {};
  statuses[name][status] = (statuses[name][status] ?? 0) + 1;
}

process.on('message', () => process.send({ statuses, bytes }));
process.on('disconnect', () => process.exit());
const names = [...Object.keys(INPUTS), ...Object.keys(HELD)].filter((name) => new RegExp(only).test(name));
for (const [index, name] of names.entries()) {
  const address = `198.51.100.${index + 1}`;
  if (name in INPUTS) void repeat(name, address);
  else for (let socket = 0; socket < SOCKETS; socket++) void hold(name, address);
}
