/**
 * Handles the arrow keys, Home and End in a group of radios: focus moves and wraps, mirrored in right-to-left text, and
 * selects nothing on the way, since a selection may submit the card. Space and Enter select; Enter on the selected radio
 * submits the card like in a text field (survey-model.md 2.5).
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

/** Direction of an arrow key: 1 is forward, -1 is back, 0 is another key. */
export function stepOf(key: string, at: Element): number {
  const [, way] = /^Arrow(Up|Down|Left|Right)$/.exec(key) ?? [];
  if (!way) return 0;
  const isRtl = getComputedStyle(at).direction === 'rtl';
  return way === 'Down' || way === (isRtl ? 'Left' : 'Right') ? 1 : -1;
}
