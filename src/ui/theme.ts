import { stylingOf } from '../core/survey/styling.ts';
import type { SurveyView } from './contract.ts';
import { extras } from './extras.ts';

type Rgb = readonly [number, number, number];

/** Black and white give one of the two at least 4.5:1 on any colour; they part here. */
const BRIGHT = 0.179;

/**
 * Puts the survey's colours and roundness on an element that is in the document.
 *
 * Colours reach the page as custom properties that were checked first, never as text of a rule. A brand colour too
 * faint for its background is mixed with the text colour, so that borders and rings reach 3:1.
 */
export function applyTheme(box: HTMLElement, view: SurveyView): void {
  const styling = stylingOf(view);
  const isDark = !!styling.isDarkModeEnabled && !!extras.isPageDark?.();
  box.classList.toggle('dark', isDark);

  const { brandColor } = styling;
  const own = view.survey.workspaceOverwrites?.brandColor;
  const brand = own || (isDark && brandColor?.dark) || brandColor?.light;
  const set = (name: string, value: string): void => box.style.setProperty(name, value);
  if (brand && CSS.supports('color', brand)) set('--brand', brand);
  // The sheet uses the brand as caret colour, so the browser parses whatever notation it has.
  const rgb = readRgb(getComputedStyle(box).caretColor);
  if (rgb) {
    set('--on-brand', luminanceOf(rgb) > BRIGHT ? '#000' : '#fff');
    set('--share', isVisible(rgb, isDark) ? '100%' : '40%');
  }

  const { roundness } = styling;
  const radius = Number.isFinite(Number(roundness ?? '-')) ? `${Number(roundness)}px` : roundness;
  if (radius && CSS.supports('border-radius', `${radius}`)) set('--round', `${radius}`);
  extras.dress?.(box, view, isDark);
}

/** Enough contrast with the card for a border or a ring. */
function isVisible(rgb: Rgb, isDark: boolean): boolean {
  const luminance = luminanceOf(rgb);
  return isDark ? luminance > 0.15 : luminance < 0.3;
}

function readRgb(color: string): Rgb | undefined {
  const [red, green, blue] = /^rgb/.test(color) ? (color.match(/[\d.]+/g) ?? []).map(Number) : [];
  return blue === undefined ? undefined : [red ?? 0, green ?? 0, blue];
}

/** Whether black reads better on a colour than white; undefined for one that can't be read. */
export function isBright(box: HTMLElement, color: string): boolean | undefined {
  box.style.caretColor = color;
  const rgb = readRgb(getComputedStyle(box).caretColor);
  box.style.caretColor = '';
  return rgb && luminanceOf(rgb) > BRIGHT;
}

/** Relative luminance, with the plain 2.2 curve instead of the exact one: the same to two digits. */
function luminanceOf([red, green, blue]: Rgb): number {
  const linear = (channel: number): number => (channel / 255) ** 2.2;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
