/** A virtual clock that advances only when no work is pending: hours of retries take milliseconds. */
export interface Clock {
  /** Epoch ms. */
  now: () => number;
  /** Runs something later; the number cancels it. */
  after: (ms: number, run: () => void) => number;
  cancel: (id: number | undefined) => void;
  /** Runs something while other work is pending: after this many turns of the event loop, before the clock advances. */
  afterTurns: (turns: number, run: () => void) => void;
  /** Holds the clock until real work (a request at the server) is done. */
  during: <T>(work: Promise<T>) => Promise<T>;
  /** Advances the clock until `isOver`, by `ms` at most. Whether it is over. */
  pass: (ms: number, isOver?: () => boolean) => Promise<boolean>;
}

interface Due {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

/** Number of immediates that IndexedDB and the server have scheduled: the clock waits for them. */
let pending = 0;
const realImmediate = globalThis.setImmediate;

/** Counts immediates from now on. Returns a function that ends it. */
export function watchTurns(): () => void {
  const counting = (run: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
    pending++;
    return realImmediate(() => {
      pending--;
      run(...args);
    });
  };
  globalThis.setImmediate = counting as typeof setImmediate;
  return () => {
    globalThis.setImmediate = realImmediate;
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

/** Makes a clock that begins at `start` (epoch ms). `watchTurns` must be on while it advances. */
export function createClock(start: number): Clock {
  let now = start;
  let made = 0;
  let working = 0;
  /** The timers, soonest first; those due at the same time run in the order they were set. */
  const due: Due[] = [];
  let turns: { left: number; readonly run: () => void }[] = [];

  const settle = async (): Promise<void> => {
    // A turn may end with promises that schedule more: two turns without any are the end.
    for (let quiet = 0; quiet < 2; ) {
      await turn();
      const over = turns.filter((one) => one.left-- <= 0);
      turns = turns.filter((one) => !over.includes(one));
      for (const { run } of over) run();
      quiet = pending === 0 && working === 0 && turns.length === 0 ? quiet + 1 : 0;
    }
  };

  return {
    now: () => Math.floor(now),
    after: (ms, run) => {
      const one = { id: ++made, at: now + Math.max(0, Number.isFinite(ms) ? ms : 0), run };
      const place = due.findIndex(({ at }) => at > one.at);
      due.splice(place < 0 ? due.length : place, 0, one);
      return one.id;
    },
    cancel: (id) => {
      const place = due.findIndex((one) => one.id === id);
      if (place >= 0) due.splice(place, 1);
    },
    afterTurns: (left, run) => turns.push({ left, run }),
    during: async (work) => {
      working++;
      try {
        return await work;
      } finally {
        working--;
      }
    },
    pass: async (ms, isOver = () => false) => {
      const end = now + ms;
      for (;;) {
        await settle();
        if (isOver()) return true;
        const next = due[0];
        if (!next || next.at > end) {
          now = end;
          return false;
        }
        due.shift();
        now = Math.max(now, next.at);
        next.run();
      }
    },
  };
}
