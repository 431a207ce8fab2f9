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

/** Why a database can't take work for now. */
export type Unavailability =
  | 'disk_full'
  | 'read_only'
  | 'locked'
  | 'overloaded'
  | 'unreachable'
  | 'refused'
  | 'failed';

const REASONS: readonly (readonly [reason: Unavailability, codes: RegExp])[] = [
  ['disk_full', /^(53100|SQLITE_FULL|ENOSPC|EDQUOT)$/],
  ['read_only', /^(25006|SQLITE_READONLY.*|EROFS)$/],
  // The last two: transactions that have lost against others at every try.
  ['locked', /^(55P03|40001|40P01|SQLITE_(BUSY|LOCKED).*)$/],
  // Too many connections, out of memory or of file descriptors, a statement that took too long.
  ['overloaded', /^(53...|57014|SQLITE_NOMEM|EMFILE|ENFILE)$/],
  // Password or database changed under a running server.
  ['refused', /^(28...|3D000)$/],
  ['failed', /^(58...|XX00[12]|SQLITE_(IOERR|CANTOPEN|CORRUPT|NOTADB|PROTOCOL).*|EIO)$/],
  ['unreachable', /^(08...|57P..|25P03)$/],
  // Whatever the network or TLS reports: there are dozens of codes, and none of them is a mistake of the request.
  [
    'unreachable',
    /^(E(CONN|HOST|NET|ADDR)[A-Z]+|ENOTFOUND|EAI_.*|EPIPE|ETIMEDOUT|EPROTO|ERR_(TLS|SSL|SOCKET|STREAM)_.*|CERT_.*|UNABLE_TO_.*|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*)$/,
  ],
];

// What the driver reports in words alone. A test reads its sources for new ones.
const LOST_CONNECTION =
  /^(Connection terminated|timeout (exceeded|expired)|Query read timeout|Client (has encountered a connection error|was closed|has already been connected)|Cannot use a pool after|Postgres connection has been discarded|driver has already been destroyed|The server does not support SSL|There was an error establishing an SSL|Received unexpected \w+ message from backend|received invalid response|SASL: |Unknown authenticationOk)/;

/**
 * Why the database is unavailable, undefined when it isn't: connection lost, shutting down, disk full, locked. The same
 * request may succeed later.
 */
export function findUnavailability(error: unknown): Unavailability | undefined {
  if (error instanceof OverloadedError) return 'overloaded';
  const code = codeOf(error);
  const reason = REASONS.find(([, codes]) => codes.test(code))?.[0];
  if (reason) return reason;
  if (!(error instanceof Error)) return undefined;
  // A socket in the file system that is missing or locked: the code alone would fit any file.
  if ('syscall' in error && error.syscall === 'connect') return 'unreachable';
  return LOST_CONNECTION.test(error.message) ? 'unreachable' : undefined;
}

/** Whether the database itself is unavailable. */
export function isUnavailable(error: unknown): boolean {
  return findUnavailability(error) !== undefined;
}

/** Whether another process has locked the SQLite file. */
export function isLocked(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
