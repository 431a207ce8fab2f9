import type { CloseReason } from '../../api/close-reason.ts';

/** What a dialog that covers its page leaves for: Escape, and a press beside it if the survey `closes` then. */
export function watchOutside(box: HTMLElement, closes: boolean, leave: (reason: CloseReason) => void): void {
  box.addEventListener('cancel', () => leave('escape'));
  box.addEventListener('mousedown', (event) => {
    if (!closes || isWithin(event, box)) return;
    // The click would take the focus that the closing dialog gives back.
    event.preventDefault();
    leave('outside');
  });
}

function isWithin({ clientX, clientY }: MouseEvent, box: HTMLElement): boolean {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
