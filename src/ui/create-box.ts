import { directionOf } from '../core/survey/text.ts';
import type { SurveyView } from './contract.ts';

/**
 * Creates the dialog of a survey, hidden unless it is inline.
 *
 * A modal one is a `<dialog>`. As a popover that would take the page's focus; a `<div>` leaves it alone.
 */
export function createBox(view: SurveyView, isModal: boolean): HTMLElement {
  const { survey, settings, language, locale, isInline } = view;
  const { placement, overlay } = survey.workspaceOverwrites ?? {};
  const box = document.createElement(isModal ? 'dialog' : 'div');
  // Nothing in it is laid out before its styles are there.
  box.hidden = !isInline;
  box.className = `box ${isInline ? 'inline' : (placement ?? settings.placement ?? 'bottomRight')} veil-${overlay ?? settings.overlay}`;
  box.tabIndex = -1;
  box.dir = directionOf(survey, language, locale);
  if (locale) box.lang = locale;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-labelledby', 'q0');
  return box;
}
