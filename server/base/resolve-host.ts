/** Resolves a host to all its addresses. Rejects when it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;
