import type { EventName } from '../api/events.ts';
import type { Inkling } from '../api/types.ts';

/** One line of the log. */
export interface Line {
  readonly at: number;
  readonly name: EventName;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The panel shows and keeps this many lines. */
export const LINES = 100;

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

/** Logs every event of a client, newest first. Calls back after each; returns an unsubscribe function. */
export function logEvents({ on }: Pick<Inkling, 'on'>, log: Line[], onLine: () => void): () => void {
  const offs = EVENTS.map((name) =>
    on(name, ({ at, ...facts }) => {
      log.unshift({ at, name, facts: { ...facts } });
      log.length = Math.min(log.length, LINES);
      onLine();
    }),
  );
  return () => {
    for (const off of offs) off();
  };
}

/** The survey that was shown and not yet closed, as far as the panel was open; undefined for none. */
export function onScreen(log: readonly Line[]): unknown {
  const last = log.find(({ name }) => name === 'survey-shown' || name === 'survey-closed');
  return last?.name === 'survey-shown' ? last.facts.surveyId : undefined;
}

/** The report that a developer sends to another: JSON, with everything that the panel shows. */
export function reportOf(inkling: Inkling, log: readonly Line[]): string {
  const { version } = inkling;
  const page = location.origin + location.pathname;
  const now = new Date().toISOString();
  return JSON.stringify(
    { version, page, now, state: inkling.state(), surveys: inkling.explain(), log },
    null,
    2,
  );
}
