import { vi } from 'vitest';
import type { ActionClass, NoCodeConfig } from '../../src/core/survey/document.ts';

/** A no-code action as in the environment's reply. */
export function action(name: string, noCodeConfig: NoCodeConfig): ActionClass {
  return { id: `id-${name}`, name, type: 'noCode', key: null, noCodeConfig };
}

/** Sets the scroll position of a page `height` px high in a window of 1,000, and dispatches `scroll`. */
export function scrollTo(top: number, height = 3_000): void {
  vi.stubGlobal('innerHeight', 1_000);
  vi.stubGlobal('scrollY', top);
  Object.defineProperty(document.documentElement, 'scrollHeight', { value: height, configurable: true });
  document.dispatchEvent(new Event('scroll', { bubbles: true }));
}

/** Counts listeners on window and document that were added and not removed. */
export function countListeners(): { readonly left: () => number; readonly passive: () => boolean } {
  const kept: unknown[][] = [];
  let isPassive = true;
  for (const target of [window, document] as EventTarget[]) {
    const { addEventListener, removeEventListener } = target;
    vi.spyOn(target, 'addEventListener').mockImplementation((name, handler, options) => {
      kept.push([name, handler, isCapture(options)]);
      isPassive &&= typeof options === 'object' && options.passive === true;
      addEventListener.call(target, name, handler, options);
    });
    vi.spyOn(target, 'removeEventListener').mockImplementation((name, handler, options) => {
      const index = kept.findIndex(([n, h, c]) => n === name && h === handler && c === isCapture(options));
      if (index >= 0) kept.splice(index, 1);
      removeEventListener.call(target, name, handler, options);
    });
  }
  return { left: () => kept.length, passive: () => isPassive };
}

function isCapture(options: boolean | EventListenerOptions | undefined): boolean {
  return typeof options === 'object' ? options.capture === true : options === true;
}
