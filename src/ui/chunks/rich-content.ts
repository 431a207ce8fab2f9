/// <reference path="../css.d.ts" />
import { RICH_TEXTS } from '../texts/rich-texts.ts';
import { addTexts } from '../texts/strings.ts';
import css from './rich-content.css?inline';

/** Fetched for surveys with more than plain text, scores and the brand colour (`needsRichContent`). */
export { autoProgresses } from '../../core/survey/auto-progress.ts';
export { applyStyling } from '../features/apply-styling.ts';
export { closeUnused, drawCountdown } from '../features/auto-close.tsx';
export { isPageDark, watchScheme } from '../features/color-scheme.ts';
export { createFill } from '../features/create-fill.ts';
export { drawEndingLink } from '../features/draw-ending-link.tsx';
export { drawLanguages } from '../features/draw-languages.tsx';
export { drawMedia } from '../features/draw-media.tsx';
export { drawText } from '../features/draw-text.tsx';
export { drawWelcome } from '../features/draw-welcome.tsx';
export { toneOf } from '../features/score-tone.ts';
export { watchOutside } from '../features/watch-outside.ts';
export { css };

addTexts(RICH_TEXTS);
