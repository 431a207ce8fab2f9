/** Writes JSON lines that hold no personal data. */
export interface Log {
  /** Whether lines of this level are written: to skip facts that are costly to compute. */
  isOn(level: LineLevel): boolean;
  error(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  debug(message: string, facts?: LogFacts): void;
  trace(message: string, facts?: LogFacts): void;
}

/** A log whose lines can be awaited or flushed. */
export interface OpenLog extends Log {
  /** Resolves when every line so far is written. */
  settle(): Promise<void>;
  /** Writes pending lines synchronously, before the process exits. */
  flush(): void;
}

/**
 * Fields of a line beside its message: primitive values without personal data. Of an error its name, code and stack
 * frames are written, of any other object nothing.
 */
export type LogFacts = Readonly<Record<string, unknown>>;

/** Values of `LOG_LEVEL`, from the quietest to the most verbose. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
/** Verbosity of a log. */
export type LogLevel = (typeof LOG_LEVELS)[number];
/** Level of one line. */
export type LineLevel = Exclude<LogLevel, 'silent'>;

interface Line extends LogFacts {
  readonly level: LineLevel;
  readonly time: string;
  readonly message: string;
}

/**
 * Makes a log that passes finished lines to `write`, for instance to stderr.
 *
 * The logging library is loaded with the first line, to keep the start short; lines written before it is there are
 * queued and keep their order and time.
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
      // A broken installation must still be able to log that it is broken.
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
  // Writes synchronously: nothing is lost when the process exits.
  const logger = pino(options, { write: (line: string) => write(line.trimEnd()) });
  return ({ level: own, message, ...facts }) => logger[own](facts, message);
}

function toSafe(facts: LogFacts): LogFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, toSafeValue(name, value)]));
}

function toSafeValue(name: string, value: unknown): unknown {
  if (value instanceof Error) return toPlain(value);
  // Any value can be thrown, a text with personal data too.
  if (name === 'error') return { name: typeof value };
  return typeof value === 'object' && value !== null ? undefined : value;
}

/**
 * Returns an error without its message: database drivers quote rows and parsers quote bodies, which hold visitors'
 * answers. Code and stack frames are enough to find the place.
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
  // The message is removed first: its lines may look like stack frames.
  const rest = typeof stack === 'string' ? stack.replace(message, () => '') : '';
  const frames = rest.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return frames.map((line) => line.trim()).join('\n');
}
