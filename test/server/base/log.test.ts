import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createLog, type LineLevel, LOG_LEVELS } from '../../../server/base/log.ts';
import { logRequests } from '../../../server/http/log-requests.ts';

const LEVELS = LOG_LEVELS.filter((level): level is LineLevel => level !== 'silent');
const SECRET = 'jane@example.com';

function open(level: (typeof LOG_LEVELS)[number] = 'trace') {
  const lines: string[] = [];
  const log = createLog(
    level,
    (line) => lines.push(line),
    () => 0,
  );
  const read = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, read };
}

it.each(LOG_LEVELS.map((level, most) => [level, most] as const))(
  'at %s says as much as the level allows',
  async (level, most) => {
    const { log, read } = open(level);
    for (const own of LEVELS) log[own](`a line of ${own}`);
    await log.settle();
    expect(read().map((line) => line.level)).toEqual(LEVELS.slice(0, most));
    expect(LEVELS.filter(log.isOn)).toEqual(LEVELS.slice(0, most));
  },
);

it('a line has level, time, message and its facts', async () => {
  const { log, lines } = open();
  log.warn('it happened', { route: '/health', status: 503, isOver: true });
  await log.settle();
  log.warn('it happened', { route: '/health', status: 503, isOver: true });
  const line =
    '{"level":"warn","time":"1970-01-01T00:00:00.000Z","route":"/health","status":503,"isOver":true,"message":"it happened"}';
  expect(lines).toEqual([line, line]);
});

it('lines written before the logging library is loaded are kept in order', async () => {
  const { log, read } = open();
  for (let n = 0; n < 50; n += 1) log.info('early', { n });
  expect(read()).toEqual([]);
  await log.settle();
  for (let n = 50; n < 100; n += 1) log.info('late', { n });
  expect(read().map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it('flush writes pending lines once, for a process that exits at once', async () => {
  const { log, read } = open();
  log.error('first', { n: 1 });
  log.error('second', { n: 2 });
  log.flush();
  expect(read()).toMatchObject([{ level: 'error', message: 'first', n: 1 }, { n: 2 }]);
  await log.settle();
  expect(read()).toHaveLength(2);
});

describe('a logged error has its code and stack frames but not its message', () => {
  class SqlError extends Error {
    override readonly name = 'SqlError';
    readonly code = '23505';
    readonly detail = `Key (user_id)=(${SECRET}) already exists.`;
  }
  const thrown: [name: string, error: unknown, expected: object][] = [
    ['of a database', new SqlError(`duplicate ${SECRET}`), { name: 'SqlError', code: '23505' }],
    ['of a parser', catchIt(() => JSON.parse(SECRET)), { name: 'SyntaxError' }],
    ['with lines that look like frames', new Error(`x\n    at ${SECRET}:1:1`), { name: 'Error' }],
    ['with a cause', new Error('x', { cause: new RangeError(SECRET) }), { cause: { name: 'RangeError' } }],
    ['with a name that is a text', Object.assign(new Error('x'), { name: SECRET }), { name: 'Error' }],
    ['with a code that is a text', Object.assign(new Error('x'), { code: SECRET }), { code: 'Error' }],
    ['whose message was changed later', changed(), { name: 'Error' }],
    ['that is a text', SECRET, { name: 'string' }],
    ['that is an object', { user: SECRET }, { name: 'object' }],
  ];
  it.each(thrown)('%s', async (_name, error, expected) => {
    const { log, lines, read } = open();
    log.error('request failed', { error });
    await log.settle();
    expect(read()[0]).toMatchObject({ error: expected });
    if (error instanceof Error) expect(lines[0]).toMatch(/at .*log\.test\.ts:\d+:\d+/);
    expect(lines[0]).not.toContain(SECRET);
  });
});

it('an object among the facts is not logged', async () => {
  const { log, lines } = open();
  log.info('odd', { body: { email: SECRET }, list: [SECRET] });
  await log.settle();
  expect(lines[0]).not.toContain(SECRET);
});

it('a request is one line with route pattern, status and duration; all its lines have one id', async () => {
  const { log, read } = open();
  const app = new Hono();
  app.use(
    '*',
    logRequests(log, () => 5),
  );
  app.get('/people/:userId', (c) => c.text('found', 200));
  await app.request(`/people/${SECRET}?q=${SECRET}`, { headers: { 'x-request-id': SECRET } });
  await app.request(`/${SECRET}`);
  await log.settle();
  const [began, over, , none] = read();
  const common = { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), method: 'GET' };
  expect(began).toMatchObject({ ...common, level: 'trace', route: '/people/:userId' });
  expect(over).toMatchObject({
    ...common,
    level: 'info',
    route: '/people/:userId',
    status: 200,
    durationMs: 0,
  });
  expect(over?.requestId).toBe(began?.requestId);
  expect(none).toMatchObject({ ...common, route: 'none', status: 404 });
  expect(JSON.stringify(read())).not.toContain(SECRET);
});

function catchIt(step: () => unknown): unknown {
  try {
    return step();
  } catch (error) {
    return error;
  }
}

function changed(): Error {
  const error = new Error(`about ${SECRET}`);
  error.message = 'nothing';
  return error;
}
