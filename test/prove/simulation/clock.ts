/** Time that passes only when nothing is left to do: hours of retries take milliseconds. */
export interface Clock {
  /** Epoch ms. */
  now: () => number;
  /** Runs something later; the number cancels it. */
  after: (ms: number, run: () => void) => number;
  cancel: (id: number | undefined) => void;
  /** Runs something in the middle of things: after this many turns of the event loop, before time passes. */
  afterTurns: (turns: number, run: () => void) => void;
  /** Real work (a request at the server) that time must not pass. */
  during: <T>(work: Promise<T>) => Promise<T>;
  /** Lets time pass until it is over, at most `ms`. Whether it is over. */
  pass: (ms: number, isOver?: () => boolean) => Promise<boolean>;
}

interface Due {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

/** What IndexedDB and the server have put off to the next turn: time waits for it. */
let putOff = 0;
const realImmediate = globalThis.setImmediate;

/** Counts what is put off from now on; the returned function ends it. */
export function watchTurns(): () => void {
  const counting = (run: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
    putOff++;
    return realImmediate(() => {
      putOff--;
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

/** Makes a clock that begins at `start` (epoch ms). `watchTurns` must be on while it passes. */
export function createClock(start: number): Clock {
  let now = start;
  let made = 0;
  let working = 0;
  /** Soonest first; what is due at the same time runs in the order it was asked for. */
  const due: Due[] = [];
  let turns: { left: number; readonly run: () => void }[] = [];

  const settle = async (): Promise<void> => {
    // A turn may end with promises that put off more: quiet for two turns is quiet.
    for (let quiet = 0; quiet < 2; ) {
      await turn();
      const over = turns.filter((one) => one.left-- <= 0);
      turns = turns.filter((one) => !over.includes(one));
      for (const { run } of over) run();
      quiet = putOff === 0 && working === 0 && turns.length === 0 ? quiet + 1 : 0;
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
