import type { ClientState, Inkling, SetupOptions } from './api.ts';
import { EMPTY_LEDGER, summarize } from './core/targeting/ledger.ts';
import { createEvents } from './events.ts';
import { createDelivery } from './net/delivery.ts';
import { takeLock, type UpdateLeases } from './net/tab-lock.ts';
import { newId } from './new-id.ts';
import { createPresenter, type Presenter } from './presenter.ts';
import { reportMistake } from './report.ts';
import { createSession, type DeviceState, type Session } from './session.ts';
import { openDatabase, openRecord } from './store/record.ts';
import { watchNavigation } from './triggers/navigation.ts';
import type { Renderer } from './ui/contract.ts';
import { wait } from './wait.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

/** How the shell gets at the renderer: given the server's address, undefined when it can't be had. */
export type LoadRenderer = (appUrl: string) => Promise<Renderer>;

/** One environment at work. */
interface Running {
  readonly session: Session;
  readonly presenter: Presenter;
  readonly state: () => ClientState;
  readonly forget: () => Promise<void>;
  /** Runs what needs the environment: now, or as soon as it is known. */
  readonly whenKnown: (work: () => Promise<void>) => Promise<void>;
  readonly stop: () => void;
}

/** Makes a client that does nothing until `setup`. Calls made before wait for it. */
export function createClient(loadRenderer: LoadRenderer): Inkling {
  const events = createEvents();
  let isSetUp = false;
  let becomeReady = (): void => {};
  let start = (_running: Running): void => {};
  let running: Running | undefined;
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const started = new Promise<Running>((resolve) => {
    start = resolve;
  });

  const mistake = (code: string, message: string): void => {
    reportMistake(message);
    events.emit('error', { code, message });
  };

  const setup = async (options: SetupOptions): Promise<void> => {
    if (isSetUp) return;
    if (!/^[0-9a-z]+$/.test(options?.environmentId ?? '')) {
      mistake(
        'environment-id',
        'setup needs an environmentId of lowercase letters and digits: see the script tag',
      );
      return;
    }
    if (!/^https?:/.test(options.appUrl ?? '')) {
      mistake('app-url', 'setup needs an appUrl: the address of the server, https://…');
      return;
    }
    isSetUp = true;
    running = await run(options, events, loadRenderer, becomeReady);
    start(running);
  };

  /** Waits for `setup`; a bug of ours ends here, not in the page. */
  const call = async (work: (client: Running) => Promise<unknown>): Promise<void> => {
    try {
      await work(await started);
    } catch (error) {
      events.emit('error', { code: 'internal', message: `${error}` });
    }
  };

  const logout = (): Promise<void> =>
    call(async ({ session, presenter }) => {
      await presenter.close('logout');
      await session.logout();
    });

  return {
    setup: async (options) => {
      try {
        await setup(options);
      } catch (error) {
        events.emit('error', { code: 'internal', message: `${error}` });
      }
    },
    identify: (userId, attributes = {}) =>
      call(async ({ session, presenter }) => {
        if (typeof userId !== 'string' || userId === '' || userId.length > 255) {
          mistake('user-id', 'identify needs a user id: a text of 1 to 255 characters');
          return;
        }
        const who = session.who();
        const closed = who !== null && who !== userId ? presenter.close('logout') : undefined;
        await Promise.all([closed, session.identify(userId, attributes)]);
      }),
    setAttributes: (attributes) =>
      call(async ({ session }) => {
        if (typeof attributes !== 'object' || attributes === null) {
          mistake('attributes', 'setAttributes needs an object of texts, numbers and booleans');
          return;
        }
        await session.setAttributes(attributes);
      }),
    setLanguage: (language) => call(({ session }) => session.setLanguage(`${language}`)),
    track: (action, options) =>
      call(({ session, presenter, whenKnown }) =>
        whenKnown(async () => {
          const found = session
            .environment()
            ?.actionClasses.find(({ key, type }) => type === 'code' && key === action);
          if (found) return presenter.fire(found, options?.hiddenFields ?? {});
          mistake('unknown-action', `track('${action}'): the environment has no code action with this key`);
        }),
      ),
    showSurvey: (surveyId) => call(({ presenter, whenKnown }) => whenKnown(() => presenter.show(surveyId))),
    closeSurvey: () => call(({ presenter }) => presenter.close('dismissed')),
    logout,
    reset: logout,
    forget: () => call((client) => client.forget()),
    explain: (surveyId) =>
      (running?.presenter.explain() ?? []).filter(
        (one) => surveyId === undefined || one.surveyId === surveyId,
      ),
    state: () => running?.state(),
    on: events.on,
    destroy: () => running?.stop(),
    ready,
    version: __VERSION__,
  };
}

async function run(
  options: SetupOptions,
  events: ReturnType<typeof createEvents>,
  loadRenderer: LoadRenderer,
  becomeReady: () => void,
): Promise<Running> {
  const { environmentId } = options;
  const appUrl = options.appUrl.replace(/\/$/, '');
  const api = `${appUrl}/api/v1/client/${environmentId}`;
  const database = openDatabase();
  const [state, showings] = await Promise.all([
    openRecord<DeviceState>(database, `${environmentId}/state`, {
      v: 1,
      seed: newId(),
      skew: 0,
      userId: null,
      acked: {},
      due: [],
      leases: {},
    }),
    openRecord(database, `${environmentId}/showings`, EMPTY_LEDGER),
  ]);
  const emitError = (code: string, message: string): void => events.emit('error', { code, message });
  const updateLeases: UpdateLeases = (change) =>
    state.update((old) => ({ ...old, leases: change(old.leases) }));
  const lock = (purpose: string) => takeLock(`inkling/${environmentId}/${purpose}`, updateLeases);

  const held: (() => Promise<void>)[] = [];
  let hasBegun = false;
  /** As soon as the environment is known; and again when a refresh that had failed succeeds. */
  const begin = async (): Promise<void> => {
    if (!session.environment()) return;
    if (!hasBegun) {
      hasBegun = true;
      await presenter.resume();
      becomeReady();
      events.emit('ready', {});
    }
    await presenter.pageView();
    for (const work of held.splice(0)) await work();
  };

  const session = createSession(api, state, {
    onError: emitError,
    onIdentified: (userId) => events.emit('identified', { userId }),
    onRecovered: () => void begin(),
  });
  const delivery = createDelivery({
    api,
    showings,
    takeLock: () => lock('delivery'),
    onDelivered: ({ id, surveyId, seq, finished }) => {
      if (seq > 1) events.emit('delivered', { surveyId, responseId: id, finished });
    },
    onRefused: ({ surveyId }, code) =>
      emitError('refused', `The server refused an answer to ${surveyId}: ${code}`),
  });
  const presenter = createPresenter({
    session,
    state,
    showings,
    events,
    delivery,
    takeLock: () => lock('survey'),
    loadRenderer: async (survey) => {
      try {
        const renderer = await loadRenderer(appUrl);
        await renderer.prepare(survey);
        return renderer;
      } catch (error) {
        emitError('renderer', `The survey's script could not be loaded: ${error}`);
        return undefined;
      }
    },
    isUrlFull: options.url === 'full',
  });

  const onOnline = (): void => void delivery.drain();
  addEventListener('online', onOnline);
  addEventListener('pagehide', delivery.flush);
  const stopWatching = watchNavigation(() => void presenter.pageView());

  if (options.userId) void session.identify(options.userId, {});
  if (options.language) void session.setLanguage(options.language);
  void delivery.drain();
  // Calls that follow `setup` in the same task (identify, most of all) come first.
  void wait().then(session.settle).then(begin);

  return {
    session,
    presenter,
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
      await presenter.close('logout');
      await session.logout();
      await Promise.all([state.erase(), showings.erase()]);
    },
    whenKnown: async (work) => {
      if (!session.environment()) await session.settle();
      if (session.environment()) return work();
      held.push(work);
    },
    stop: () => {
      void presenter.close('destroyed');
      presenter.stop();
      session.stop();
      delivery.stop();
      stopWatching();
      removeEventListener('online', onOnline);
      removeEventListener('pagehide', delivery.flush);
    },
  };
}
