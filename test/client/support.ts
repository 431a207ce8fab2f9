import { vi } from 'vitest';
import { createEvents, type EventName } from '../../src/api/events.ts';
import type { Chunks } from '../../src/client/load-chunk.ts';
import type { ActionClass, NoCodeConfig } from '../../src/core/survey/document.ts';
import { EMPTY_LEDGER, type Ledger } from '../../src/core/targeting/ledger.ts';
import * as advice from '../../src/debug/advice.ts';
import type { Connected, Core } from '../../src/display/index.ts';
import type { SurveySlot } from '../../src/display/slot.ts';
import * as foreign from '../../src/outbox/formbricks-protocol.ts';
import { createSession } from '../../src/session/session.ts';
import { createState, type DeviceState } from '../../src/session/state.ts';
import { openRecord } from '../../src/store/record.ts';
import * as triggers from '../../src/triggers/index.ts';

/** A slot that writes down what it is asked for, in the place of the one that draws. */
export function recordSlot(): SurveySlot & { readonly asked: string[]; isOpen: boolean } {
  const asked: string[] = [];
  return {
    ...{ asked, isOpen: false },
    enqueue: async (surveyId, action, fields) =>
      void asked.push(`enqueue ${surveyId} ${action} ${JSON.stringify(fields)}`),
    force: async (surveyId) => void asked.push(`force ${surveyId}`),
    resume: async ({ id }) => void asked.push(`resume ${id}`),
    armDelays: async () => void asked.push('armDelays'),
    close: (reason) => asked.push(`close ${reason}`),
    moment() {
      return { isOpen: this.isOpen, impolite: undefined };
    },
    stop: () => asked.push('stop'),
  };
}

/** The chunk that draws, in name only: what the client asks of it is written down. */
export function recordUi() {
  const slot = recordSlot();
  const asked: string[] = [];
  const cores: Core[] = [];
  const connected: Connected = {
    slot,
    drain: async () => void asked.push('drain'),
    flush: () => asked.push('flush'),
    stop: () => asked.push('stop'),
  };
  const ui: Chunks['ui'] = {
    contract: 6,
    render: async () => ({ close: () => {} }),
    connect: (core) => {
      cores.push(core);
      return connected;
    },
  };
  return { ui, slot, asked, cores };
}

/** The real chunks, but for the one that draws. */
export async function loadReal<N extends keyof Chunks>(
  name: N,
  ui: Chunks['ui'] = recordUi().ui,
): Promise<Chunks[N]> {
  const chunks: Omit<Chunks, 'debug'> = { ui, foreign, triggers, advice };
  return (chunks as Chunks)[name];
}

/** Events of a client as they come. */
export function recordEvents(on: ReturnType<typeof createEvents>['on'], ...names: EventName[]): string[] {
  const seen: string[] = [];
  for (const name of names)
    on(name, ({ at: _at, ...facts }) => {
      const words = Object.values(facts).join(' ');
      seen.push(words ? `${name} ${words}` : name);
    });
  return seen;
}

/** What a page's client works on, with records in memory and the session over `fetch`. */
export async function openCore(state: Partial<DeviceState> = {}) {
  const [device, showings] = await Promise.all([
    openRecord<DeviceState>(undefined, 'e/state', { ...createState('seed'), ...state }),
    openRecord<Ledger>(undefined, 'e/showings', EMPTY_LEDGER),
  ]);
  const events = createEvents();
  const problems: string[] = [];
  const base = {
    ...{ environmentId: 'e', api: 'https://server.test/api/v1/client/e', state: device, showings, events },
    options: {},
    fail: (code: string, detail: unknown) => problems.push(`${code} ${detail}`),
    onFailure: (error: unknown) => problems.push(`onFailure ${error}`),
  };
  const session = createSession(
    base,
    () => {},
    () => {},
  );
  return { ...base, session, problems };
}

/** A code action, by its key and (in capitals) its name. */
export const codeAction = (key: string): ActionClass => ({
  ...{ id: `id-${key}`, name: key.toUpperCase(), type: 'code', key, noCodeConfig: null },
});

/** A page view of addresses that contain a text. */
export const pageView = (name: string, value: string): ActionClass => ({
  ...{ id: `id-${name}`, name, type: 'noCode', key: null },
  noCodeConfig: { type: 'pageView', urlFilters: [{ rule: 'contains', value }] } as NoCodeConfig,
});

/** The page goes to another address without a load. */
export function goTo(path: string): void {
  history.pushState(null, '', path);
}

/** Silences and collects the lines on the console. */
export function watchConsole(): string[] {
  const lines: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => lines.push(String(line)));
  return lines;
}
