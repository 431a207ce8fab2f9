/**
 * Arrow keys, Home and End in a group of radios: focus moves and wraps, mirrored where text runs from right to left,
 * and nothing is picked on the way (a survey may go on by itself once something is). Space and Enter pick; Enter on
 * what is picked goes on like in a text field (survey-model.md 2.5).
 */
export function roveFocus(event: KeyboardEvent): void {
  const { key, target, ctrlKey, metaKey } = event;
  const radio = target as HTMLInputElement;
  const radios = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLInputElement>('[type=radio]')];
  const from = radios.indexOf(radio);
  if (from < 0) return;
  if (key === 'Enter' && !radio.checked && !ctrlKey && !metaKey) {
    event.preventDefault();
    radio.click();
  }
  const step = stepOf(key, radio);
  const to = key === 'Home' ? 0 : key === 'End' ? -1 : step ? (from + step) % radios.length : undefined;
  if (to === undefined) return;
  event.preventDefault();
  radios.at(to)?.focus();
}

/** Which way an arrow key goes: 1 is on, -1 is back, 0 is another key. */
export function stepOf(key: string, at: Element): number {
  const [, way] = /^Arrow(Up|Down|Left|Right)$/.exec(key) ?? [];
  if (!way) return 0;
  const isRtl = getComputedStyle(at).direction === 'rtl';
  return way === 'Down' || way === (isRtl ? 'Left' : 'Right') ? 1 : -1;
}
