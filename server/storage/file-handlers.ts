import type { Context } from 'hono';
import { authenticate, type Caller, requirePermission } from '../auth/auth.ts';
import { badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { findLive } from '../context/live-survey.ts';
import { parseFilePath, toFileKey } from '../files/file-address.ts';
import { readRange, toServedHeaders } from '../files/served-headers.ts';
import { ok, type Route } from '../http/routes.ts';
import { deleteStoredFiles } from '../repo/stored-files.ts';
import { requireStore } from './permit-upload.ts';

type ParsedAddress = NonNullable<ReturnType<typeof parseFilePath>>;

/**
 * Handlers of `GET` and `DELETE /storage/{environmentId}/{public|private}/…` (management-api.md 12.3). Reading a public
 * file needs no key; reading a private one and deleting do. Files of other environments are answered like missing ones.
 */
export function fileHandlers(context: ServerContext): Readonly<Record<'read' | 'remove', Route['handle']>> {
  /** Throws 404 for an environment that the key has no permission in, as for one that does not exist. */
  const enter = (caller: Caller, environmentId: string): void => {
    if (!caller.permissions.has(environmentId)) throw notFound('Workspace', environmentId);
  };

  return {
    async read(c) {
      c.header('Cache-Control', 'private, no-store');
      c.header('X-Content-Type-Options', 'nosniff');
      const path = readPath(c);
      const [, , environmentId = '', access] = path.split('/');
      if (access !== 'public') enter(await authenticate(context, c), environmentId);
      await findLive(context, environmentId);
      const address = readAddress(path);
      const found = await requireStore(context).open(toFileKey(address));
      if (!found) throw notFound('file', address.name);

      const headers = toServedHeaders(address.access, address.file);
      const range = readRange(c.req.header('range'), found.size);
      if (range === 'unsatisfiable') {
        await found.close();
        return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${found.size}` });
      }
      const { start, end } = range ?? { start: 0, end: found.size - 1 };
      const all = {
        ...headers,
        'Content-Length': String(end - start + 1),
        ...(range ? { 'Content-Range': `bytes ${start}-${end}/${found.size}` } : {}),
      };
      const status = range ? 206 : 200;
      if (c.req.method !== 'HEAD' && found.size > 0) return c.body(found.read({ start, end }), status, all);
      await found.close();
      return c.body(null, status, all);
    },

    async remove(c) {
      c.header('Cache-Control', 'private, no-store');
      const caller = await authenticate(context, c);
      const path = readPath(c);
      const [, , environmentId = ''] = path.split('/');
      enter(caller, environmentId);
      const address = readAddress(path);
      const store = requireStore(context);
      const key = toFileKey(address);
      const found = await store.open(key);
      await found?.close();
      if (!found) throw notFound('file', address.name);
      requirePermission(caller, environmentId, 'manage');
      if (!(await store.remove(key))) throw notFound('file', address.name);
      await context.database.write((trx) => deleteStoredFiles(trx, [key]));
      return ok(c, 'File deleted successfully');
    },
  };
}

/** Returns the path as it was sent: Hono decodes a part of it, and `new URL` resolves `..`, which must be refused. */
function readPath(c: Context): string {
  return /^https?:\/\/[^/?#]*([^?#]*)/.exec(c.req.url)?.[1] ?? '';
}

/** Parses the path of a stored file; throws 400 for any other path. */
function readAddress(path: string): ParsedAddress {
  const address = parseFilePath(path);
  if (!address) throw badRequest('Invalid input', { path: 'Expected the address of a stored file' });
  return address;
}
