import type { Events } from '../api/events.ts';
import type { Problem } from '../api/types.ts';
import { reportMistake } from '../platform/report.ts';

/**
 * Reports a problem: an `error` event, and once per code (per name for a call that there isn't) a line on the console with
 * the fix, unless `isQuiet`: the network of a visitor is no business of a developer's.
 */
export type Fail = (code: string, detail: unknown, isQuiet?: boolean) => void;

/** Characters of a detail that a report keeps. */
const MOST_CHARS = 500;

/**
 * Makes the reporter of one client's problems; it returns each as `explain()` shows it.
 *
 * @param advise returns the line for the console; where it can't be had, the bare code and detail are written
 */
export function createReporter(
  events: Pick<Events, 'emit'>,
  advise: (code: string, detail: string) => Promise<string>,
): (...problem: Parameters<Fail>) => Problem {
  /** The lines that were written, by code; by name for calls that there aren't. */
  const lines: Record<string, Promise<void>> = {};
  return (code, detail, isQuiet) => {
    const message = toText(detail);
    const problem = { code, message };
    events.emit('error', problem);
    if (!isQuiet)
      lines[code === 'unknown-call' ? `${code} ${message}` : code] ??= advise(code, message)
        .catch(() => `${code} ${message}`)
        .then(reportMistake);
    return problem;
  };
}

/** What a page passed, as a text; its type when it has none. */
function toText(detail: unknown): string {
  try {
    return `${detail}`.slice(0, MOST_CHARS);
  } catch {
    return typeof detail;
  }
}
