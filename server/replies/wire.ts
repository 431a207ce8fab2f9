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
 * Returns a copy in which the paths of stored files (`/storage/…`) are absolute URLs below `base`: a reader on another
 * site couldn't resolve the path. A value without such a path is returned as it is.
 */
export function withAbsoluteUrls<T>(value: T, base: string): T {
  return absolute(value, base) as T;
}

function absolute(value: unknown, base: string): unknown {
  if (typeof value === 'string') return /^\/storage\/\S+$/.test(value) ? `${base}${value}` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => absolute(item, base));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const changed = entries.map(([key, part]) => [key, absolute(part, base)] as const);
  return changed.some(([, part], index) => part !== entries[index]?.[1])
    ? Object.fromEntries(changed)
    : value;
}
