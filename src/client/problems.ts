import type { Events } from '../api/events.ts';
import type { Problem } from '../api/types.ts';
import { reportMistake } from '../platform/report.ts';

/**
 * Reports a problem: an `error` event, and once per code a line on the console with the fix, unless `isQuiet`: the
 * network of a visitor is no business of a developer's.
 */
export type Fail = (code: string, detail: string, isQuiet?: boolean) => void;

/**
 * Makes the reporter of one client's problems; it returns each as `explain()` shows it.
 *
 * @param advise returns the line for the console; where it can't be had, the bare code and detail are written
 */
export function createReporter(
  events: Pick<Events, 'emit'>,
  advise: (code: string, detail: string) => Promise<string>,
): (...problem: Parameters<Fail>) => Problem {
  /** The lines that were written, by code. */
  const lines: Record<string, Promise<void>> = {};
  return (code, message, isQuiet) => {
    const problem = { code, message };
    events.emit('error', problem);
    if (!isQuiet)
      lines[code] ??= advise(code, message)
        .catch(() => `${code} ${message}`)
        .then(reportMistake);
    return problem;
  };
}
