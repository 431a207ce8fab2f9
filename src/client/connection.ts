import type { CloseReason } from '../api/close-reason.ts';
import type { Moment } from '../core/targeting/gates.ts';
import { type Ledger, waiting } from '../core/targeting/ledger.ts';
import type { Connected, Core } from '../display/index.ts';
import type { SurveySlot } from '../display/slot.ts';
import { uptime } from '../platform/wait.ts';
import type { Session } from '../session/session.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Chunks } from './load-chunk.ts';
import type { Fail } from './problems.ts';

/** Dependencies passed in by the client. */
export interface ConnectionDeps {
  readonly session: Pick<Session, 'environment'>;
  readonly showings: StoredRecord<Ledger>;
  readonly load: (name: 'ui') => Promise<Pick<Chunks['ui'], 'connect'>>;
  /** Until when the page stays quiet, on the clock of `uptime`. The slot knows the other reasons. */
  readonly quietUntil: number;
  readonly fail: Fail;
  /** The chunk could not be had. */
  readonly onFailure: (error: unknown) => void;
}

/** The chunk that shows surveys and delivers answers, fetched when either is needed. */
export interface Connection {
  /** What keeps every survey from opening at this moment; before the chunk is there, only the quiet time does. */
  readonly moment: () => Moment;
  /** Fetches the chunk and has its slot do something, in the order of the calls. Never rejects. */
  readonly useSlot: (work: (slot: SurveySlot) => unknown) => Promise<void>;
  /** Delivers what waits. Where the chunk can't be had it is asked for again when the network is back. */
  readonly drain: () => Promise<void>;
  /** Sends what waits before the page goes away. */
  readonly flush: () => void;
  /** Closes the open survey, or the one that a chunk on its way would open. Settles once it is stored. */
  readonly close: (reason: CloseReason) => Promise<void>;
  /** Stops the chunk, also one that arrives afterwards. */
  readonly stop: () => void;
}

/**
 * Makes the connection of one environment.
 *
 * @param core what the chunk is connected with
 */
export function createConnection(deps: ConnectionDeps, core: () => Core): Connection {
  let isAsked = false;
  let isStopped = false;
  let connected: Connected | undefined;

  const connect = async (): Promise<Connected> => {
    isAsked = true;
    const chunk = await deps.load('ui');
    connected ??= chunk.connect(core());
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
      if (slot) deps.fail('internal', `${error}`, true);
      else deps.onFailure(error);
    }
  };

  return {
    moment: () => connected?.slot.moment() ?? { impolite: uptime() < deps.quietUntil ? 'quiet' : undefined },
    useSlot,
    drain: async () => {
      if (!deps.session.environment() || !waiting(deps.showings.value())[0]) return;
      try {
        await (await connect()).drain();
      } catch {
        // What waits is stored.
      }
    },
    flush: () => connected?.flush(),
    close: async (reason) => {
      if (connected) connected.slot.close(reason);
      // What is asked of a chunk on its way is closed as soon as it is there.
      else if (isAsked) void useSlot((slot) => slot.close(reason));
      // Read after the write: whoever waits for this may leave the page, and the survey does not come back.
      await deps.showings.refresh();
    },
    stop: () => {
      isStopped = true;
      connected?.stop();
    },
  };
}
