import type { ServerContext } from '../context/context.ts';
import { ok, type Route } from '../http/routes.ts';
import { pingDatabase } from '../repo/ping.ts';

const replies = () => import('../../src/wire/client-reply-schema.ts');

const DEADLINE_MS = 1000;

/** `GET /health` (client-api.md 3.9): the process answers; says nothing about the database. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/health',
  handle: (c) => c.json({ status: 'ok' }),
  summary: 'Says that the process answers',
  tag: 'Service',
  auth: 'none',
  reply: async () => (await replies()).healthReplySchema,
};

/**
 * `GET /api/v2/health` (client-api.md 3.9): 200 with what works, also when something does not. A database that has not
 * answered after a second counts as one that does not.
 *
 * `cache_database` is always true: what is cached lives in the process, and the process answers.
 */
export function databaseHealthRoute({ database }: ServerContext): Route {
  // One question at a time: a database in trouble must not be asked by everybody who wants to know.
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
    summary: 'Says whether the database answers',
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
