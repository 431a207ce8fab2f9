import type { Attributes, HiddenFields, Inkling } from '../api/types.ts';
import { createClient } from '../client/client.ts';
import type { Chunks, LoadChunk } from '../client/load-chunk.ts';
import { EMPTY_LEDGER, type ShowingSummary } from '../core/targeting/ledger.ts';
import { newId } from '../platform/new-id.ts';
import { reportMistake } from '../platform/report.ts';
import { rethrow } from '../platform/rethrow.ts';
import { atMost } from '../platform/wait.ts';
import type { DeviceState } from '../session/session.ts';
import { openDatabase, openRecord } from '../store/record.ts';
import { createEmbeddedData, type EmbeddedData, type EmbeddedInput } from './embedded-data.ts';
import { type FormerHistory, readFormerHistory } from './former-history.ts';

/** Where `@formbricks/js` kept its state: today's key, and those of 2024 (client-api.md 6.6). */
const FORMER_KEYS = ['formbricks-js', 'formbricks-js-app', 'formbricks-js-website'];
/** Sites name it where they keep a modal of their own from silencing others: it must be there, under this very id. */
const LIVE_REGION = 'formbricks-live-region';
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
  const client = createClient(async (appUrl, name) => {
    const chunk = await loadChunk(appUrl, name);
    return 'connect' in chunk ? { ...chunk, connect: connectWith(chunk, embedded) } : chunk;
  });
  const { on, off, passOver } = relayEvents(client);
  let begin = (): void => {};
  let queue = new Promise<void>((resolve) => {
    begin = resolve;
  });
  /** Settles when the server knows what was said so far. */
  let said: Promise<unknown> = Promise.resolve();
  let carried: Promise<Former | undefined> | undefined;

  const enqueue = async (command: () => unknown): Promise<void> => {
    queue = queue.then(() => guard(command));
  };
  const say = (command: () => Promise<void>): Promise<void> =>
    enqueue(() => {
      said = Promise.all([said, guard(command)]);
    });
  const decide = (command: () => Promise<void>): Promise<void> =>
    enqueue(async () => {
      await atMost(COMMAND_MS, said);
      await atMost(COMMAND_MS, command());
    });

  const setup = (options: DropInOptions): Promise<void> =>
    guard(async () => {
      const { workspaceId, environmentId, appUrl, apiHost, userId, attributes } = options ?? {};
      const id = workspaceId || environmentId;
      const server = appUrl || apiHost;
      if (!id) return reportMistake('setup needs a workspaceId (or environmentId)');
      if (!server) return reportMistake('setup needs an appUrl (or apiHost)');
      const isFirst = client.state() === undefined;
      carried ??= carryOver(id);
      const former = await carried;
      const debug = location.search.includes('formbricksDebug=true');
      if (debug) await askAnew(id, server.replace(/\/$/, ''));
      await client.setup({ environmentId: id, appUrl: server, debug });
      const state = client.state();
      // The options can't be right, or another call is on its way.
      if (!state) carried = undefined;
      if (!isFirst || !state) return;
      addLiveRegion();
      passOver(state.showings);
      said = guard(() => {
        // Nobody's yet: it is kept on the device, and gives way to what the server knows of the person.
        const spoken = former?.language && client.setLanguage(former.language);
        const told = toAttributes(attributes);
        const who = userId || former?.userId;
        return Promise.all([spoken, who ? client.identify(who, told) : client.setAttributes(told)]);
      });
      begin();
    });
  const tell = (attributes: () => DropInOptions['attributes']): Promise<void> =>
    say(async () => {
      const { language, ...others } = toAttributes(attributes());
      await Promise.all([
        client.setAttributes(others),
        // A language of its own call: it holds on this device for those who are nobody, too.
        language !== undefined && client.setLanguage(`${language}`),
      ]);
    });
  const logout = (): Promise<void> => decide(client.logout);

  return {
    setup,
    init: setup,
    setUserId: (userId) => say(() => client.identify(userId)),
    setEmail: (email) => tell(() => ({ email })),
    setAttribute: (key, value) => tell(() => ({ [key]: value })),
    setAttributes: (attributes) => tell(() => attributes),
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
    setEmbeddedData: (data) =>
      guard(() => {
        if (typeof data === 'object' && data !== null) embedded.set(data);
        else reportMistake('setEmbeddedData needs an object');
      }),
    clearEmbeddedData: async (...key) => {
      if (key.length === 0) embedded.clear();
      else if (typeof key[0] === 'string') embedded.remove(key[0]);
    },
    getApi: () => undefined,
  };
}

/** As the chunk connects, but so that what the page attaches is in every answer. */
function connectWith(chunk: Chunks['ui'], { fill }: EmbeddedData): Chunks['ui']['connect'] {
  return (core) => chunk.connect({ ...core, fillHidden: fill });
}

/** A bug, the page's or ours, ends here: no call rejects, and the next one gets its turn. */
async function guard(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportMistake(`${error}`);
  }
}

/**
 * For `formbricksDebug=true`: whoever looks at a change they have just made must not wait for what is stored to expire.
 * The panel that comes with it says the rest. An unreachable server leaves everything as it is.
 */
async function askAnew(environmentId: string, appUrl: string): Promise<void> {
  try {
    // Past the caches on the way, which then hold what the client is about to ask for.
    await fetch(`${appUrl}/api/v1/client/${environmentId}/environment`, { cache: 'reload' });
    const stored = await openRecord(openDatabase(), `${environmentId}/state`, {} as DeviceState);
    if (!stored.value().environment) return;
    await stored.update(({ environment, user, ...old }) => ({
      ...old,
      ...(environment && { environment: { ...environment, until: 0 } }),
      ...(user && { user: { ...user, until: 0 } }),
    }));
  } catch {
    // what is stored serves
  }
}

/** Says nothing by itself: an open survey has a status region of its own. */
function addLiveRegion(): void {
  const add = (): void => {
    if (document.getElementById(LIVE_REGION)) return;
    const region = document.createElement('div');
    region.id = LIVE_REGION;
    region.setAttribute('role', 'status');
    Object.assign(region.style, {
      position: 'absolute',
      width: '1px',
      height: '1px',
      clipPath: 'inset(50%)',
    });
    document.body.append(region);
  };
  if (document.body) add();
  else document.addEventListener('DOMContentLoaded', add, { once: true });
}

/** What the queue goes on with of what was kept before Inkling came. */
type Former = Omit<FormerHistory, 'showings'>;

/**
 * Moves what `@formbricks/js` left on this device into Inkling's own record, once, and tells who was identified and in
 * which language. Where nothing may or can be stored it stays where it is.
 */
async function carryOver(environmentId: string): Promise<Former | undefined> {
  try {
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return undefined;
    const found = FORMER_KEYS.map((key) => ({
      key,
      former: readFormerHistory(localStorage.getItem(key), environmentId, newId),
    })).filter(({ former }) => former !== undefined);
    if (found.length === 0) return undefined;
    const record = await openRecord(openDatabase(), `${environmentId}/showings`, EMPTY_LEDGER);
    const showings = found.flatMap(({ former }) => former?.showings ?? []);
    await record.update((old) => ({ ...old, list: [...showings, ...old.list] }));
    if (!record.isPersistent()) return undefined;
    for (const { key } of found) localStorage.removeItem(key);
    const first = <K extends keyof Former>(name: K): Former[K] | undefined =>
      found.find(({ former }) => former?.[name])?.former?.[name];
    return { userId: first('userId') ?? null, language: first('language') };
  } catch {
    return undefined; // localStorage is blocked
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

interface Relay extends Pick<DropIn, 'on' | 'off'> {
  /** Responses whose first answer a former page has told of. */
  readonly passOver: (showings: readonly ShowingSummary[]) => void;
}

/** Gives the client's events their other names, to handlers and to the page's `dataLayer`. */
function relayEvents(client: Inkling): Relay {
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
        rethrow(error);
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
      if (typeof handler !== 'function') {
        reportMistake(`on('${event}') needs a function`);
        return () => {};
      }
      const set = handlers.get(event) ?? new Set();
      handlers.set(event, set.add(handler));
      return () => off(event, handler);
    },
    off,
    passOver: (showings) => {
      for (const { id, answered, delivered } of showings) if (answered && delivered) submitted.add(id);
    },
  };
}

function pushToDataLayer(entry: object): void {
  const page = window as PageGlobals;
  if (!Array.isArray(page.dataLayer)) page.dataLayer = [];
  (page.dataLayer as object[]).push(entry);
}
