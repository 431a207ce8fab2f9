import { ApiError } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { createWriteProbe, type Unreadiness } from '../context/write-probe.ts';
import { ok, type Route } from '../http/routes.ts';

const replies = () => import('../../src/wire/client-reply-schema.ts');

/** What is printed for each reason; the reasons themselves are in `details.reason`. */
const MESSAGES: Readonly<Record<Unreadiness, string>> = {
  disk_full: 'the disk is full',
  read_only: 'the database can only be read',
  locked: 'another process has locked the database',
  overloaded: 'too much work waits for the database',
  unreachable: 'the database cannot be reached',
  refused: 'the database refuses the connection',
  failed: 'the database reports a failure',
  no_answer: 'the database does not answer in time',
};

/** Tells the state of the service (client-api.md 3.9): without a key, and not counted by the limits. */
export function healthRoutes({ database }: ServerContext): readonly Route[] {
  const probe = createWriteProbe(database);
  const service = { method: 'GET', tag: 'Service', auth: 'none' } as const;
  const responds = {
    ...service,
    handle: ((c) => c.json({ status: 'ok' })) satisfies Route['handle'],
    summary: 'Checks that the process responds',
    reply: async () => (await replies()).healthReplySchema,
  };
  return [
    { ...responds, path: '/health' },
    { ...responds, path: '/health/live' },
    {
      ...service,
      path: '/health/ready',
      handle: async (c) => {
        c.header('Cache-Control', 'no-store');
        const reason = await probe();
        if (reason !== undefined) throw notReady(reason);
        return c.json({ status: 'ok' });
      },
      summary: 'Checks that a write can be made durable',
      reply: async () => (await replies()).healthReplySchema,
      errors: [503],
    },
    {
      ...service,
      path: '/api/v2/health',
      // The cache is in the process, which responds.
      handle: async (c) => {
        c.header('Cache-Control', 'no-store');
        return ok(c, { main_database: (await probe()) === undefined, cache_database: true });
      },
      summary: 'Tells whether the database works',
      reply: async () => (await replies()).databaseHealthReplySchema,
    },
  ];
}

function notReady(reason: Unreadiness): ApiError {
  return new ApiError(
    'service_unavailable',
    `Nothing can be stored now: ${MESSAGES[reason]}`,
    { reason },
    { 'Retry-After': '1', 'Cache-Control': 'no-store' },
  );
}
