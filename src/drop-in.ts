import type { Attributes, HiddenFields, Inkling } from './api.ts';
import { createClient } from './client.ts';
import { EMPTY_LEDGER } from './core/targeting/ledger.ts';
import { createEmbeddedData, type EmbeddedInput } from './embedded-data.ts';
import { readFormerHistory } from './former-history.ts';
import type { LoadChunk } from './load-chunk.ts';
import { newId } from './new-id.ts';
import { reportMistake } from './report.ts';
import { openDatabase, openRecord } from './store/record.ts';
import { atMost } from './wait.ts';

/** Where `@formbricks/js` kept its state (client-api.md 6.6). */
const FORMER_KEY = 'formbricks-js';
/** No command holds those behind it longer than this. */
const COMMAND_MS = 5_000;

/** What `setup` and `init` take, in the words of every generation (client-api.md 6.1). */
export interface DropInOptions {
  readonly workspaceId?: string;
  /** The older name; `workspaceId` wins. */
  readonly environmentId?: string;
  readonly appUrl?: string;
  /** The older name of `appUrl`. */
  readonly apiHost?: string;
  readonly userId?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Every event and what it carries (client-api.md 6.2). */
export interface DropInPayloads {
  formbricks_setup_successful: { workspaceId: string };
  formbricks_action_tracked: { action: string };
  formbricks_survey_shown: { surveyId: string };
  /** Twice per response: with its first answer, and when it is complete; each time the server has it. */
  formbricks_response_submitted: { surveyId: string; responseId: string; finished: boolean };
  formbricks_survey_closed: { surveyId: string };
}

/** The name of an event. */
export type DropInEvent = keyof DropInPayloads;
/** A handler. What it throws is reported as the page's own error and stops nobody else. */
export type DropInHandler<N extends DropInEvent> = (payload: DropInPayloads[N]) => void;

/** `window.formbricks` (client-api.md 6.2). Promises settle once a command is queued, and never reject. */
export interface DropIn {
  readonly setup: (options: DropInOptions) => Promise<void>;
  /** The older name of `setup`. */
  readonly init: (options: DropInOptions) => Promise<void>;
  readonly setUserId: (userId: string) => Promise<void>;
  readonly setEmail: (email: string) => Promise<void>;
  readonly setAttribute: (key: string, value: unknown) => Promise<void>;
  readonly setAttributes: (attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly setLanguage: (language: string) => Promise<void>;
  readonly track: (code: string, properties?: { readonly hiddenFields?: object }) => Promise<void>;
  readonly logout: () => Promise<void>;
  /** The older name of `logout`. */
  readonly reset: () => Promise<void>;
  /** Nothing to do: every change of the address is noticed anyway. */
  readonly registerRouteChange: () => Promise<void>;
  readonly setNonce: (nonce: string | undefined) => void;
  readonly on: <N extends DropInEvent>(event: N, handler: DropInHandler<N>) => () => void;
  readonly off: <N extends DropInEvent>(event: N, handler: DropInHandler<N>) => void;
  readonly setEmbeddedData: (data: EmbeddedInput) => Promise<void>;
  /** Without any argument everything goes; an argument that is undefined removes nothing. */
  readonly clearEmbeddedData: (...key: readonly [] | readonly [key: string]) => Promise<void>;
  /** There is none; older pages ask for it. */
  readonly getApi: () => undefined;
}

/** What the drop-in shares with the page. */
interface PageGlobals {
  dataLayer?: unknown;
  __formbricksNonce?: string | undefined;
  formbricksSurveys?: { setNonce?: (nonce: string | undefined) => void };
}

/**
 * The client under the calls and events of `@formbricks/js`, for pages that were written for those.
 *
 * Commands run one after the other and wait for `setup`; those that only say who is here don't wait for the network,
 * those that decide (`track`, `logout`) wait for what was said before, 5 s at most.
 */
export function createDropIn(loadChunk: LoadChunk): DropIn {
  const embedded = createEmbeddedData();
  const client = createClient(loadChunk, embedded.fill);
  const { on, off } = relayEvents(client);
  let begin = (): void => {};
  let queue = new Promise<void>((resolve) => {
    begin = resolve;
  });
  /** Settles when the server knows what was said so far. */
  let said: Promise<unknown> = Promise.resolve();
  /** Who was identified before Inkling came. */
  let carried: Promise<string | null> | undefined;

  const enqueue = async (command: () => unknown): Promise<void> => {
    queue = queue.then(async () => {
      await command();
    });
  };
  const say = (command: () => Promise<void>): Promise<void> =>
    enqueue(() => {
      said = Promise.all([said, command()]);
    });
  const decide = (command: () => Promise<void>): Promise<void> =>
    enqueue(async () => {
      await atMost(COMMAND_MS, said);
      await atMost(COMMAND_MS, command());
    });

  const setup = async (options: DropInOptions): Promise<void> => {
    const { workspaceId, environmentId, appUrl, apiHost, userId, attributes } = options ?? {};
    const id = workspaceId || environmentId;
    const server = appUrl || apiHost;
    if (!id) return reportMistake('setup needs a workspaceId (or environmentId)');
    if (!server) return reportMistake('setup needs an appUrl (or apiHost)');
    const isFirst = client.state() === undefined;
    carried ??= carryOver(id);
    const former = await carried;
    await client.setup({ environmentId: id, appUrl: server });
    if (!isFirst || client.state() === undefined) return;
    if (userId) said = client.identify(userId, toAttributes(attributes));
    else if (former) said = client.identify(former);
    begin();
  };
  const setAttributes: DropIn['setAttributes'] = (attributes) =>
    say(() => client.setAttributes(toAttributes(attributes)));
  const logout = (): Promise<void> => decide(client.logout);

  return {
    setup,
    init: setup,
    setUserId: (userId) => say(() => client.identify(userId)),
    setEmail: (email) => setAttributes({ email }),
    setAttribute: (key, value) => setAttributes({ [key]: value }),
    setAttributes,
    setLanguage: (language) => say(() => client.setLanguage(language)),
    track: (code, properties) =>
      // Hidden fields may be numbers and lists here; they travel as they are.
      decide(() => client.track(code, { hiddenFields: { ...(properties?.hiddenFields as HiddenFields) } })),
    logout,
    reset: logout,
    registerRouteChange: async () => {},
    setNonce: (nonce) => {
      const page = window as PageGlobals;
      page.__formbricksNonce = nonce;
      page.formbricksSurveys?.setNonce?.(nonce);
    },
    on,
    off,
    setEmbeddedData: async (data) => {
      if (typeof data === 'object' && data !== null) embedded.set(data);
      else reportMistake('setEmbeddedData needs an object');
    },
    clearEmbeddedData: async (...key) => {
      if (key.length === 0) embedded.clear();
      else if (typeof key[0] === 'string') embedded.remove(key[0]);
    },
    getApi: () => undefined,
  };
}

/**
 * Moves what `@formbricks/js` left on this device into Inkling's own record, once, and tells who was identified. Where
 * nothing can be stored it stays where it is.
 */
async function carryOver(environmentId: string): Promise<string | null> {
  try {
    const former = readFormerHistory(localStorage.getItem(FORMER_KEY), environmentId, newId);
    if (!former) return null;
    const record = await openRecord(openDatabase(), `${environmentId}/showings`, EMPTY_LEDGER);
    await record.update((old) => ({ ...old, list: [...former.showings, ...old.list] }));
    if (!record.isPersistent()) return null;
    localStorage.removeItem(FORMER_KEY);
    return former.userId;
  } catch {
    return null; // localStorage is blocked
  }
}

/** The attributes that the server can hold; dates become ISO texts, the rest is named and left out. */
function toAttributes(attributes: DropInOptions['attributes']): Attributes {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) kept[key] = value.toISOString();
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      kept[key] = value;
    else reportMistake(`the attribute ${key} needs a text, a number, a boolean or a date`);
  }
  return kept;
}

/** Gives the client's events their other names, to handlers and to the page's `dataLayer`. */
function relayEvents(client: Inkling): Pick<DropIn, 'on' | 'off'> {
  const handlers = new Map<string, Set<(payload: never) => void>>();
  const submitted = new Set<string>();

  const emit = <N extends DropInEvent>(event: N, payload: DropInPayloads[N]): void => {
    const none = { surveyId: null, responseId: null, finished: null, action: null };
    const workspaceId = client.state()?.environmentId ?? null;
    const tell = [
      () => pushToDataLayer({ event, formbricks: { workspaceId, ...none, ...payload } }),
      ...[...(handlers.get(event) ?? [])].map((handler) => () => handler(payload as never)),
    ];
    for (const one of tell) {
      try {
        one();
      } catch (error) {
        // The page's bug, told to the page's own error handling.
        setTimeout(() => {
          throw error;
        });
      }
    }
  };

  client.on('ready', () =>
    emit('formbricks_setup_successful', { workspaceId: client.state()?.environmentId ?? '' }),
  );
  client.on('action', ({ action }) => emit('formbricks_action_tracked', { action }));
  client.on('survey-shown', ({ surveyId }) => emit('formbricks_survey_shown', { surveyId }));
  client.on('delivered', ({ surveyId, responseId, finished }) => {
    const isFirst = !submitted.has(responseId);
    submitted.add(responseId);
    if (isFirst) emit('formbricks_response_submitted', { surveyId, responseId, finished: false });
    if (finished) emit('formbricks_response_submitted', { surveyId, responseId, finished });
  });
  client.on('survey-closed', ({ surveyId }) => emit('formbricks_survey_closed', { surveyId }));

  const off: DropIn['off'] = (event, handler) => void handlers.get(event)?.delete(handler);
  return {
    on: (event, handler) => {
      const set = handlers.get(event) ?? new Set();
      handlers.set(event, set.add(handler));
      return () => off(event, handler);
    },
    off,
  };
}

function pushToDataLayer(entry: object): void {
  const page = window as PageGlobals;
  if (!Array.isArray(page.dataLayer)) page.dataLayer = [];
  (page.dataLayer as object[]).push(entry);
}
