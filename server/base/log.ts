/** Where problems are told: one JSON line each, without anything about a person. */
export interface Log {
  /** Says whether lines of this level are written: for what is costly to find out. */
  isOn(level: LineLevel): boolean;
  error(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  debug(message: string, facts?: LogFacts): void;
  trace(message: string, facts?: LogFacts): void;
}

/** A log with an end. */
export interface OpenLog extends Log {
  /** Resolves when every line so far is written. */
  settle(): Promise<void>;
  /** Writes what still waits, at once: for a process that is about to end. */
  flush(): void;
}

/**
 * What a line says beside its message: single values that name nobody. Of an error its name, code and frames appear,
 * of any other object nothing.
 */
export type LogFacts = Readonly<Record<string, unknown>>;

/** The levels that `LOG_LEVEL` knows, from silent to talkative. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
/** How much is told. */
export type LogLevel = (typeof LOG_LEVELS)[number];
/** How important a line is. */
export type LineLevel = Exclude<LogLevel, 'silent'>;

interface Line extends LogFacts {
  readonly level: LineLevel;
  readonly time: string;
  readonly message: string;
}

/**
 * Makes a log that hands finished lines to `write`, for instance to stderr.
 *
 * The library that writes them is loaded when there is a first line, so that a start does not pay for it; lines that
 * come before it wait, and keep their order and their time.
 */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  now: () => number = Date.now,
): OpenLog {
  const most = LOG_LEVELS.indexOf(level);
  const isOn = (own: LineLevel): boolean => LOG_LEVELS.indexOf(own) <= most;
  const writePlain = (line: Line): void => write(JSON.stringify(line));
  let waiting: Line[] = [];
  let writeLine: ((line: Line) => void) | undefined;
  let loading: Promise<void> | undefined;

  function flush(): void {
    const lines = waiting;
    waiting = [];
    for (const line of lines) (writeLine ?? writePlain)(line);
  }

  async function load(): Promise<void> {
    try {
      writeLine = await openPino(level, write);
    } catch {
      // A broken installation must not silence the one place that could tell of it.
      writeLine = writePlain;
    }
    flush();
  }

  const at =
    (own: LineLevel) =>
    (message: string, facts: LogFacts = {}): void => {
      if (!isOn(own)) return;
      const line = { level: own, time: new Date(now()).toISOString(), message, ...toSafe(facts) };
      waiting.push(line);
      if (writeLine) flush();
      else loading ??= load();
    };
  return {
    isOn,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    settle: async () => loading,
    flush,
  };
}

async function openPino(level: LogLevel, write: (line: string) => void): Promise<(line: Line) => void> {
  const { pino } = await import('pino');
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: false,
    formatters: { level: (label: string) => ({ level: label }) },
  } as const;
  // Synchronous down to the file descriptor: nothing is lost when the process exits.
  const logger = pino(options, { write: (line: string) => write(line.trimEnd()) });
  return ({ level: own, message, ...facts }) => logger[own](facts, message);
}

function toSafe(facts: LogFacts): LogFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, toSafeValue(name, value)]));
}

function toSafeValue(name: string, value: unknown): unknown {
  if (value instanceof Error) return toPlain(value);
  // Anything can be thrown, also somebody's text.
  if (name === 'error') return { name: typeof value };
  return typeof value === 'object' && value !== null ? undefined : value;
}

/**
 * An error without its message: drivers quote rows, parsers quote bodies, and with them somebody's answers. The code
 * and the frames say where it happened.
 */
function toPlain(error: Error, depth = 0): LogFacts {
  const code = 'code' in error && typeof error.code === 'string' ? { code: toWord(error.code) } : {};
  const hasCause = error.cause instanceof Error && depth < 3;
  const cause = hasCause ? { cause: toPlain(error.cause as Error, depth + 1) } : {};
  return { name: toWord(error.name), ...code, stack: toFrames(error), ...cause };
}

function toWord(text: string): string {
  return /^\w{1,60}$/.test(text) ? text : 'Error';
}

function toFrames({ stack, message }: Error): string {
  // First the message as a whole: its lines may look like frames.
  const rest = typeof stack === 'string' ? stack.replace(message, () => '') : '';
  const frames = rest.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return frames.map((line) => line.trim()).join('\n');
}
