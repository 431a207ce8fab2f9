/**
 * The chunk that is fetched when a survey is due: everything from the lock to the last card. The core checks
 * `contract`: after a deploy an older core may be given a newer chunk (design.md 4).
 */
export { openSurvey } from './opening.ts';

/** Which arguments `openSurvey` takes. Raised when a core of another number could not call it. */
export const contract = 1;
