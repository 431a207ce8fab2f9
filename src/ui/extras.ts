import type { Settings, Survey } from '../core/survey/document.ts';
import { stylingOf } from '../core/survey/styling.ts';

/** The styling fields that `dress` reads; colour of the brand, roundness and scheme are in the first chunk. */
const DRESSED = /^(ele|but|inp|opt|pro|cardB|high|font|accent)/;

type Extras = typeof import('./rich.tsx');

/**
 * What most surveys do without: markup and recall in texts, the welcome card, languages to choose from, videos, and
 * every styling field but the first three. Undefined until a survey has needed it.
 */
export let extras: Extras | undefined;

/** They are here. */
export function setExtras(loaded: Extras): void {
  extras = loaded;
}

/** Whether a survey needs them. */
export function needsExtras(survey: Survey, settings: Settings | undefined): boolean {
  const { welcomeCard, showLanguageSwitch, blocks, questions, endings, workspaceOverwrites } = survey;
  const styling = settings && stylingOf({ survey, settings });
  return !!(
    welcomeCard?.enabled ||
    showLanguageSwitch ||
    workspaceOverwrites?.highlightBorderColor ||
    isRich([blocks, questions, endings]) ||
    Object.entries(styling ?? {}).some(([field, value]) => value && DRESSED.test(field))
  );
}

/** Whether a text anywhere in there may be more than words, or there is a video. */
function isRich(value: unknown): boolean {
  if (typeof value === 'string') return /[<&]|#recall:/.test(value);
  return (
    typeof value === 'object' &&
    Object.entries(value ?? {}).some(([key, part]) => (key === 'videoUrl' && !!part) || isRich(part))
  );
}
