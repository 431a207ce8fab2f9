/** Where problems are told: one JSON line each, without anything about a person. */
export interface Log {
  error(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
}

/** What a log line says beside its message. An `error` appears with its stack. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** The levels that `LOG_LEVEL` knows, from silent to talkative. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const;
/** How much is told. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Makes a log that hands finished lines to `write`, for instance to stderr. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number = Date.now): Log {
  const most = LOG_LEVELS.indexOf(level);
  const at =
    (own: LogLevel) =>
    (message: string, facts: LogFacts = {}): void => {
      if (LOG_LEVELS.indexOf(own) > most) return;
      const line = { time: new Date(now()).toISOString(), level: own, message, ...facts };
      write(JSON.stringify(line, (_key, value) => (value instanceof Error ? toPlain(value) : value)));
    };
  return { error: at('error'), warn: at('warn'), info: at('info') };
}

function toPlain(error: Error): LogFacts {
  // A driver's `detail` quotes the row and with it somebody's answers; code and stack don't.
  const code = 'code' in error ? { code: error.code } : {};
  return { name: error.name, ...code, stack: error.stack };
}
