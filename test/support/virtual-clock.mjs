// Loaded into the built server by `node --import`: the process lives at the instant VIRTUAL_NOW and stays there until its
// parent moves it by a message `{ to }`. What waits for an instant that is passed by a move runs at once. The product
// itself knows nothing of it.
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

/** What has not run yet, by its timer; `left` in ms when the clock was last moved. */
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
// The channel alone keeps no process alive.
process.channel?.unref();
