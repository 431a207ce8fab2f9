import type { NoCodeConfig } from '../core/survey/document.ts';

/** Fires once, when the visitor has been at the address for `timeInSeconds`. Returns the release. */
export function watchDwell({ timeInSeconds = 0 }: NoCodeConfig, fire: () => void): () => void {
  const timer = timeInSeconds > 0 ? setTimeout(fire, timeInSeconds * 1000) : undefined;
  return () => clearTimeout(timer);
}
