/** Too many writes wait; the same request may succeed a moment later. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** Says whether a transaction lost against another one and may simply run again. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/** Says whether a row refers to one that is gone: somebody deleted it between our look and our write. */
export function isMissingReference(error: unknown): boolean {
  return ['23503', 'SQLITE_CONSTRAINT_FOREIGNKEY'].includes(codeOf(error));
}

/** Says whether something that must be unique is taken: somebody took it between our look and our write. */
export function isTaken(error: unknown): boolean {
  return ['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(codeOf(error));
}

/** Says whether a text cannot be stored (PostgreSQL has no U+0000). */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(codeOf(error));
}

/** Says whether the database itself cannot take work now: connection lost, shutting down, disk full, locked. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08...|57P0[123]|53...|SQLITE_(FULL|BUSY|IOERR|READONLY|CANTOPEN).*)$/.test(code)) return true;
  if (['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true;
  return (
    error instanceof Error && /^(Connection terminated|timeout exceeded when trying)/.test(error.message)
  );
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
