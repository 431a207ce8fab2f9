/** Which environment something belongs to, under the new name and the old one (management-api.md 1.4). */
export function toOwner(environmentId: string): {
  readonly workspaceId: string;
  readonly environmentId: string;
} {
  return { workspaceId: environmentId, environmentId };
}

/** What every object begins with. */
export function toStamps({
  id,
  createdAt,
  updatedAt,
}: {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}): { readonly id: string; readonly createdAt: string; readonly updatedAt: string } {
  return { id, createdAt: toInstant(createdAt), updatedAt: toInstant(updatedAt) };
}

/** An instant as the wire has it: ISO 8601 in UTC with milliseconds. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The addresses of stored files in a value made absolute, so that whoever reads it elsewhere finds them. */
export function withAbsoluteUrls<T>(value: T, origin: string): T {
  const text = JSON.stringify(value);
  if (!text.includes('"/storage/')) return value;
  return JSON.parse(text, (_key, part: unknown) =>
    typeof part === 'string' && /^\/storage\/\S+$/.test(part) ? `${origin}${part}` : part,
  ) as T;
}
