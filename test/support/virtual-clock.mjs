// Loaded into the built server by `node --import`: the clock of the process stands at the instant VIRTUAL_NOW until its
// parent moves it by a message `{ to }`. Timers that are due by then run at once. The server's code doesn't depend on it.
const RealDate = Date;
const { setTimeout: wait, clearTimeout: forget, setInterval: repeat, clearInterval: end } = globalThis;
let now = Number(process.env.VIRTUAL_NOW);
if (!Number.isSafeInteger(now)) throw new Error('VIRTUAL_NOW must be an instant in ms');

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now] : parts));
  }
  static now() {
    return now;
  }
};

/** Timeouts that haven't run, by their timer; `at` in ms of `performance.now()`. */
const timeouts = new Map();
const intervals = new Map();

globalThis.setTimeout = Object.assign((run, ms = 0, ...args) => {
  const fire = () => {
    timeouts.delete(timer);
    run(...args);
  };
  const timer = wait(fire, ms);
  timeouts.set(timer, { fire, at: performance.now() + ms });
  return timer;
}, wait);
globalThis.clearTimeout = (timer) => {
  timeouts.delete(timer);
  forget(timer);
};
globalThis.setInterval = (run, ms, ...args) => {
  const timer = repeat(run, ms, ...args);
  intervals.set(timer, () => run(...args));
  return timer;
};
globalThis.clearInterval = (timer) => {
  intervals.delete(timer);
  end(timer);
};

process.on('message', ({ to }) => {
  const step = to - now;
  now = to;
  for (const [timer, entry] of [...timeouts]) {
    entry.at -= step;
    if (entry.at > performance.now()) continue;
    forget(timer);
    entry.fire();
  }
  for (const run of [...intervals.values()]) run();
  process.send?.({ at: now });
});
// The channel alone must not keep the process alive.
process.channel?.unref();
