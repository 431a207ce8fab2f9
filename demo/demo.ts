/** Connects the board's buttons to the snippet, and shows its state in the panel below. Uses the public API only. */
import type { ClientState, Inkling } from '../src/entries/npm.ts';

/** How often the panel is refreshed. Only the panel polls: the snippet never does. */
const REFRESH_MS = 500;

const shown = { requests: [] as string[] };

/** The client, once its script has loaded. */
function client(): Inkling | undefined {
  return (window as { inkling?: Inkling }).inkling;
}

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const action = target?.closest('[data-track]')?.getAttribute('data-track');
  const call = target?.closest('[data-call]')?.getAttribute('data-call');
  if (action) void client()?.track(action);
  if (call === 'logout') void client()?.logout();
  if (call === 'forget') void client()?.forget();
});

document.addEventListener('change', (event) => {
  if (!(event.target instanceof HTMLInputElement) || !event.target.checked) return;
  const action = event.target.dataset.trackOnce;
  if (action) void client()?.track(action);
});

document.querySelector<HTMLFormElement>('#identify')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = new FormData(event.currentTarget as HTMLFormElement);
  void client()?.identify(`${fields.get('userId')}`, { plan: `${fields.get('plan')}` });
});

// Every request of this page to the API and for chunks, from the browser's own resource timing.
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries()) {
    const { pathname } = new URL(name);
    if (/\/(api|chunks)\//.test(pathname)) shown.requests.push(pathname);
  }
}).observe({ type: 'resource', buffered: true });

function refresh(): void {
  const inkling = client();
  const state = inkling?.state?.();
  if (inkling && state) {
    showState(state);
    showSurveys(inkling);
  }
  replace(
    '#requests',
    shown.requests.length > 0
      ? shown.requests.map((path) => element('li', element('code', shorten(path))))
      : [element('li', 'None: everything needed was already on this device.')],
  );
}

function showState(state: ClientState): void {
  const rows: [string, string][] = [
    ['User', state.userId ?? 'anonymous'],
    ['Segments', `${state.segments.length}`],
    ['Environment', describeFreshness(state.environmentFreshUntil)],
    ['User state', state.userId === null ? 'not requested' : describeFreshness(state.userFreshUntil)],
    ['Storage', state.isPersistent ? 'IndexedDB' : 'memory only'],
    ['Delayed surveys', `${state.due.length}`],
  ];
  replace(
    '#state',
    rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]),
  );
  const showings = state.showings.map((showing) => {
    const what = showing.finished ? 'finished' : showing.answered ? 'partly answered' : 'shown';
    const where = showing.refused
      ? `refused: ${showing.refused}`
      : showing.delivered
        ? 'delivered'
        : 'waiting for delivery';
    return element('li', element('code', shorten(showing.surveyId)), ` ${what}, ${where}`);
  });
  replace(
    '#showings',
    showings.length > 0 ? showings : [element('li', 'No survey has been shown on this device.')],
  );
}

function showSurveys(inkling: Inkling): void {
  const rows = inkling.explain().map(({ surveyId, show, gates }) => {
    const codes = gates.map(({ code, pass, used }) => {
      const mark = element('span', code);
      mark.className = `gate ${pass ? 'pass' : 'fail'}`;
      mark.title = JSON.stringify(used) ?? '';
      return mark;
    });
    const verdict = element('td', show ? 'yes' : 'no');
    if (show) verdict.className = 'yes';
    return element('tr', element('td', element('code', shorten(surveyId))), verdict, element('td', ...codes));
  });
  replace('#surveys', rows);
}

function describeFreshness(until: number | undefined): string {
  if (until === undefined) return 'not loaded yet';
  const minutes = Math.ceil((until - Date.now()) / 60_000);
  return minutes > 0 ? `fresh for ${minutes} min` : 'expired: refreshed when needed';
}

function shorten(text: string): string {
  return text.length > 48 ? `${text.slice(0, 30)}…${text.slice(-14)}` : text;
}

function element(name: string, ...content: (Node | string)[]): HTMLElement {
  const node = document.createElement(name);
  node.append(...content);
  return node;
}

/** Replaces the content of an element only when it changed, so that selected text stays selected. */
function replace(selector: string, nodes: readonly Node[]): void {
  const place = document.querySelector(selector);
  const next = document.createElement('div');
  next.append(...nodes);
  if (place && place.innerHTML !== next.innerHTML) place.replaceChildren(...next.childNodes);
}

setInterval(refresh, REFRESH_MS);
refresh();
