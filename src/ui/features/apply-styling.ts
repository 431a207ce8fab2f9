import type { StyleColor } from '../../core/survey/document.ts';
import { stylingOf } from '../../core/survey/styling.ts';
import { isBright, readCaretColor } from '../base/color.ts';
import type { StyledSurvey } from '../base/features.ts';

const BUTTON = '.button:not(.plain,.quiet)';
const OPTION = '.row:not(.on)';

/** Selector and property of each styling field (survey-model.md 9). */
const RULES: Readonly<Record<string, readonly [selector: string, property: string]>> = {
  elementHeadlineColor: ['h2', 'color'],
  elementHeadlineFontSize: ['h2', 'font-size'],
  elementHeadlineFontWeight: ['h2', 'font-weight'],
  elementDescriptionColor: ['.sub', 'color'],
  elementDescriptionFontSize: ['.sub', 'font-size'],
  elementDescriptionFontWeight: ['.sub', 'font-weight'],
  elementUpperLabelColor: ['section .note', 'color'],
  elementUpperLabelFontSize: ['section .note', 'font-size'],
  elementUpperLabelFontWeight: ['section .note', 'font-weight'],
  buttonBgColor: [BUTTON, 'background-color'],
  buttonTextColor: [BUTTON, 'color'],
  buttonBorderRadius: ['.button', 'border-radius'],
  buttonHeight: ['.button', 'min-height'],
  buttonFontSize: ['.button', 'font-size'],
  buttonFontWeight: ['.button', 'font-weight'],
  buttonPaddingX: [BUTTON, 'padding-inline'],
  buttonPaddingY: ['.button', 'padding-block'],
  inputBgColor: ['.text', 'background-color'],
  inputBorderColor: ['.text:not(:focus,[aria-invalid=true])', 'border-color'],
  inputTextColor: ['.text', 'color'],
  inputBorderRadius: ['.text', 'border-radius'],
  inputHeight: ['.text', 'min-height'],
  inputFontSize: ['.text', 'font-size'],
  inputPaddingX: ['.text', 'padding-inline'],
  inputPaddingY: ['.text', 'padding-block'],
  inputPlaceholderOpacity: ['::placeholder', 'opacity'],
  inputShadow: ['.text', 'box-shadow'],
  optionBgColor: [OPTION, 'background-color'],
  optionLabelColor: ['.row', 'color'],
  optionBorderColor: [OPTION, 'border-color'],
  optionBorderRadius: ['.row', 'border-radius'],
  optionPaddingX: ['.row', 'padding-inline'],
  optionPaddingY: ['.row', 'padding-block'],
  optionFontSize: ['.row', 'font-size'],
  accentBgColorSelected: ['.row.on', 'background-color'],
  progressTrackHeight: ['.bar:not(.time)', 'height'],
  progressTrackBgColor: ['.bar', 'background-color'],
  progressIndicatorBgColor: ['.bar i', 'background-color'],
  cardBackgroundColor: ['.box', '--bg'],
  cardBorderColor: ['.box', 'border-color'],
  highlightBorderColor: ['.box:not(.inline)', 'border-color'],
  fontFamily: ['.box', 'font-family'],
};
/** Fields whose numbers have no unit; all others are in pixels. */
const UNITLESS = /Weight|Opacity/;

const sheets = new WeakMap<HTMLElement, CSSStyleSheet>();

/**
 * Applies every styling field that `applyTheme` doesn't: values become custom properties, validated first, and rules
 * use those that are set. A value that the browser refuses counts as unset. In dark mode, so does a colour without a
 * dark variant: it was chosen for a light card.
 */
export function applyStyling(box: HTMLElement, view: StyledSurvey, isDark: boolean): void {
  const own = view.survey.workspaceOverwrites?.highlightBorderColor;
  const values: Record<string, unknown> = {
    ...stylingOf(view),
    ...(own && { highlightBorderColor: { light: own } }),
  };
  let text = '';
  const put = (field: string, [selector, property]: readonly [string, string], value: string): void => {
    const checked = property === '--bg' ? 'color' : property;
    if (!CSS.supports(checked, value)) return;
    box.style.setProperty(`--s-${field}`, value);
    text += `${selector}{${property}:var(--s-${field})}`;
  };
  for (const [field, rule] of Object.entries(RULES)) {
    const value = textFrom(field, values[field], isDark);
    if (value === undefined || (/[cC]olor$/.test(field) && !CSS.supports('color', value))) continue;
    put(field, rule, value);
    const isFilled = field === 'buttonBgColor' || field === 'cardBackgroundColor';
    const isPale = isFilled ? isBrightOn(box, value) : undefined;
    if (isPale === undefined) continue;
    // Text on a custom background gets a readable colour, unless its own field is set.
    if (field === 'buttonBgColor') {
      put(`${field}Line`, [BUTTON, 'border-color'], value);
      put(`${field}Text`, [BUTTON, 'color'], isPale ? '#000' : '#fff');
    } else if (!isDark && !isPale) box.classList.add('dark');
  }
  // Phones zoom in on text fields with a smaller font.
  text += '@media (pointer:coarse){.text{font-size:16px}}';
  const root = box.getRootNode() as ShadowRoot;
  const sheet = sheets.get(box) ?? new CSSStyleSheet();
  if (!sheets.has(box)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  sheets.set(box, sheet);
  sheet.replaceSync(text);
}

function textFrom(field: string, value: unknown, isDark: boolean): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'object') {
    const { light, dark } = value as StyleColor;
    const color = isDark ? dark : light;
    return typeof color === 'string' ? color : undefined;
  }
  const text = `${value}`.trim();
  return Number.isFinite(Number(text)) && !UNITLESS.test(field) ? `${text}px` : text;
}

/** Whether a colour in any notation is bright; undefined for one that can't be read. */
function isBrightOn(box: HTMLElement, color: string): boolean | undefined {
  box.style.caretColor = color;
  const rgb = readCaretColor(box);
  box.style.caretColor = '';
  return rgb && isBright(rgb);
}
