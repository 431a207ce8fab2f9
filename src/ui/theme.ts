import { stylingOf } from '../core/survey/styling.ts';
import { isBright, luminanceOf, type Rgb, readCaretColor } from './base/color.ts';
import type { SurveyView } from './contract.ts';

/**
 * Applies a survey's colours and roundness to an element that is in the document.
 *
 * Colours are set as custom properties and validated first, never inserted into the text of a rule. A brand colour with
 * too little contrast is mixed with the text colour, so that borders and focus rings reach 3:1.
 */
export function applyTheme(box: HTMLElement, view: SurveyView): void {
  const { features } = view;
  const styling = stylingOf(view);
  const isDark = !!styling.isDarkModeEnabled && !!features.isPageDark?.();
  box.classList.toggle('dark', isDark);

  const { brandColor } = styling;
  const own = view.survey.workspaceOverwrites?.brandColor;
  const brand = own || (isDark && brandColor?.dark) || brandColor?.light;
  const set = (name: string, value: string): void => box.style.setProperty(name, value);
  if (brand && CSS.supports('color', brand)) set('--brand', brand);
  // The style sheet uses the brand colour for the caret, so the browser converts any notation to `rgb()`.
  const rgb = readCaretColor(box);
  if (rgb) {
    set('--on-brand', isBright(rgb) ? '#000' : '#fff');
    set('--share', isVisible(rgb, isDark) ? '100%' : '40%');
  }

  const { roundness } = styling;
  const radius = Number.isFinite(Number(roundness ?? '-')) ? `${Number(roundness)}px` : roundness;
  if (radius && CSS.supports('border-radius', `${radius}`)) set('--round', `${radius}`);
  features.applyStyling?.(box, view, isDark);
}

/** Whether a brand colour has enough contrast with the card for a border or a ring. */
function isVisible(rgb: Rgb, isDark: boolean): boolean {
  const luminance = luminanceOf(rgb);
  return isDark ? luminance > 0.15 : luminance < 0.3;
}
