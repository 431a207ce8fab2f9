import type { WireOwner, WireStamps } from '../../src/wire/management-reply.ts';

/** Returns the environment of an object under the new name and the old one (management-api.md 1.4). */
export function toOwner(environmentId: string): WireOwner {
  return { workspaceId: environmentId, environmentId };
}

/** Returns the fields that every object of the management API begins with. */
export function toStamps({
  id,
  createdAt,
  updatedAt,
}: {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}): WireStamps {
  return { id, createdAt: toInstant(createdAt), updatedAt: toInstant(updatedAt) };
}

/** Formats epoch ms as the wire has instants: ISO 8601 in UTC with milliseconds. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Returns a copy in which the paths of stored files (`/storage/…`) are absolute URLs below `origin`: a reader on another
 * site couldn't resolve the path. A value without such a path is returned as it is.
 */
export function withAbsoluteUrls<T>(value: T, origin: string): T {
  const text = JSON.stringify(value);
  if (!text.includes('"/storage/')) return value;
  return JSON.parse(text, (_key, part: unknown) =>
    typeof part === 'string' && /^\/storage\/\S+$/.test(part) ? `${origin}${part}` : part,
  ) as T;
}
