/** Starts that are tried in one turn of the event loop. More would not fit into it. */
const MOST_STARTS = 256;

/** Connections that are accepted between two slices. */
const MOST_ACCEPTS = 64;

/** Options of `createTurns`. */
export interface TurnOptions {
  /** Length of a slice, in ms. */
  readonly sliceMs: number;
  /** Number of connections accepted so far. Default: none, ever. */
  readonly accepted?: () => number;
  /** Default: the CPU time of this process, since on a busy machine nothing may happen for longer than a slice. */
  readonly now?: () => number;
}

/**
 * Makes a queue of starts that is emptied for `sliceMs` in each turn of the event loop. While the turn has time left, a
 * start happens at once. So a burst of requests delays replies and refusals by little more than a slice.
 *
 * The event loop accepts one connection per turn. So between two slices there are short turns as long as each of them
 * accepts one: else a new connection, perhaps one that asks for the health, waits for as many slices as came before it.
 */
export function createTurns({
  sliceMs,
  accepted = () => 0,
  now = cpuMs,
}: TurnOptions): (start: () => void) => void {
  const waiting: (() => void)[] = [];
  let began: number | undefined;
  let hasEnd = false;

  const hasTime = (): boolean => began !== undefined && now() - began < sliceMs;

  function startNext(): void {
    began ??= now();
    if (hasTime()) waiting.shift()?.();
  }
  function endTurn(): void {
    began = undefined;
    hasEnd = waiting.length > 0;
    if (hasEnd) acceptMore(MOST_ACCEPTS, accepted());
  }
  function acceptMore(left: number, before: number): void {
    setImmediate(() => {
      const after = accepted();
      if (left > 1 && after > before) acceptMore(left - 1, after);
      else beginSlice();
    });
  }
  function beginSlice(): void {
    // An immediate for each start: what it leaves to microtasks counts, too.
    for (let n = Math.min(waiting.length, MOST_STARTS); n > 0; n -= 1) setImmediate(startNext);
    setImmediate(endTurn);
  }

  return (start) => {
    if (!hasEnd) {
      hasEnd = true;
      began = now();
      setImmediate(endTurn);
    }
    if (waiting.length === 0 && hasTime()) start();
    else waiting.push(start);
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
