/** Fetched for surveys with logic or with legacy questions (`needsLogic`). */

export { leaveCircle } from '../../core/survey/circle.ts';
export { blocksOf } from '../../core/survey/convert.ts';
export { runLogic } from '../../core/survey/logic.ts';
