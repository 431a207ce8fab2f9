import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { ApiError, badRequest, notFound } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { findApiKey, PERMISSIONS, type Permission, touchApiKey } from '../repo/api-keys.ts';
import { findRevision } from '../repo/environments.ts';

/** The holder of an API key, with its permission by environment id. */
export interface Caller {
  readonly permissions: ReadonlyMap<string, Permission>;
}

const TOUCH_MS = 30_000;

/** Makes a new key of 256 random bits: too many to guess, so a plain SHA-256 is enough to store it. */
export function newApiKey(): string {
  return `fbk_${randomBytes(32).toString('base64url')}`;
}

/** Returns the hash under which a key is stored. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * Authenticates a request by `x-api-key`, else `Authorization: Bearer fbk_…` (management-api.md 2). Throws 401 for a
 * missing or unknown key and for one that has no environment.
 */
export async function authenticate(context: ServerContext, c: Context): Promise<Caller> {
  const key = readKey(c);
  const hash = key === undefined ? undefined : hashApiKey(key);
  const record = hash === undefined ? undefined : await findApiKey(context.database.read, hash);
  if (!record || !hash || !isSame(record.hash, hash) || record.permissions.size === 0) {
    throw new ApiError('not_authenticated', 'Not authenticated', {
      'x-Api-Key': 'Header not provided or API Key invalid',
    });
  }
  noteUse(context, record);
  return { permissions: record.permissions };
}

/** Throws 401 unless the caller may do this in an environment that it has some permission in. */
export function requirePermission(caller: Caller, environmentId: string, needed: Permission): void {
  const held = caller.permissions.get(environmentId);
  if (held && PERMISSIONS.indexOf(held) >= PERMISSIONS.indexOf(needed)) return;
  throw new ApiError('unauthorized', 'You are not authorized to access this resource');
}

/**
 * Returns an object if the caller has the permission for it. Throws 404 for an object of another environment, exactly as
 * for one that does not exist, and 401 for too little permission in an environment of the key.
 */
export function requireOwn<T extends { readonly environmentId: string }>(
  caller: Caller,
  found: T | undefined,
  wanted: { readonly type: string; readonly id: string; readonly permission: Permission },
): T {
  if (!found || !caller.permissions.has(found.environmentId)) throw notFound(wanted.type, wanted.id);
  requirePermission(caller, found.environmentId, wanted.permission);
  return found;
}

/**
 * Returns the environment that a body names (management-api.md 1.4): `workspaceId`, else `environmentId`; when both are
 * absent, the only one of the key. Throws 400 when the key has several, 404 for an unknown one, 401 without permission.
 */
export async function resolveEnvironment(
  { database }: ServerContext,
  caller: Caller,
  { body, permission }: { readonly body: unknown; readonly permission: Permission },
): Promise<string> {
  const { workspaceId, environmentId } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly workspaceId?: unknown;
    readonly environmentId?: unknown;
  };
  const given = workspaceId || environmentId;
  const [only] = caller.permissions.size === 1 ? caller.permissions.keys() : [];
  if (!given && only === undefined) throw badRequest('workspaceId must be provided');
  const id = given || only;
  if (typeof id !== 'string') throw badRequest('workspaceId must be a string');
  if (!caller.permissions.has(id)) {
    const exists = /^[0-9a-z]+$/.test(id) && (await findRevision(database.read, id)) !== undefined;
    if (!exists) throw notFound('Workspace', id);
  }
  requirePermission(caller, id, permission);
  return id;
}

function readKey(c: Context): string | undefined {
  const header = c.req.header('x-api-key')?.trim();
  if (header) return header;
  return /^Bearer\s+(fbk_[A-Za-z0-9_-]+)\s*$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  // Buffer.from drops characters that are not hex: two empty buffers would be equal.
  return left.length === 32 && left.length === right.length && timingSafeEqual(left, right);
}

function noteUse(
  { database, now, log }: ServerContext,
  { id, lastUsedAt }: { readonly id: string; readonly lastUsedAt: number | null },
): void {
  const at = now();
  if (lastUsedAt !== null && at - lastUsedAt < TOUCH_MS) return;
  database
    .write((trx) => touchApiKey(trx, id, at))
    .catch((error: unknown) => log.warn('use of a key not noted', { error }));
}
