import type { ServerContext } from '../context/context.ts';
import { ok, type Route } from '../http/routes.ts';
import { pingDatabase } from '../repo/ping.ts';

const replies = () => import('../../src/wire/client-reply-schema.ts');

const DEADLINE_MS = 1000;

/** `GET /health` (client-api.md 3.9): whether the process responds, regardless of the database. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/health',
  handle: (c) => c.json({ status: 'ok' }),
  summary: 'Checks that the process responds',
  tag: 'Service',
  auth: 'none',
  reply: async () => (await replies()).healthReplySchema,
};

/**
 * `GET /api/v2/health` (client-api.md 3.9): always 200, with the state of the database. One that has not answered within
 * a second counts as down.
 *
 * `cache_database` is always true: the cache is in the process, which is responding.
 */
export function databaseHealthRoute({ database }: ServerContext): Route {
  // One query at a time: concurrent health checks must not add load to a database in trouble.
  let asking: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    try {
      await pingDatabase(database.read);
      return true;
    } catch {
      return false;
    } finally {
      asking = undefined;
    }
  };
  return {
    method: 'GET',
    path: '/api/v2/health',
    handle: async (c) => {
      asking ??= ask();
      c.header('Cache-Control', 'no-store');
      return ok(c, { main_database: await withDeadline(asking), cache_database: true });
    },
    summary: 'Checks whether the database responds',
    tag: 'Service',
    auth: 'none',
    reply: async () => (await replies()).databaseHealthReplySchema,
  };
}

async function withDeadline(answers: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DEADLINE_MS);
  });
  try {
    return await Promise.race([answers, late]);
  } finally {
    clearTimeout(timer);
  }
}
