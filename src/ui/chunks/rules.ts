import type { SurveyElement } from '../../core/survey/document.ts';
import { tidyAnswer } from '../../core/survey/problems.ts';
import type { Rules } from '../base/features.ts';
import { drawCounter } from '../features/draw-counter.tsx';
import { createFindBroken } from '../features/find-broken.ts';
import { RULE_TEXTS } from '../texts/rule-texts.ts';
import { addTexts } from '../texts/strings.ts';

addTexts(RULE_TEXTS);

/**
 * Fetched for surveys that validate answers beyond `required` (`hasRules`). Fetches the matcher of regular expressions
 * where these elements have any.
 */
export async function loadRules(elements: readonly SurveyElement[]): Promise<Rules> {
  const match = elements.some(hasPattern)
    ? (await import('../../core/pattern.ts')).createPatternMatcher()
    : undefined;
  return { findBroken: createFindBroken(match), tidyAnswer, drawCounter };
}

/** Whether an element has a rule with a pattern; the rules of a document from elsewhere may have any shape. */
function hasPattern(element: SurveyElement): boolean {
  const rules = 'validation' in element && element.validation?.rules;
  return Array.isArray(rules) && rules.some((rule) => rule?.type === 'pattern');
}
