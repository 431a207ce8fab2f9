import { createEvents } from '../api/events.ts';
import type { CallByName, Consent, Inkling, Problem, RenderedSurvey, SetupOptions } from '../api/types.ts';
import { atMost, wait } from '../platform/wait.ts';
import { eraseRecords } from '../store/record.ts';
import { type CallQueue, flushQueue, waitInQueue } from './call-queue.ts';
import { createCalls } from './calls.ts';
import type { Chunks, LoadChunk } from './load-chunk.ts';
import { createReporter, type Fail } from './problems.ts';
import { type Load, type Running, start } from './start.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

/** The chunk's contract that this core can call. */
const CONTRACT = 6;

/** Every promise that a page gets settles within 1 s; what it waits for goes on. */
const SETTLE_MS = 800;

/** A tag that names no environment waits this long for the page's own call of `setup`, and until the page is complete. */
const OWN_SETUP_MS = 2_000;

/**
 * Makes a client that does nothing until `setup`. Calls made before wait for it.
 *
 * @param settleMs the longest time that the promise of a call waits for its work
 */
export function createClient(loadChunk: LoadChunk, settleMs = SETTLE_MS): Inkling & CallByName {
  const events = createEvents();
  /** The address that `setup` was given, right or wrong: advice on a mistake is loaded from there. */
  let server = '';
  let options: SetupOptions | undefined;
  let consented: Consent | undefined;
  let problem: Problem | undefined;
  /** The environment that starts or runs: one that `destroy` ended must not start when its records are open. */
  let starting: Promise<Running> | undefined;
  let running: Running | undefined;
  let isOver = false;
  /** The page has called `setup`, rightly or not, or `destroy`. */
  let isAsked = false;
  /** Removes the debug panel. */
  let panel: Promise<() => void> | undefined;
  const early: CallQueue<Running> = [];

  const load: Load = async (name) => {
    const chunk = await loadChunk(server, name);
    const { contract } = chunk as Chunks['ui'];
    if (name === 'ui' && contract !== CONTRACT)
      throw new Error(`its script is of another version: ${contract}`);
    return chunk;
  };

  const report = createReporter(events, async (code, detail) =>
    (await load('advice')).advise(code, { ...options, detail, appUrl: server }),
  );
  const fail: Fail = (...failure) => {
    problem = report(...failure);
  };
  const solve = (): void => {
    problem = undefined;
  };

  const isHeldBack = (): boolean => consented === 'required' || consented === 'denied';

  const begin = async (): Promise<void> => {
    if (!options || starting || isHeldBack()) return;
    const isPrivate = !consented && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
    const mine = start({ options, server, isPrivate, events, fail, solve, load });
    starting = mine;
    const client = await mine;
    if (starting !== mine) return client.stop();
    running = client;
    flushQueue(early, client);
  };
  const stop = (): void => {
    starting = undefined;
    running?.stop();
    running = undefined;
  };

  /** Reports a bug of ours instead of throwing it into the page. Waits for the work no longer than a page should. */
  const guard = async (work: () => unknown): Promise<void> => {
    const begun = async (): Promise<unknown> => work();
    try {
      await atMost(settleMs, begun());
    } catch (error) {
      fail('internal', error, true);
    }
  };
  const setup = (given: SetupOptions): Promise<void> =>
    guard(async () => {
      if (given?.environmentId === null) {
        do await wait(OWN_SETUP_MS);
        while (document.readyState !== 'complete');
        if (isAsked) return;
      }
      isAsked = true;
      const environmentId = `${given?.environmentId ?? ''}`;
      if (!options) server = `${given?.appUrl ?? ''}`.replace(/\/$/, '');
      if (given?.debug || /[?&]inkling-debug=1/.test(location.search))
        panel ??= load('debug').then(
          (chunk) => chunk.openDebugPanel(inkling, { environmentId, appUrl: server }),
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
      consented ??= given.consent;
      if (consented === 'denied') await eraseRecords(environmentId);
      await begin();
    });

  /** Makes a call on the environment at work; it waits for `setup` and for consent, and is dropped after `destroy`. */
  const call = (work: (client: Running) => unknown): Promise<void> =>
    guard(() => {
      if (running) return work(running);
      if (isOver || consented === 'denied') return;
      const done = waitInQueue(early).then((client) => client && guard(() => work(client)));
      // While it is held back there is nothing to wait for.
      return starting && done;
    });

  const inkling: Inkling & { readonly __proto__: null } = {
    // No name that every object has is a call.
    __proto__: null,
    ...createCalls(call, fail),
    setup,
    render: async (document, options) => {
      // As long as the script is on its way: what it draws can be closed all the same.
      let survey: RenderedSurvey | undefined = { close: () => void drawn.then(() => survey?.close()) };
      const draw = async (): Promise<void> => {
        try {
          survey = await (await load('ui')).render(document, options);
        } catch (error) {
          survey = undefined;
          fail('render', error);
        }
      };
      const drawn = draw();
      await guard(() => drawn);
      return survey;
    },
    consent: (answer) =>
      guard(async () => {
        if (!/^(granted|denied|required)$/.test(answer)) return void report('consent', answer);
        const wasPrivate = running?.isPrivate;
        consented = answer;
        if (answer === 'denied') {
          flushQueue(early);
          await (await starting)?.forget();
          // What an earlier page stored, where this one has waited for the answer.
          if (!starting && options) await eraseRecords(options.environmentId);
        }
        if (wasPrivate || isHeldBack()) stop();
        await begin();
      }),
    explain: (surveyId) => {
      const found = (running?.presenter.explain() ?? [])
        .filter((one) => surveyId === undefined || one.surveyId === surveyId)
        .map((one) => ({ ...one, problem }));
      const isHeld = isHeldBack();
      if (found[0] || !(problem || isHeld)) return found;
      const gates = isHeld ? [{ code: 'consent' as const, pass: false, used: consented }] : [];
      return [{ surveyId: surveyId ?? '', show: false, language: undefined, gates, problem }];
    },
    state: () => running?.state(),
    on: (name, handler) => {
      if (typeof handler === 'function') return events.on(name, handler);
      fail('handler', name);
      return () => {};
    },
    destroy: () => {
      stop();
      void panel?.then((close) => close());
      panel = undefined;
      options = undefined;
      isAsked = isOver = true;
      flushQueue(early);
    },
    ready: new Promise<void>((resolve) => {
      events.on('ready', () => resolve());
    }),
    version: __VERSION__,
  };
  const byName = (name: unknown, ...args: never[]): unknown => {
    const method = typeof name === 'string' && Object.hasOwn(inkling, name) && inkling[name as 'setup'];
    if (typeof method === 'function') return method(...(args as unknown as [SetupOptions]));
    void guard(() => fail('unknown-call', name));
  };
  return Object.assign(byName as CallByName, inkling);
}
