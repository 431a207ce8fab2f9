/// <reference path="./css.d.ts" />
import { render } from 'preact';
import type { CloseReason } from '../api/close-reason.ts';
import type { Survey } from '../core/survey/document.ts';
import { announceAfterPause } from './base/announce-after-pause.ts';
import css from './card.css?inline';
import type { SurveyView } from './contract.ts';
import { createBox } from './create-box.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { greetingOf } from './greeting.ts';
import { hasOverlay } from './load-features.ts';
import { fieldStyles, loadField, watchFields } from './load-fields.ts';
import { stayInView } from './stay-in-view.ts';
import { stayOnPage } from './stay-on-page.ts';
import { createAdopter } from './style-sheets.ts';
import { applyTheme } from './theme.ts';

/** A screen reader must know the status region before it is filled, so the text comes a moment later. */
const ANNOUNCE_MS = 100;
/**
 * Events of a survey that stay in it. A page that hears them on the document would run its shortcuts, scroll itself
 * instead of the card, take the pointer or the focus away, or refuse a paste.
 */
const OWN_EVENTS = `keydown keyup keypress beforeinput input compositionstart compositionupdate compositionend
  copy cut paste dragenter dragover dragleave drop selectstart contextmenu mousedown mouseup
  pointerdown pointerup touchstart touchmove touchend touchcancel wheel focusin focusout`.split(/\s+/);

/** A card in the page, with its style sheets. */
export interface Mounted {
  /** Does the next part of the work that is due before it can be seen. False when nothing is left. */
  readonly step: () => boolean;
  /** Does the work that is left, and makes it visible. */
  readonly show: () => void;
  readonly unmount: () => void;
}

/** Mounts the dialog of a survey in the host's shadow root, and keeps it there. */
export function mount(view: SurveyView, leave: (reason: CloseReason) => void): Mounted {
  const { host, survey, settings, isInline, features } = view;
  const root = host.shadowRoot as ShadowRoot;
  const adopt = createAdopter(root);
  const isModal = !isInline && hasOverlay(survey, settings);
  const box = createBox(view, isModal);
  root.append(box);

  const onOwn = (event: Event): void => {
    event.stopPropagation();
    const isEscape = (event as KeyboardEvent).key === 'Escape';
    if (event.type === 'keydown' && isEscape && !isInline) leave('escape');
  };
  for (const type of OWN_EVENTS) host.addEventListener(type, onOwn, { passive: true });

  let former: Element | null = null;
  box.addEventListener('focusin', ({ relatedTarget }) => {
    if (relatedTarget instanceof Element && !root.contains(relatedTarget)) former = relatedTarget;
  });

  const adoptAll = (): void => adopt([css, features.css ?? '', ...fieldStyles()]);
  // While the box is empty: the theme reads a computed style.
  adoptAll();
  applyTheme(box, view);
  let isDrawn = false;
  const redraw = (): void => {
    isDrawn = true;
    adoptAll();
    render(<ErrorBoundary view={view} box={box} leave={leave} />, box);
  };
  const releases: ((() => void) | undefined)[] = [watchFields(redraw)];

  const open = (): void => {
    if (isModal) (box as HTMLDialogElement).showModal();
    else if (box.popover) box.showPopover();
  };
  let isShown = false;
  /** Once the page has taken the host away and got it back: not as if it appeared now. */
  const openAgain = (): void => {
    box.removeAttribute('open');
    if (isShown) box.style.animation = 'none';
    if (isShown || !isModal) open();
  };
  releases.push(stayOnPage(host, openAgain, () => leave('destroyed')));
  /** A modal one would take the page's focus before it is seen. */
  const isEarly = !isModal && !isInline;
  const todo: (() => unknown)[] = [
    () => {
      box.hidden = false;
      if (!isEarly) return;
      // Laid out, but out of reach of eyes, pointers and screen readers. The animation runs once it is visible.
      box.style.visibility = 'hidden';
      box.style.animation = 'none';
      // The first words in a card's fonts take as long to lay out as the rest of it.
      if (isDrawn) return;
      const word = document.createElement('h2');
      word.textContent = 'a';
      box.append(word, 'a');
      void box.offsetHeight;
      box.textContent = '';
    },
    () => isDrawn || redraw(),
    () => isEarly && box.offsetHeight,
    () => {
      // The top layer: above everything, whatever the page's z-indexes.
      if (isEarly && typeof box.showPopover === 'function') box.popover = 'manual';
      if (isEarly) open();
    },
  ];
  const step = (): boolean => {
    todo.shift()?.();
    return todo.length > 0;
  };
  const show = (): void => {
    while (step());
    const closesOutside = survey.workspaceOverwrites?.clickOutsideClose ?? settings.clickOutsideClose;
    if (isModal) features.watchOutside?.(box, closesOutside, leave);
    // Throws on a page that has removed the host already: listeners that outlive the host are added after it.
    if (isModal || !host.isConnected) open();
    isShown = true;
    box.style.visibility = '';
    box.style.animation = '';
    releases.push(
      features.watchScheme?.(() => applyTheme(box, view)),
      stayInView(box),
    );
    if (!isInline) announceAfterPause(root.querySelector('[role=status]'), greetingOf(view), ANNOUNCE_MS);
    void loadRest(survey.blocks);
  };

  const unmount = (): void => {
    for (const release of releases) release?.();
    for (const type of OWN_EVENTS) host.removeEventListener(type, onOwn);
    const hadFocus = root.activeElement !== null;
    render(null, box);
    // Closing a modal dialog gives focus back by itself.
    if (isModal) (box as HTMLDialogElement).close();
    box.remove();
    if (hadFocus && former instanceof HTMLElement) former.focus({ preventScroll: true });
  };
  return { step, show, unmount };
}

/** Loads the fields of all cards in their order, while the visitor reads the first. */
async function loadRest(blocks: Survey['blocks']): Promise<void> {
  for (const { elements } of blocks) for (const element of elements) await loadField(element);
}
