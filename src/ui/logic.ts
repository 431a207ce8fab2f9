/** What surveys with logic or in the legacy form need besides; a chunk of its own, since most have neither. */
export { blocksOf } from '../core/survey/convert.ts';
export { runLogic } from '../core/survey/logic.ts';
