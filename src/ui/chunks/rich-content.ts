/// <reference path="../css.d.ts" />
import { RICH_TEXTS } from '../texts/rich-texts.ts';
import { addTexts } from '../texts/strings.ts';
import css from './rich-content.css?inline';

/** Fetched for surveys with more than plain text, scores and the brand colour (`needsRichContent`). */
export { goesOnByItself } from '../../core/survey/auto-progress.ts';
export { applyStyling } from '../features/apply-styling.ts';
export { Countdown, waitForUse } from '../features/auto-close.tsx';
export { isPageDark, watchScheme } from '../features/color-scheme.ts';
export { drawText } from '../features/draw-text.tsx';
export { EndingLink } from '../features/EndingLink.tsx';
export { fillFrom } from '../features/fill-recall.ts';
export { LanguageSwitch } from '../features/LanguageSwitch.tsx';
export { Media } from '../features/Media.tsx';
export { toneOf } from '../features/score-tone.ts';
export { Welcome } from '../features/Welcome.tsx';
export { watchOutside } from '../features/watch-outside.ts';
export { css };

addTexts(RICH_TEXTS);
