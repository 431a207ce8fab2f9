import type { Settings, Survey } from '../core/survey/document.ts';
import { stylingOf } from '../core/survey/styling.ts';
import { hasRules } from '../core/survey/validate.ts';

type Extras = typeof import('./rich.tsx') & typeof import('./rules.tsx') & typeof import('./logic.ts');

/** What most surveys do without, as far as a survey has needed it. */
export const extras: Partial<Extras> = {};

/** What the first chunk doesn't know of styling: all but the brand's colour and the roundness. */
const DRESSED = /^(ele|but|inp|opt|pro|cardB|high|font|accent|isDark)/;
/** What it doesn't know of questions and endings. */
const RICH = /^((video|image)Url|buttonLink|isColorCodingEnabled)$/;

/** The cards of a survey: of one in the legacy form, once logic is there. */
export function blocksOf(survey: Survey): Survey['blocks'] {
  return extras.blocksOf?.(survey) ?? survey.blocks ?? [];
}

/** A document without blocks has legacy questions to convert. */
export function needsLogic({ blocks }: Pick<Survey, 'blocks'>): boolean {
  return !blocks?.length || blocks.some(({ logic, logicFallback }) => logic?.length || logicFallback);
}

/** Whether a survey asks for more than any answer. */
export function needsRules(survey: Survey): boolean {
  return blocksOf(survey).some(({ elements }) => elements.some(hasRules));
}

/** Whether a survey needs anything richer than words and scores. */
export function needsRich(survey: Survey, settings: Settings | undefined): boolean {
  const { welcomeCard, blocks, questions, endings, workspaceOverwrites = {} } = survey;
  return !!(
    welcomeCard?.enabled ||
    survey.showLanguageSwitch ||
    survey.autoClose ||
    survey.isAutoProgressingEnabled ||
    workspaceOverwrites?.highlightBorderColor ||
    isVeiled(survey, settings) ||
    asks([blocks, questions, endings], RICH) ||
    (settings && asks(stylingOf({ survey, settings }), DRESSED))
  );
}

/** Whether a page is covered while its survey is open. */
export function isVeiled({ workspaceOverwrites }: Survey, settings: Settings | undefined): boolean {
  return /light|dark/.test(`${workspaceOverwrites?.overlay ?? settings?.overlay}`);
}

/** Whether a text anywhere in there may be more than words, or one of these is set. */
function asks(value: unknown, keys: RegExp): boolean {
  if (typeof value === 'string') return /[<&]|#recall:/.test(value);
  return (
    typeof value === 'object' &&
    Object.entries(value ?? {}).some(([key, part]) => (part && keys.test(key)) || asks(part, keys))
  );
}
