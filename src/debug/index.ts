/// <reference path="../ui/css.d.ts" />

import type { Inkling } from '../api/types.ts';
import { content, type DebugPlace } from './content.ts';
import { makeRoom } from './corner.ts';
import { type Line, logEvents, reportOf } from './log.ts';
import { make } from './make.ts';
import css from './panel.css?inline';

/** Events of the page after which a gate may decide otherwise, without an event of the client. */
const SIGNS = ['click', 'keyup', 'scroll', 'visibilitychange', 'popstate', 'hashchange', 'pageshow'];
/** A decision follows its event: locks, scripts and the end of typing take up to this long, ms. */
const AFTER_MS = 1_200;

/**
 * Opens the debug panel: every survey's gates, the client's state, showings and a log of events, as they are now.
 *
 * It only reads: it opens, marks, sends and stores nothing and takes no focus, so that the page behaves as without it.
 * Returns the function that removes it.
 */
export function openDebugPanel(inkling: Inkling, place: DebugPlace): () => void {
  const { host, panel, body, fold, copy, shut } = makePanel(inkling.version);
  const log: Line[] = [];
  const setFolded = (isFolded: boolean): void => {
    panel.classList.toggle('folded', isFolded);
    fold.textContent = isFolded ? 'Unfold' : 'Fold';
    fold.setAttribute('aria-expanded', `${!isFolded}`);
  };
  const draw = (): void => {
    replaceContent(body, content(inkling, place, log));
    makeRoom(panel, setFolded);
  };
  const stopWatching = watchPage(inkling, log, draw);
  const close = (): void => {
    stopWatching();
    host.remove();
  };

  shut.addEventListener('click', close);
  fold.addEventListener('click', () => setFolded(!panel.classList.contains('folded')));
  copy.addEventListener('click', async () => {
    copy.textContent = await copyReport(reportOf(inkling, log), body);
  });
  // Beside the body: pages replace that.
  document.documentElement.append(host);
  draw();
  return close;
}

/** Makes the empty panel in a shadow root of its own. */
function makePanel(version: string) {
  const host = document.createElement('inkling-debug');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const fold = make('button', { 'aria-expanded': 'true' }, 'Fold');
  const copy = make('button', {}, 'Copy report');
  const shut = make('button', { 'aria-label': 'Close the debug panel' }, '✕');
  const title = make('h2', {}, 'Inkling ', make('small', {}, version));
  const body = make('div', { class: 'body' });
  const panel = make('section', { 'aria-label': 'Inkling debug panel' });
  panel.append(make('header', {}, title, copy, fold, shut), body);
  root.append(panel);
  return { host, panel, body, fold, copy, shut };
}

/** Replaces the panel's content; what was unfolded, focused and scrolled stays so. */
function replaceContent(body: HTMLElement, children: readonly HTMLElement[]): void {
  const focused = (body.getRootNode() as ShadowRoot).activeElement?.closest('details')?.id;
  const { scrollTop } = body;
  const unfolded = [...body.querySelectorAll('details[open]')].map(({ id }) => id);
  body.replaceChildren(...children);
  for (const details of body.querySelectorAll('details')) {
    details.open = unfolded.includes(details.id);
    if (details.id === focused) details.querySelector('summary')?.focus({ preventScroll: true });
  }
  body.scrollTop = scrollTop;
}

/** Draws after everything that may change what the panel shows, at once and a moment later. Returns an unsubscribe function. */
function watchPage(inkling: Inkling, log: Line[], draw: () => void): () => void {
  let timers: ReturnType<typeof setTimeout>[] = [];
  const refresh = (): void => {
    timers.forEach(clearTimeout);
    timers = [0, AFTER_MS].map((ms) => setTimeout(draw, ms));
  };
  const stopLogging = logEvents(inkling, log, refresh);
  const watch = new AbortController();
  const options = { passive: true, signal: watch.signal };
  // In the bubble phase: the page's own handlers, and the calls they make on the client, come first.
  for (const sign of SIGNS) addEventListener(sign, refresh, options);
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener('currententrychange', refresh, options);
  void inkling.ready.then(refresh);
  return () => {
    stopLogging();
    watch.abort();
    timers.forEach(clearTimeout);
  };
}

/** Copies the report; where there is no clipboard it is shown, to be copied by hand. Returns the button's new label. */
async function copyReport(report: string, body: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(report);
    return 'Copied';
  } catch {
    body.prepend(make('pre', { tabindex: '0', 'aria-label': 'The report' }, report));
    body.scrollTop = 0;
    return 'Copy it below';
  }
}
