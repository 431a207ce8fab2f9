/// <reference path="../ui/css.d.ts" />

import type { EventName } from '../api/events.ts';
import type { Explanation, Inkling } from '../api/types.ts';
import type { Gate } from '../core/targeting/gates.ts';
import { advise } from './advice.ts';
import { ago, describeGate, text } from './describe.ts';
import css from './panel.css?inline';

/** Where the client belongs, for words about what is wrong. */
export interface DebugPlace {
  readonly environmentId: string;
  readonly appUrl: string;
}

/** One line of the log. */
interface Line {
  readonly at: number;
  readonly name: EventName;
  readonly facts: Readonly<Record<string, unknown>>;
}

const EVENTS: readonly EventName[] = [
  'ready',
  'identified',
  'action',
  'survey-shown',
  'survey-answered',
  'survey-finished',
  'survey-closed',
  'delivered',
  'error',
];
/** What visitors do that may change an answer without an event of ours. */
const SIGNS = ['click', 'keyup', 'scroll', 'visibilitychange', 'popstate', 'hashchange', 'pageshow'];
/** Corners in the order they are tried; a survey is in the opposite one by default. */
const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];
const LINES = 100;
/** What these hold needs no name beside it. */
const SPEAKING = ['surveyId', 'action', 'userId', 'reason', 'code', 'message'];
/** A decision follows its event: locks, scripts and the end of typing take up to this long, ms. */
const AFTER_MS = 1_200;

/**
 * Opens the debug panel: every survey's gates, what the client goes by, showings and a log of events, as they are now.
 *
 * It only reads: it opens, marks, sends and stores nothing and takes no focus, so that what happens with it is what
 * happens without it. Returns its removal.
 */
export function openDebugPanel(inkling: Inkling, place: DebugPlace): () => void {
  const host = document.createElement('inkling-debug');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const log: Line[] = [];
  let timers: ReturnType<typeof setTimeout>[] = [];
  let isFolded = false;

  const fold = make('button', { 'aria-expanded': 'true' }, 'Fold');
  const copy = make('button', {}, 'Copy report');
  const shut = make('button', { 'aria-label': 'Close the debug panel' }, '✕');
  const title = make('h2', {}, 'Inkling ', make('small', {}, inkling.version));
  const body = make('div', { class: 'body' });
  const panel = make('section', { 'aria-label': 'Inkling debug panel' });
  panel.append(make('header', {}, title, copy, fold, shut), body);
  root.append(panel);

  const setFolded = (isNow: boolean): void => {
    isFolded = isNow;
    panel.classList.toggle('folded', isNow);
    fold.textContent = isNow ? 'Unfold' : 'Fold';
    fold.setAttribute('aria-expanded', `${!isNow}`);
  };

  const draw = (): void => {
    const focused = root.activeElement?.closest('details')?.id;
    const { scrollTop } = body;
    const unfolded = [...body.querySelectorAll('details[open]')].map(({ id }) => id);
    body.replaceChildren(...content(inkling, place, log));
    for (const details of body.querySelectorAll('details')) {
      details.open = unfolded.includes(details.id);
      if (details.id === focused) details.querySelector('summary')?.focus({ preventScroll: true });
    }
    body.scrollTop = scrollTop;
    makeRoom(panel, setFolded);
  };
  const refresh = (): void => {
    timers.forEach(clearTimeout);
    timers = [0, AFTER_MS].map((ms) => setTimeout(draw, ms));
  };

  const offs = EVENTS.map((name) =>
    inkling.on(name, ({ at, ...facts }) => {
      log.unshift({ at, name, facts: { ...facts } });
      log.length = Math.min(log.length, LINES);
      refresh();
    }),
  );
  // In the bubble phase: the page's own handlers, and what they tell the client, come first.
  for (const sign of SIGNS) addEventListener(sign, refresh, { passive: true });
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener('currententrychange', refresh);

  const close = (): void => {
    for (const off of offs) off();
    for (const sign of SIGNS) removeEventListener(sign, refresh);
    navigation?.removeEventListener('currententrychange', refresh);
    timers.forEach(clearTimeout);
    host.remove();
  };

  shut.addEventListener('click', close);
  fold.addEventListener('click', () => setFolded(!isFolded));
  copy.addEventListener('click', async () => {
    const report = reportOf(inkling, log);
    try {
      await navigator.clipboard.writeText(report);
      copy.textContent = 'Copied';
    } catch {
      // No clipboard here: by hand, then.
      body.prepend(make('pre', { tabindex: '0', 'aria-label': 'The report' }, report));
      body.scrollTop = 0;
      copy.textContent = 'Copy it below';
    }
  });

  // Beside the body: pages replace that.
  document.documentElement.append(host);
  draw();
  void inkling.ready.then(refresh);
  return close;
}

/** Everything below the header. */
function content(inkling: Inkling, place: DebugPlace, log: readonly Line[]): readonly HTMLElement[] {
  const now = Date.now();
  const explanations = inkling.explain();
  const surveys = explanations.filter(({ surveyId }) => surveyId !== '');
  const problem = explanations.find((one) => one.problem)?.problem;
  const held = explanations.find(({ surveyId, gates }) => surveyId === '' && gates.length > 0);
  return [
    ...(problem
      ? [make('p', { class: 'problem' }, advise(problem.code, { detail: problem.message, ...place }))]
      : []),
    ...(held
      ? [
          make(
            'p',
            { class: 'problem' },
            `Nothing is stored or sent: consent is ${text(held.gates[0]?.used)}.`,
          ),
        ]
      : []),
    heading('Surveys', surveys.length),
    ...(surveys.length > 0
      ? surveys.map((survey) => surveyRow(survey, now, survey.surveyId === onScreen(log)))
      : [make('p', { class: 'none' }, 'No survey is known yet.')]),
    heading('State'),
    stateList(inkling, now),
    heading('Shown on this device', inkling.state()?.showings.length ?? 0),
    ...showingRows(inkling, now),
    heading('Log', log.length),
    ...(log.length > 0
      ? log.map(logRow)
      : [make('p', { class: 'none' }, 'Nothing has happened since the panel opened.')]),
    make('p', { class: 'last' }),
  ];
}

function surveyRow(
  { surveyId, show, language, gates }: Explanation,
  now: number,
  isOpen: boolean,
): HTMLElement {
  const failing = gates.filter(({ pass }) => !pass);
  const [first] = failing;
  const word = isOpen ? 'on screen' : show ? 'may open' : (first?.code ?? '');
  const verdict = make('span', { class: `verdict ${show || isOpen ? 'good' : 'bad'}` }, word);
  const why = first ? describeGate(first, now) : `every gate passes${language ? ` · in ${language}` : ''}`;
  const summary = make(
    'summary',
    {},
    make('code', {}, surveyId),
    verdict,
    make('span', { class: 'why' }, why),
  );
  const all = [...failing, ...gates.filter(({ pass }) => pass)];
  return make(
    'details',
    { id: `survey-${surveyId}` },
    summary,
    make('dl', {}, ...all.flatMap((gate) => gateRow(gate, now))),
  );
}

function gateRow(gate: Gate, now: number): readonly HTMLElement[] {
  const { code, pass } = gate;
  return [
    make('dt', { class: pass ? 'good' : 'bad' }, `${pass ? '✓' : '✗'} ${code}`),
    make('dd', {}, describeGate(gate, now)),
  ];
}

function stateList(inkling: Inkling, now: number): HTMLElement {
  const state = inkling.state();
  if (!state) return make('p', { class: 'none' }, 'setup has not started anything.');
  const fresh = (until: number | undefined): string =>
    until === undefined
      ? 'not asked yet'
      : until > now
        ? `asked again ${ago(until, now)}`
        : 'due to be asked again';
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['environment', `${state.environmentId} · ${fresh(state.environmentFreshUntil)}`],
    ['person', state.userId ? `${state.userId} · ${fresh(state.userFreshUntil)}` : 'nobody'],
    ['segments', state.segments.join(', ') || 'none'],
    ['language', state.language ?? 'the survey’s own'],
    ['storage', state.isPersistent ? 'IndexedDB' : 'this page only'],
    ...state.due.map(({ surveyId, dueAt }) => ['delayed', `${surveyId}, due ${ago(dueAt, now)}`] as const),
  ];
  return make('dl', {}, ...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

function showingRows(inkling: Inkling, now: number): readonly HTMLElement[] {
  const showings = [...(inkling.state()?.showings ?? [])].reverse();
  if (showings.length === 0) return [make('p', { class: 'none' }, 'None.')];
  return showings
    .slice(0, LINES)
    .map(({ surveyId, who, shownAt, answered, finished, delivered, refused }) => {
      const got = finished ? 'finished' : answered ? 'partly answered' : 'shown only';
      const [word, look] = refused
        ? [`refused: ${refused}`, 'bad']
        : delivered
          ? ['delivered', 'good']
          : ['waiting', 'bad'];
      return make(
        'p',
        { class: 'row' },
        make('time', {}, ago(shownAt, now)),
        make('code', {}, surveyId),
        ` ${got}, ${who ?? 'nobody'} · `,
        make('span', { class: look }, word),
      );
    });
}

function logRow({ at, name, facts }: Line): HTMLElement {
  const when = new Date(at).toTimeString().slice(0, 8);
  return make('p', { class: 'row' }, make('time', {}, when), make('code', {}, name), ` ${factsOf(facts)}`);
}

function heading(name: string, count?: number): HTMLElement {
  return make('h3', {}, count === undefined ? name : `${name} (${count})`);
}

/** Ids of responses are in the report; here they would be most of what there is to read. */
function factsOf(facts: Line['facts']): string {
  return Object.entries(facts)
    .filter(([key]) => key !== 'responseId')
    .map(([key, value]) => (SPEAKING.includes(key) ? text(value) : `${key} ${text(value)}`))
    .join(' · ');
}

/** The survey that has come and not yet gone, as far as the panel was there. */
function onScreen(log: readonly Line[]): unknown {
  const last = log.find(({ name }) => name === 'survey-shown' || name === 'survey-closed');
  return last?.name === 'survey-shown' ? last.facts.surveyId : undefined;
}

/** What a developer sends to another: as it is, for machines too. */
function reportOf(inkling: Inkling, log: readonly Line[]): string {
  const { version } = inkling;
  const page = location.origin + location.pathname;
  const now = new Date().toISOString();
  return JSON.stringify(
    { version, page, now, state: inkling.state(), surveys: inkling.explain(), log },
    null,
    2,
  );
}

/** Goes to a corner where no survey is; folds where there is no such corner. */
function makeRoom(panel: HTMLElement, setFolded: (isFolded: boolean) => void): void {
  const survey = document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]');
  const isFree = (corner: string): boolean => {
    panel.className = `panel ${corner}${panel.classList.contains('folded') ? ' folded' : ''}`;
    return !survey || !doOverlap(panel.getBoundingClientRect(), survey.getBoundingClientRect());
  };
  const stay = CORNERS.filter((corner) => panel.classList.contains(corner));
  if ([...stay, ...CORNERS].some(isFree)) return;
  setFolded(true);
  CORNERS.some(isFree);
}

function doOverlap(one: DOMRect, other: DOMRect): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** An element with attributes and children; texts stay texts. */
function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
