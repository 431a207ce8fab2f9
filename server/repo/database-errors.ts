/** Too many writes wait; the same request may succeed a moment later. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** Whether a transaction lost against another one and may be run again. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/** Whether a row refers to one that no longer exists: it was deleted between our read and our write. */
export function isMissingReference(error: unknown): boolean {
  return ['23503', 'SQLITE_CONSTRAINT_FOREIGNKEY'].includes(codeOf(error));
}

/** Whether a unique value is taken: it was stored between our read and our write. */
export function isTaken(error: unknown): boolean {
  return ['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(codeOf(error));
}

/** Whether a text cannot be stored (PostgreSQL has no U+0000). */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(codeOf(error));
}

/** Whether the database itself is unavailable: connection lost, shutting down, disk full, locked. */
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
