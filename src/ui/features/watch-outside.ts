import type { CloseReason } from '../../api/close-reason.ts';

/** Closes a modal dialog on Escape, and on a press outside of it when `closes` is set. */
export function watchOutside(box: HTMLElement, closes: boolean, leave: (reason: CloseReason) => void): void {
  box.addEventListener('cancel', () => leave('escape'));
  box.addEventListener('mousedown', (event) => {
    if (!closes || isWithin(event, box)) return;
    // The click would take away the focus that the closing dialog returns to the page.
    event.preventDefault();
    leave('outside');
  });
}

function isWithin({ clientX, clientY }: MouseEvent, box: HTMLElement): boolean {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
