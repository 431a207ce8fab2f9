import { vi } from 'vitest';
import type { ActionClass, NoCodeConfig } from '../../src/core/survey/document.ts';

/** A no-code action as an environment carries it. */
export function action(name: string, noCodeConfig: NoCodeConfig): ActionClass {
  return { id: `id-${name}`, name, type: 'noCode', key: null, noCodeConfig };
}

/** Puts the page's scroll position, as if it were `height` px high in a window of 1,000, and tells of it. */
export function scrollTo(top: number, height = 3_000): void {
  vi.stubGlobal('innerHeight', 1_000);
  vi.stubGlobal('scrollY', top);
  Object.defineProperty(document.documentElement, 'scrollHeight', { value: height, configurable: true });
  document.dispatchEvent(new Event('scroll', { bubbles: true }));
}

/** Counts the listeners on the window and the document that are added and not removed again. */
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
