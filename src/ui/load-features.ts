import { MAX_CARD_CONTROLS } from '../core/limits.ts';
import { countControls } from '../core/survey/count-controls.ts';
import type { Block, Settings, Survey } from '../core/survey/document.ts';
import { isCurrent } from '../core/survey/is-current.ts';
import { stylingOf } from '../core/survey/styling.ts';
import { hasRules } from '../core/survey/validate.ts';
import type { Features, LogicFeature, RichContent, Rules } from './base/features.ts';

/** Styling fields that the first chunk doesn't apply: all but the brand colour and the roundness. */
const STYLED = /^(ele|but|inp|opt|pro|cardB|high|font|accent|isDark)/;
/** Fields of questions and endings that it doesn't draw. */
const RICH = /^((video|image)Url|buttonLink|isColorCodingEnabled)$/;

/**
 * Fetches the chunks that a survey needs for logic, rules and rich content. Rejects when one can't be fetched: without
 * it texts would show their markup, or cards would follow each other in the wrong order.
 */
export async function loadFeatures(survey: Survey, settings: Settings | undefined): Promise<Features> {
  const features: Features = {};
  const add = (chunk: RichContent | LogicFeature | Rules): unknown => Object.assign(features, chunk);
  if (needsRichContent(survey, settings)) add(await import('./chunks/rich-content.ts'));
  if (needsLogic(survey)) add(await import('./chunks/logic.ts'));
  const elements = blocksOf(survey, features).flatMap((block) => block.elements);
  if (elements.some(hasRules)) add(await (await import('./chunks/rules.ts')).loadRules(elements));
  return features;
}

/**
 * A document as the renderer reads it: one of a former year is converted. Rejects with the reason when its meaning isn't
 * plain.
 */
export async function toCurrent(survey: Survey): Promise<Survey> {
  if (isCurrent(survey)) return survey;
  const renewed = (await import('./chunks/older-documents.ts')).renewOlder({ ...survey });
  if (typeof renewed === 'string') throw unable(renewed);
  return renewed;
}

/** The error for a document that can't be drawn. */
export function unable(reason: string): Error {
  return new Error(`it holds what this version cannot draw: ${reason}`);
}

/** Whether a card is too large to be drawn in the visitor's page without holding it up. */
export function isTooLarge({ elements }: Pick<Block, 'elements'>): boolean {
  return elements.map(countControls).reduce((sum, count) => sum + count, 0) > MAX_CARD_CONTROLS;
}

/** The cards of a survey; those of legacy questions once `features` has the logic. */
export function blocksOf(survey: Survey, features: Features): Survey['blocks'] {
  return features.blocksOf?.(survey) ?? survey.blocks ?? [];
}

/** Whether a survey has logic, or no blocks: then it has legacy questions to convert. */
function needsLogic({ blocks }: Pick<Survey, 'blocks'>): boolean {
  return !blocks?.length || blocks.some(({ logic, logicFallback }) => logic?.length || logicFallback);
}

/** Whether a survey needs anything richer than plain text and scores. */
function needsRichContent(survey: Survey, settings: Settings | undefined): boolean {
  const { welcomeCard, blocks, questions, endings, workspaceOverwrites = {} } = survey;
  return !!(
    welcomeCard?.enabled ||
    survey.showLanguageSwitch ||
    survey.autoClose ||
    survey.isAutoProgressingEnabled ||
    workspaceOverwrites?.highlightBorderColor ||
    hasOverlay(survey, settings) ||
    isRich([blocks, questions, endings], RICH) ||
    (settings && isRich(stylingOf({ survey, settings }), STYLED))
  );
}

/** Whether the page is covered while the survey is open. */
export function hasOverlay({ workspaceOverwrites }: Survey, settings: Settings | undefined): boolean {
  return /light|dark/.test(`${workspaceOverwrites?.overlay ?? settings?.overlay}`);
}

/** Whether a value holds, at any depth, a text with markup or recall tokens, or one of these keys with a value. Logic may contain itself. */
function isRich(value: unknown, keys: RegExp): boolean {
  if (typeof value === 'string') return /[<&]|#recall:/.test(value);
  return (
    typeof value === 'object' &&
    Object.entries(value ?? {}).some(
      ([key, part]) => key !== 'logic' && ((part && keys.test(key)) || isRich(part, keys)),
    )
  );
}
