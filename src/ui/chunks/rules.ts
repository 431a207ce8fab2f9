import { RULE_TEXTS } from '../texts/rule-texts.ts';
import { addTexts } from '../texts/strings.ts';

/** Fetched for surveys that validate answers beyond `required` (`hasRules`). */
export { tidyAnswer } from '../../core/survey/problems.ts';
export { drawCounter } from '../features/draw-counter.tsx';
export { findBroken } from '../features/find-broken.ts';

addTexts(RULE_TEXTS);
