import { RULE_TEXTS } from './rule-texts.ts';
import { addTexts } from './strings.ts';

/** What surveys with logic, with rules or in the legacy form need besides; a chunk of its own, since most have neither. */
export { blocksOf } from '../core/survey/convert.ts';
export { runLogic } from '../core/survey/logic.ts';
export { findBroken } from '../core/survey/problems.ts';

addTexts(RULE_TEXTS);
