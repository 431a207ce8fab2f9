import type { CloseReason } from '../api/close-reason.ts';
import type { Events } from '../api/events.ts';
import type { ClientState, SetupOptions } from '../api/types.ts';
import { toBody } from '../net/before-send.ts';
import { codeOf, isOk, isRefused, NO_REPLY, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import { listen } from '../platform/listen.ts';
import { newId } from '../platform/new-id.ts';
import { uptime, wait } from '../platform/wait.ts';
import { createSession, type Session } from '../session/session.ts';
import { watchNavigation } from '../triggers/navigation.ts';
import { describeState } from './client-state.ts';
import { createConnection } from './connection.ts';
import { watchCsp } from './csp.ts';
import type { Chunks } from './load-chunk.ts';
import { createPresenter, type Presenter } from './presenter.ts';
import type { Fail } from './problems.ts';
import { openRecords } from './records.ts';

/** A clock of the device that is off by half a day or more is reported, in days. */
const DAY_MS = 86_400_000;

declare global {
  interface Document {
    /** Whether the browser renders the page ahead of a visit; undefined where no browser does. */
    readonly prerendering?: boolean;
  }
}

/** Fetches a chunk from the server that `setup` was given. */
export type Load = <N extends keyof Chunks>(name: N) => Promise<Chunks[N]>;

/** Dependencies passed in by the client. */
export interface StartDeps {
  readonly options: SetupOptions;
  /** The server's address, without a slash at its end. */
  readonly server: string;
  /** Global Privacy Control without the site's consent setting: nobody is identified and nothing is stored. */
  readonly isPrivate: boolean | undefined;
  readonly events: Events;
  readonly fail: Fail;
  /** Forgets the problem at hand: the server has answered. */
  readonly solve: () => void;
  readonly load: Load;
}

/** One environment at work. */
export interface Running {
  readonly session: Session;
  readonly presenter: Presenter;
  /** Closes the open survey. Settles once that is stored. */
  readonly close: (reason: CloseReason) => Promise<void>;
  readonly isPrivate: boolean | undefined;
  /** The result of `state()`. */
  readonly state: () => ClientState;
  /** Closes the open survey and forgets who is identified. */
  readonly logout: () => Promise<void>;
  /** `logout`, and erases what is stored. */
  readonly forget: () => Promise<void>;
  /** Runs what needs the environment: now, or as soon as it is known. */
  readonly whenKnown: (work: () => Promise<void>) => Promise<void>;
  /** Stops everything and removes every listener and timer. */
  readonly stop: () => void;
}

/**
 * Opens the records of one environment and starts everything that works on them; on a page that the browser prerenders,
 * once it is shown.
 */
export async function start(deps: StartDeps): Promise<Running> {
  const { options, server, isPrivate, fail } = deps;
  const { environmentId } = options;
  // Nobody is on a page that the browser renders ahead: their visit begins when it is shown.
  if (document.prerendering) await new Promise((resolve) => listen('prerenderingchange', resolve));
  const [state, showings, erase, database] = await openRecords(environmentId, isPrivate);
  const [failLater, stopWatchingCsp] = watchCsp(server, fail);
  const onFailure = (error: unknown): Promise<void> => failLater('renderer', `${error}`);
  const base = {
    ...deps,
    ...{ environmentId, state, showings, database, onFailure },
    api: `${server}/api/v1/client/${environmentId}`,
    quietUntil: uptime() + (options.quiet ?? 0) * 1000,
  };

  let isStopped = false;
  /** Set until the environment is known for the first time. */
  let setKnown: (() => void) | undefined;
  const known = new Promise<void>((resolve) => {
    setKnown = resolve;
  });
  /** As soon as the environment is known, and after each refresh. */
  const begin = async (): Promise<void> => {
    if (isStopped || !session.environment()) return;
    void connection.drain();
    if (setKnown) {
      presenter.resume();
      deps.events.emit('ready', {});
      setKnown();
      setKnown = undefined;
    }
    await presenter.pageView();
  };

  const session = createSession(
    base,
    (status) =>
      // With an environment at hand it worked before: that is a visitor's network, not a mistake.
      void failLater(failureCode(status, server), `${status || ''}`, session.environment() !== undefined),
    (skew) => {
      deps.solve();
      const days = Math.round(Math.abs(skew) / DAY_MS);
      if (days) fail('clock', `${days}`);
      void begin();
    },
  );
  const core = { ...base, session };
  const connection = createConnection(core, () => ({
    ...{ ...core, ...presenter, newId },
    net: { codeOf, isOk, isRefused, NO_REPLY, request, stringify, toBody },
    loadForeign: () => deps.load('foreign'),
  }));
  const presenter = createPresenter({ ...core, ...connection });
  const logout = async (): Promise<void> => {
    await connection.close('logout');
    await session.logout();
  };

  const releases = [
    stopWatchingCsp,
    listen('online', connection.drain),
    // A phone may end a tab that is out of sight without another event.
    listen('pagehide visibilitychange', (event) => {
      if (event.type === 'pagehide' || document.hidden) connection.flush();
    }),
    watchNavigation(() => void presenter.pageView()),
    presenter.stop,
    session.stop,
    connection.stop,
  ];

  if (options.userId && !isPrivate) void session.identify(options.userId, {}, options.userHash);
  if (options.language) void session.setLanguage(options.language);
  // Calls that follow `setup` in the same task (identify, most of all) come first.
  void wait().then(session.settle).then(begin);

  return {
    ...{ session, presenter, isPrivate, logout },
    close: connection.close,
    state: () => describeState(core),
    forget: async () => {
      await logout();
      await erase();
    },
    whenKnown: (work) => known.then(work),
    stop: () => {
      isStopped = true;
      for (const release of releases) release();
    },
  };
}

/** The code of a failed request for the state, by its status; 0 without an answer. */
function failureCode(status: number, server: string): string {
  return status === 404
    ? 'not-found'
    : !status && location.protocol === 'https:' && server.startsWith('http:')
      ? 'mixed-content'
      : 'unreachable';
}
