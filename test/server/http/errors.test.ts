import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { ApiError } from '../../../server/base/api-error.ts';
import { createLog } from '../../../server/base/log.ts';
import { answerError } from '../../../server/http/errors.ts';
import { OverloadedError } from '../../../server/repo/database-errors.ts';

const coded = (code: string) => Object.assign(new Error('the row of jane@example.com'), { code });

const rows: [name: string, error: Error, status: number, code: string, logged: number][] = [
  ['an ApiError', new ApiError('conflict', 'Taken'), 409, 'conflict', 0],
  ['a bug', new TypeError('secret'), 500, 'internal_server_error', 1],
  ['too many writes', new OverloadedError('full'), 503, 'service_unavailable', 1],
  ['a full disk', coded('SQLITE_FULL'), 503, 'service_unavailable', 1],
  ['a database that shuts down', coded('57P01'), 503, 'service_unavailable', 1],
  ['a reference to a deleted row', coded('23503'), 404, 'not_found', 0],
  ['a unique name that was taken meanwhile', coded('23505'), 409, 'conflict', 0],
  ['the same on SQLite', coded('SQLITE_CONSTRAINT_UNIQUE'), 409, 'conflict', 0],
  ['a text that cannot be stored', coded('22021'), 400, 'bad_request', 0],
];

it.each(rows)('%s is answered with %i', async (_name, error, status, code, logged) => {
  const lines: string[] = [];
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => 0,
  );
  const app = new Hono();
  app.get('/api/v1/client/jane', () => {
    throw error;
  });
  app.onError((thrown, c) => answerError(thrown, c, log));
  const reply = await app.request('/api/v1/client/jane');
  expect(reply.status).toBe(status);
  const text = await reply.text();
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(['code', 'details', 'message']);
  expect(JSON.parse(text).code).toBe(code);
  expect(text).not.toMatch(/secret|jane/);
  expect(reply.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  await log.settle();
  expect(lines).toHaveLength(logged);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ time: '1970-01-01T00:00:00.000Z' });
});
