import type { CloseReason } from '../api/close-reason.ts';
import { createEvents } from '../api/events.ts';
import type { ClientState, Consent, Inkling, Problem, SetupOptions } from '../api/types.ts';
import { EMPTY_LEDGER, sanitizeLedger, summarize, waiting } from '../core/targeting/ledger.ts';
import type { Connected } from '../display/index.ts';
import type { SurveySlot } from '../display/slot.ts';
import { toBody } from '../net/before-send.ts';
import { codeOf, isOk, isRefused, NO_REPLY, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import { listen } from '../platform/listen.ts';
import { newId } from '../platform/new-id.ts';
import { reportMistake } from '../platform/report.ts';
import { atMost, uptime, wait } from '../platform/wait.ts';
import { createSession, type DeviceState, type Session, sanitizeState } from '../session/session.ts';
import { dropCached, eraseRecords, openDatabase, openRecord } from '../store/record.ts';
import { watchNavigation } from '../triggers/navigation.ts';
import type { Chunks, LoadChunk } from './load-chunk.ts';
import { createPresenter, type Presenter } from './presenter.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

/** The chunk's contract that this core can call. */
const CONTRACT = 6;
/** A call waits this long for the environment; what it asked for is done later all the same. */
const KNOWN_MS = 5_000;
/** A device's clock that is off by more than a day is worth a line. */
const DAY_MS = 86_400_000;

/**
 * Tells of a problem: an `error` event, and once per code a line on the console with the fix, unless `isQuiet`: what is
 * only a visitor's network is no business of a developer's.
 */
type Fail = (code: string, detail: string, isQuiet?: boolean) => void;

/** Fetches a chunk from the server that `setup` was given. */
type Load = <N extends keyof Chunks>(name: N) => Promise<Chunks[N]>;

/** One environment at work. */
interface Running {
  readonly session: Session;
  readonly presenter: Presenter;
  readonly close: (reason: CloseReason) => Promise<void>;
  /** Global Privacy Control without a word of the site: nobody is identified and nothing is stored. */
  readonly isPrivate: boolean | undefined;
  readonly state: () => ClientState;
  readonly forget: () => Promise<void>;
  /** Runs what needs the environment: now, or as soon as it is known. */
  readonly whenKnown: (work: () => Promise<void>) => Promise<void>;
  readonly stop: () => void;
}

/** Makes a client that does nothing until `setup`. Calls made before wait for it. */
export function createClient(loadChunk: LoadChunk): Inkling {
  const events = createEvents();
  const told = new Set<string>();
  /** The address that `setup` was given, right or wrong: the words for what is wrong may lie there. */
  let server = '';
  let options: SetupOptions | undefined;
  let consented: Consent | undefined;
  let problem: Problem | undefined;
  /** The one that starts or runs: what `destroy` has taken away must not come to life when its storage opens. */
  let starting: Promise<Running> | undefined;
  let running: Running | undefined;
  let isOver = false;
  const ready = new Promise<void>((resolve) => {
    events.on('ready', () => resolve());
  });
  /** Takes the debug panel away. */
  let panel: Promise<() => void> | undefined;
  /** Calls that came before there was anything to call. */
  const early: ((client?: Running) => void)[] = [];

  const load: Load = (name) => loadChunk(server, name);

  const fail: Fail = (code, message, isQuiet) => {
    problem = { code, message };
    events.emit('error', problem);
    if (isQuiet || told.has(code)) return;
    told.add(code);
    void load('advice')
      .then(({ advise }) => advise(code, { ...options, detail: message, appUrl: server }))
      .catch(() => `${code} ${message}`)
      .then(reportMistake);
  };
  const solve = (): void => {
    problem = undefined;
  };

  const loadUi = async (): Promise<Chunks['ui']> => {
    const chunk = await load('ui');
    if (chunk.contract !== CONTRACT) throw new Error(`its script is of another version: ${chunk.contract}`);
    return chunk;
  };

  /** Makes the calls that came early, or drops them. */
  const answerEarly = (client?: Running): void => {
    for (const go of early.splice(0)) go(client);
  };

  const isHeldBack = (): boolean => consented === 'required' || consented === 'denied';

  const start = async (): Promise<void> => {
    if (!options || starting || isHeldBack()) return;
    const isPrivate = !consented && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
    const mine = run({ options, server, isPrivate, events, fail, solve, load, loadUi });
    starting = mine;
    const client = await mine;
    if (starting !== mine) return client.stop();
    running = client;
    answerEarly(client);
  };

  const stop = (): void => {
    starting = undefined;
    running?.stop();
    running = undefined;
  };
  const setup = async (given: SetupOptions): Promise<void> => {
    const { consent, debug } = given ?? {};
    const environmentId = `${given?.environmentId ?? ''}`;
    if (!options) server = `${given?.appUrl ?? ''}`.replace(/\/$/, '');
    if (debug || /[?&]inkling-debug=1/.test(location.search))
      panel ??= load('debug').then(
        ({ openDebugPanel }) => openDebugPanel(inkling, { environmentId, appUrl: server }),
        () => () => {},
      );
    if (options) {
      if (environmentId !== options.environmentId) fail('second-setup', environmentId);
      return;
    }
    if (!/^[0-9a-z]+$/.test(environmentId)) return fail('environment-id', environmentId);
    if (!/^https?:/.test(server)) return fail('app-url', server);
    options = given;
    isOver = false;
    consented ??= consent;
    if (consented === 'denied') await eraseRecords(environmentId);
    await start();
  };

  /** Waits for `setup` and for consent; a bug of ours ends here, not in the page. */
  const guard = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      fail('internal', `${error}`, true);
    }
  };
  const call = (work: (client: Running) => unknown): Promise<void> =>
    guard(() => {
      if (running) return work(running);
      if (isOver || consented === 'denied') return;
      const done = new Promise<void>((resolve) =>
        early.push((client) => resolve(client && guard(() => work(client)))),
      );
      // While it is held back there is nothing to wait for.
      return starting && done;
    });
  /** A call that says who is here. */
  const say = (work: (client: Running) => unknown): Promise<void> =>
    call((client) => {
      if (!client.isPrivate) return work(client);
      fail('privacy', 'Global Privacy Control is on: nobody is identified', true);
    });

  const logout = (): Promise<void> =>
    call(async ({ session, close }) => {
      await close('logout');
      await session.logout();
    });

  const inkling: Inkling = {
    setup: (given) => guard(() => setup(given)),
    identify: (userId, attributes = {}) =>
      say(async ({ session, close }) => {
        if (typeof userId !== 'string' || userId === '' || userId.length > 255)
          return fail('user-id', `${userId}`);
        const who = session.who();
        const closed = who !== null && who !== userId ? close('logout') : undefined;
        await Promise.all([closed, session.identify(userId, attributes)]);
      }),
    setAttributes: (attributes) =>
      say(({ session }) => {
        if (typeof attributes === 'object' && attributes) return session.setAttributes(attributes);
        fail('attributes', `${attributes}`);
      }),
    setLanguage: (language) => call(({ session }) => session.setLanguage(`${language}`)),
    track: (action, { hiddenFields } = {}) =>
      call(({ session, presenter, whenKnown }) =>
        whenKnown(async () => {
          const found = session
            .environment()
            ?.actionClasses.find(({ key, type }) => type === 'code' && key === action);
          if (found) return presenter.fire(found, hiddenFields);
          fail('unknown-action', action);
        }),
      ),
    showSurvey: (surveyId) =>
      call(({ presenter, whenKnown }) =>
        whenKnown(async () => {
          if (!(await presenter.show(surveyId))) fail('unknown-survey', surveyId);
        }),
      ),
    render: async (document, options) => {
      try {
        return await (await loadUi()).render(document, options);
      } catch (error) {
        fail('render', `${error}`);
      }
    },
    closeSurvey: () => call(({ close }) => close('dismissed')),
    consent: (answer) =>
      guard(async () => {
        const wasPrivate = running?.isPrivate;
        consented = answer;
        if (answer === 'denied') {
          answerEarly();
          await (await starting)?.forget();
          // What an earlier page stored, where this one has waited for the answer.
          if (!starting && options) await eraseRecords(options.environmentId);
        }
        if (wasPrivate || isHeldBack()) stop();
        await start();
      }),
    logout,
    reset: logout,
    forget: () => call((client) => client.forget()),
    explain: (surveyId) => {
      const found = (running?.presenter.explain() ?? [])
        .filter((one) => surveyId === undefined || one.surveyId === surveyId)
        .map((one) => ({ ...one, problem }));
      const isHeld = isHeldBack();
      if (found.length > 0 || !(problem || isHeld)) return found;
      const gates = isHeld ? [{ code: 'consent' as const, pass: false, used: consented }] : [];
      return [{ surveyId: surveyId ?? '', show: false, language: undefined, gates, problem }];
    },
    state: () => running?.state(),
    on: events.on,
    destroy: () => {
      stop();
      void panel?.then((close) => close());
      panel = undefined;
      options = undefined;
      isOver = true;
      answerEarly();
    },
    ready,
    version: __VERSION__,
  };
  return inkling;
}

/** What `run` needs of the client. */
interface Start {
  readonly options: SetupOptions;
  /** The server's address, without a slash at its end. */
  readonly server: string;
  readonly isPrivate: boolean | undefined;
  readonly events: ReturnType<typeof createEvents>;
  readonly fail: Fail;
  readonly solve: () => void;
  readonly load: Load;
  readonly loadUi: () => Promise<Chunks['ui']>;
}

async function run(start: Start): Promise<Running> {
  const { options, server, isPrivate, events, fail, solve, load } = start;
  const { environmentId } = options;
  const api = `${server}/api/v1/client/${environmentId}`;
  const database = isPrivate ? undefined : openDatabase();
  const stateKey = `${environmentId}/state`;
  const [state, showings] = await Promise.all([
    openRecord<DeviceState>(
      database,
      stateKey,
      { v: 1, seed: newId(), skew: 0, userId: null, acked: {}, due: [], leases: {} },
      { sanitize: sanitizeState },
    ),
    openRecord(database, `${environmentId}/showings`, EMPTY_LEDGER, {
      sanitize: sanitizeLedger,
      onFull: () => dropCached(database, stateKey, ['environment', 'user']),
    }),
  ]);
  /** The directive of the page's policy that refused something of ours. */
  let refusedBy: string | undefined;
  const stopWatchingPolicy = listen<SecurityPolicyViolationEvent>(
    'securitypolicyviolation',
    ({ blockedURI, effectiveDirective }) => {
      if (blockedURI.startsWith(new URL(server).origin)) refusedBy = effectiveDirective;
    },
  );
  /** A failure that the page's policy may explain. The browser reports a refusal a moment after the request has failed. */
  const failLater = async (code: string, detail: string, isQuiet?: boolean): Promise<void> => {
    await wait();
    fail(refusedBy ? 'csp' : code, refusedBy ?? detail, isQuiet);
  };

  let isStopped = false;
  /** Set until the environment is known for the first time. */
  let tellKnown: (() => void) | undefined;
  const known = new Promise<void>((resolve) => {
    tellKnown = resolve;
  });
  /** As soon as the environment is known, and after each refresh. */
  const begin = async (): Promise<void> => {
    if (isStopped || !session.environment()) return;
    void drain();
    if (tellKnown) {
      presenter.resume();
      events.emit('ready', {});
      tellKnown();
      tellKnown = undefined;
    }
    await presenter.pageView();
  };

  const { beforeSend } = options;
  const session = createSession(api, state, {
    beforeSend,
    onError: (code, message) => fail(code, message, true),
    onIdentified: (userId) => events.emit('identified', { userId }),
    onFailed: (status) => {
      const isMixed = !status && location.protocol === 'https:' && server.startsWith('http:');
      const code = status === 404 ? 'not-found' : isMixed ? 'mixed-content' : 'unreachable';
      // With an environment at hand it worked before: that is a visitor's network, not a mistake.
      void failLater(code, `${status || ''}`, session.environment() !== undefined);
    },
    onNews: (skew) => {
      solve();
      const days = Math.round(Math.abs(skew) / DAY_MS);
      if (days > 0) fail('clock', `${days}`);
      void begin();
    },
  });
  const quietUntil = uptime() + (options.quiet ?? 0) * 1000;
  let isAsked = false;
  let connected: Connected | undefined;
  const connect = async (): Promise<Connected> => {
    isAsked = true;
    const chunk = await start.loadUi();
    connected ??= chunk.connect({
      ...{
        environmentId,
        api,
        options,
        session,
        state,
        showings,
        events,
        quietUntil,
        fail,
        onFailure,
        newId,
      },
      net: { codeOf, isOk, isRefused, NO_REPLY, request, stringify, toBody },
      ...presenter,
      loadForeign: () => load('foreign'),
    });
    if (isStopped) connected.stop();
    return connected;
  };
  const useSlot = async (work: (slot: SurveySlot) => unknown): Promise<void> => {
    let slot: SurveySlot | undefined;
    try {
      ({ slot } = await connect());
      await work(slot);
    } catch (error) {
      // What fails once it is there is no matter of how it was deployed.
      if (slot) fail('internal', `${error}`, true);
      else void onFailure(error);
    }
  };
  /** Delivers what waits. A chunk that can't be had is asked for again when the network is back, and on the next page. */
  const drain = async (): Promise<void> => {
    if (isStopped || !session.environment() || waiting(showings.value()).length === 0) return;
    try {
      await (await connect()).drain();
    } catch {
      // What waits is stored.
    }
  };
  const onFailure = (error: unknown): Promise<void> => failLater('renderer', `${error}`);
  const presenter = createPresenter({
    ...{ session, state, showings, events, useSlot, onFailure },
    slot: () => connected?.slot,
    quiet: () => (uptime() < quietUntil ? 'quiet' : undefined),
    loadTriggers: () => load('triggers'),
  });
  const close = async (reason: CloseReason): Promise<void> => {
    if (connected) connected.slot.close(reason);
    // What is asked of a chunk on its way is closed as soon as it is there.
    else if (isAsked) void useSlot((slot) => slot.close(reason));
    // Read after the write: whoever waits for this may leave the page, and the survey does not come back.
    await showings.refresh();
  };

  const releases = [
    stopWatchingPolicy,
    listen('online', drain),
    // A phone ends a tab that is out of sight without another word.
    listen('pagehide visibilitychange', ({ type }) => {
      if (type === 'pagehide' || document.hidden) connected?.flush();
    }),
    watchNavigation(() => void presenter.pageView()),
    presenter.stop,
    session.stop,
    () => connected?.stop(),
  ];

  if (options.userId && !isPrivate) void session.identify(options.userId, {});
  if (options.language) void session.setLanguage(options.language);
  // Calls that follow `setup` in the same task (identify, most of all) come first.
  void wait().then(session.settle).then(begin);

  return {
    session,
    presenter,
    isPrivate,
    close,
    state: () => {
      const { userId, environment, user, due } = state.value();
      return {
        environmentId,
        userId,
        language: session.language(),
        segments: session.user()?.segments ?? [],
        environmentFreshUntil: environment?.until,
        userFreshUntil: user?.until,
        isPersistent: state.isPersistent() && showings.isPersistent(),
        surveys: session.environment()?.surveys.map(({ id }) => id) ?? [],
        showings: showings.value().list.map(summarize),
        due: due.map(({ surveyId, dueAt }) => ({ surveyId, dueAt })),
      };
    },
    forget: async () => {
      await close('logout');
      await session.logout();
      await Promise.all([state.clear(), showings.clear()]);
      await eraseRecords(environmentId, database);
    },
    whenKnown: (work) => atMost(KNOWN_MS, known.then(work)),
    stop: () => {
      isStopped = true;
      for (const release of releases) release();
    },
  };
}
