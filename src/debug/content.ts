import type { Explanation, Inkling } from '../api/types.ts';
import type { Gate } from '../core/targeting/gates.ts';
import { advise } from './advice.ts';
import { ago, describeGate, text } from './describe.ts';
import { LINES, type Line, onScreen } from './log.ts';
import { make } from './make.ts';

/** Facts whose value is clear without their name. */
const SPEAKING = ['surveyId', 'action', 'userId', 'reason', 'code', 'message'];

/** The environment and server of the client, for advice on what is wrong. */
export interface DebugPlace {
  readonly environmentId: string;
  readonly appUrl: string;
}

/** Draws everything below the header. */
export function content(inkling: Inkling, place: DebugPlace, log: readonly Line[]): readonly HTMLElement[] {
  const now = Date.now();
  const explanations = inkling.explain();
  const surveys = explanations.filter(({ surveyId }) => surveyId !== '');
  return [
    ...problemLines(explanations, place),
    heading('Surveys', surveys.length),
    ...orNone(
      surveys.map((survey) => surveyRow(survey, now, survey.surveyId === onScreen(log))),
      'No survey is known yet.',
    ),
    heading('State'),
    stateList(inkling, now),
    heading('Shown on this device', inkling.state()?.showings.length ?? 0),
    ...orNone(showingRows(inkling, now), 'None.'),
    heading('Log', log.length),
    ...orNone(log.map(logRow), 'Nothing has happened since the panel opened.'),
    line('last'),
  ];
}

/** Why nothing works, as far as that is known: the problem at hand with its fix, and a consent that is missing. */
function problemLines(explanations: readonly Explanation[], place: DebugPlace): readonly HTMLElement[] {
  const problem = explanations.find((one) => one.problem)?.problem;
  const held = explanations.find(({ surveyId, gates }) => surveyId === '' && gates[0]);
  return [
    problem ? advise(problem.code, { detail: problem.message, ...place }) : [],
    held ? `Nothing is stored or sent: consent is ${text(held.gates[0]?.used)}.` : [],
  ]
    .flat()
    .map((words) => line('problem', words));
}

/** A paragraph of a class. */
function line(look: string, ...children: readonly (Node | string)[]): HTMLElement {
  return make('p', { class: look }, ...children);
}

/** A list, or the line that stands for an empty one. */
function orNone(list: readonly HTMLElement[], words: string): readonly HTMLElement[] {
  return list[0] ? list : [line('none', words)];
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
  if (!state) return line('none', 'setup has not started anything.');
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
  return showings
    .slice(0, LINES)
    .map(({ surveyId, who, shownAt, answered, finished, delivered, refused }) => {
      const got = finished ? 'finished' : answered ? 'partly answered' : 'shown only';
      const [word, look] = refused
        ? [`refused: ${refused}`, 'bad']
        : delivered
          ? ['delivered', 'good']
          : ['waiting', 'bad'];
      return row(
        ago(shownAt, now),
        surveyId,
        ` ${got}, ${who ?? 'nobody'} · `,
        make('span', { class: look }, word),
      );
    });
}

function logRow({ at, name, facts }: Line): HTMLElement {
  const when = new Date(at).toTimeString().slice(0, 8);
  return row(when, name, ` ${factsOf(facts)}`);
}

function row(when: string, name: string, ...children: readonly (Node | string)[]): HTMLElement {
  return line('row', make('time', {}, when), make('code', {}, name), ...children);
}

function heading(name: string, count?: number): HTMLElement {
  return make('h3', {}, count === undefined ? name : `${name} (${count})`);
}

/** Without ids of responses, which would be most of the text; the report has them. */
function factsOf(facts: Line['facts']): string {
  return Object.entries(facts)
    .filter(([key]) => key !== 'responseId')
    .map(([key, value]) => (SPEAKING.includes(key) ? text(value) : `${key} ${text(value)}`))
    .join(' · ');
}
