import type { Attributes } from '../api/types.ts';
import { type Dated, freshUntil, isFresh } from '../core/lifetime.ts';
import { stateRetryDelay } from '../core/retry-delay.ts';
import { hash } from '../core/targeting/hash.ts';
import type { KnownHistory } from '../core/targeting/history.ts';
import { type BeforeSend, toBody } from '../net/before-send.ts';
import { isOk, isRefused, NO_REPLY, type Reply, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import { atMost, wait } from '../platform/wait.ts';
import type { Leases } from '../store/lease.ts';
import type { StoredRecord } from '../store/record.ts';
import type { WireEnvironment, WireEnvironmentReply } from '../wire/environment.ts';
import type { AttributeValue, WireUser, WireUserReply } from '../wire/user.ts';

const ENVIRONMENT_MS = 60 * 60_000;
const USER_MS = 30 * 60_000;
/** How long a decision waits for an identification that is under way. */
const SETTLE_MS = 5_000;

/** A survey whose trigger has fired and whose delay is running; it opens on whichever page is there then. */
export interface DueSurvey {
  readonly surveyId: string;
  readonly action: string;
  readonly dueAt: number;
  readonly hiddenFields: Readonly<Record<string, string>>;
}

/** `<env>/state`: what the server said and what this device must remember to decide (design.md 4). */
export interface DeviceState {
  readonly v: 1;
  /** Random, made once: anonymous visitors' sticky dice. */
  readonly seed: string;
  /** The server's clock minus this device's, ms, as last learnt. */
  readonly skew: number;
  readonly userId: string | null;
  /** As the site set it; the server's own value for a person comes first. */
  readonly language?: string;
  readonly environment?: Dated<WireEnvironment>;
  readonly user?: Dated<WireUser>;
  /** Acknowledged attributes: hash of the key → hash of the value. */
  readonly acked: Readonly<Record<string, number>>;
  /** How often an action has fired, by its name: those that some survey counts. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly due: readonly DueSurvey[];
  readonly leases: Leases;
}

/** What the session tells the shell, and asks it. */
export interface SessionHooks {
  readonly onError: (code: string, message: string) => void;
  readonly onIdentified: (userId: string) => void;
  readonly beforeSend?: BeforeSend | undefined;
  /** The server could not be asked; called for the first failure in a row, with its status. */
  readonly onFailed: (status: number) => void;
  /** Something new is known: this device's clock is off by so many ms. */
  readonly onNews: (skew: number) => void;
}

/** Who is here and what the server said about the environment and about them. */
export interface Session {
  environment: () => WireEnvironment | undefined;
  who: () => string | null;
  /** The server's word on the person at hand; undefined for nobody and while it isn't known. */
  user: () => WireUser | undefined;
  known: () => KnownHistory | undefined;
  language: () => string | undefined;
  /** Asks the server for whatever has expired, and only for that. Shares a run that is under way. */
  sync: () => Promise<void>;
  /** Like `sync`, but waits at most 5 s. */
  settle: () => Promise<void>;
  identify: (userId: string, attributes: Attributes) => Promise<void>;
  setAttributes: (attributes: Attributes) => Promise<void>;
  setLanguage: (language: string) => Promise<void>;
  logout: () => Promise<void>;
  stop: () => void;
}

const ENVIRONMENT_LISTS = ['surveys', 'actionClasses'];

function hasLists(data: object | undefined, names: readonly string[]): boolean {
  return names.every((name) => Array.isArray(data?.[name as keyof typeof data]));
}

/** Leaves out what a half-written record holds of the server's words, which are asked for again, and of its own. */
export function sanitizeState({ environment, user, ...own }: DeviceState): DeviceState {
  return {
    ...own,
    userId: typeof own.userId === 'string' ? own.userId : null,
    due: own.due.filter((due) => due?.surveyId),
    ...(environment && hasLists(environment.data, ENVIRONMENT_LISTS) && { environment }),
    ...(user && hasLists(user.data, ['segments', 'displays', 'responses']) && { user }),
  };
}

/** Makes the session of one environment over its stored state. Nothing here rejects. */
export function createSession(api: string, record: StoredRecord<DeviceState>, hooks: SessionHooks): Session {
  /** Set by the site, not yet acknowledged. Waits in memory while nobody is identified. */
  let wanted: Record<string, AttributeValue> = {};
  let running: Promise<void> | undefined;
  /** The last write: what the server said, or who is here. What it means for the page doesn't wait for the disk. */
  let written: Promise<void> | undefined;
  let scheduled: Promise<void> | undefined;
  let failures = 0;
  let retryAt = 0;
  let hasNews = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const user = (): Dated<WireUser> | undefined => {
    const state = record.value();
    return state.userId !== null && state.user?.data.userId === state.userId ? state.user : undefined;
  };

  const needsUser = (): boolean => {
    const { userId, acked } = record.value();
    if (userId === null) return false;
    for (const [key, value] of Object.entries(wanted)) {
      if (user() && acked[hash(key)] === hash(stringify(value))) delete wanted[key];
    }
    return !isFresh(user(), Date.now()) || Object.entries(wanted).length > 0;
  };

  const learn = (reply: Reply): { skew?: number } =>
    reply.serverNow === undefined ? {} : { skew: reply.serverNow - Date.now() };

  /** `at` is when it was asked: what the server learns while it answers isn't in the answer. */
  const date = <T>(data: T, expiresAt: string, reply: Reply, at: number, fallbackMs: number): Dated<T> => ({
    data,
    at,
    until: freshUntil(Date.parse(expiresAt), reply.serverNow, Date.now(), fallbackMs),
  });

  /** Without what is no survey or action at all: junk in a list doesn't cost the rest of it. */
  const known = <T extends { readonly id: string }>(list: readonly T[]): T[] => list.filter((one) => one?.id);

  const syncEnvironment = async (): Promise<Reply | undefined> => {
    if (isFresh(record.value().environment, Date.now())) return undefined;
    const askedAt = Date.now();
    const reply = await request(`${api}/environment`);
    const body = (reply.body as WireEnvironmentReply | undefined)?.data;
    if (!isOk(reply) || !body || !hasLists(body.data, ENVIRONMENT_LISTS)) {
      return { ...reply, status: isOk(reply) ? 0 : reply.status };
    }
    const environment = date(
      { ...body.data, surveys: known(body.data.surveys), actionClasses: known(body.data.actionClasses) },
      body.expiresAt,
      reply,
      askedAt,
      ENVIRONMENT_MS,
    );
    written = record.update((old) => ({ ...old, ...learn(reply), environment }));
    hasNews = true;
    return undefined;
  };

  const syncUser = async (): Promise<Reply | undefined> => {
    if (!needsUser()) return undefined;
    const { userId } = record.value();
    const sent = { ...wanted };
    const hasSent = Object.entries(sent).length > 0;
    const body = toBody(hooks.beforeSend, { userId, attributes: hasSent ? sent : undefined }, 'user');
    const askedAt = Date.now();
    // Dropped by the page: as if nobody had been named.
    if (body === null) return undefined;
    const reply = body === undefined ? NO_REPLY : await request(`${api}/user`, body);
    const { state, errors } = (reply.body as WireUserReply | undefined)?.data ?? {};
    // Somebody else by now, or nobody: the answer isn't about them.
    if (record.value().userId !== userId) return undefined;
    const isDone = isOk(reply) && state?.data?.userId === userId;
    if (!isDone && !isRefused(reply)) return reply;
    for (const key in sent) if (wanted[key] === sent[key]) delete wanted[key];
    if (!isDone || !state) {
      const { message = '' } = (reply.body ?? {}) as { message?: string };
      hooks.onError('identify-refused', `The server refused ${userId}: ${message}`);
      return undefined;
    }
    for (const error of errors ?? []) hooks.onError('attribute', error);
    const acked = Object.fromEntries(
      Object.entries(sent).map(([key, value]) => [hash(key), hash(stringify(value))]),
    );
    written = record.update((old) => ({
      ...old,
      ...learn(reply),
      user: date(state.data, state.expiresAt, reply, askedAt, USER_MS),
      acked: { ...old.acked, ...acked },
    }));
    hasNews = true;
    hooks.onIdentified(state.data.userId);
    return needsUser() ? syncUser() : undefined;
  };

  const run = async (): Promise<void> => {
    if (isStopped || Date.now() < retryAt) return;
    const failed = (await Promise.all([syncEnvironment(), syncUser()])).filter(
      (reply) => reply !== undefined,
    );
    failures = failed.length > 0 ? failures + 1 : 0;
    retryAt = 0;
    if (failed.length > 0) {
      const asked = Math.max(...failed.map((reply) => reply.retryAfterMs));
      const wait = stateRetryDelay(failures, Math.random(), asked);
      retryAt = Date.now() + wait;
      clearTimeout(timer);
      if (!isStopped)
        timer = setTimeout(() => {
          // By the clock, a timer may be a moment early, or hours.
          retryAt = 0;
          void sync();
        }, wait);
      if (failures === 1) hooks.onFailed(failed[0]?.status ?? 0);
    }
    if (hasNews) hooks.onNews(record.value().skew);
    hasNews = false;
  };

  /** Without `Promise.prototype.finally`, which some pages' promises don't have. */
  const runOnce = async (): Promise<void> => {
    try {
      await run();
    } finally {
      running = undefined;
    }
  };

  const sync = (): Promise<void> => {
    running ??= runOnce();
    return running;
  };

  /** Calls of one macrotask make one request. */
  const scheduleSync = (): Promise<void> => {
    scheduled ??= wait().then(async () => {
      scheduled = undefined;
      await running;
      await sync();
    });
    return scheduled;
  };

  const settle = async (): Promise<void> => {
    await atMost(SETTLE_MS, (scheduled ?? Promise.resolve()).then(sync));
  };

  const switchUser = (userId: string | null): Promise<void> =>
    // A delay that runs is the person's: whoever comes next didn't start it.
    record.update(({ user: _user, due, ...old }) => ({
      ...old,
      ...{ userId, acked: {}, due: old.userId === null ? due : [] },
    }));

  const setAttributes = async (attributes: Attributes): Promise<void> => {
    Object.assign(wanted, attributes);
    await scheduleSync();
    await written;
  };

  return {
    environment: () => record.value().environment?.data,
    who: () => record.value().userId,
    user: () => user()?.data,
    known: () => {
      const dated = user();
      if (!dated) return undefined;
      const { displays, responses, lastDisplayAt } = dated.data;
      const { skew } = record.value();
      const here = (instant: string) => Date.parse(instant) - skew;
      const last = lastDisplayAt ? [{ surveyId: '', at: here(lastDisplayAt) }] : [];
      return {
        displays: [
          ...displays.map(({ surveyId, createdAt }) => ({ surveyId, at: here(createdAt) })),
          ...last,
        ],
        responses,
        at: dated.at,
      };
    },
    language: () => {
      const { language } = wanted;
      return typeof language === 'string' ? language : (user()?.data.language ?? record.value().language);
    },
    sync,
    settle,
    identify: async (userId, attributes) => {
      const before = record.value().userId;
      // What was set for somebody else isn't theirs; what was set while anonymous is.
      if (before !== null && before !== userId) wanted = {};
      // Both at once: a request that goes out while the change is being stored must know the attributes.
      if (before !== userId) written = switchUser(userId);
      await setAttributes(attributes);
    },
    setAttributes,
    setLanguage: async (language) => {
      written = record.update((old) => ({ ...old, language }));
      // Nobody's choice of language doesn't overrule what the server knows of the person they turn out to be; one
      // that is somebody's must not wait for the disk, since calls of one task make one request.
      await (record.value().userId ? setAttributes({ language }) : written);
    },
    logout: async () => {
      wanted = {};
      await switchUser(null);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
