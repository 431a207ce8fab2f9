import type { NoCodeConfig } from '../core/survey/document.ts';

/** Fires once, after `timeInSeconds` at this address; never for 0. Returns an unsubscribe function. */
export function watchDwell({ timeInSeconds = 0 }: NoCodeConfig, fire: () => void): () => void {
  const timer = timeInSeconds > 0 ? setTimeout(fire, timeInSeconds * 1000) : undefined;
  return () => clearTimeout(timer);
}
