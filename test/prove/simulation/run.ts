import { watchTurns } from './clock.ts';
import { runSchedule, type Verdict } from './schedule.ts';
import type { Scripts } from './scripts.ts';
import type { SimulatedServer } from './servers.ts';

/** `npm run prove` runs all of them, `npm test` the first tenth. */
export const SCHEDULES = process.env.INKLING_PROVE === 'full' ? 2_000 : 100;

/** The result of a number of schedules. */
export interface Tally {
  /** One line for each schedule with a lost or duplicated answer, with the seed that repeats it. */
  readonly broken: readonly string[];
  /** All figures in one line. */
  readonly summary: string;
}

/**
 * Runs the schedules of the seeds 1 to `count` one after the other.
 *
 * @param isEnough called after each schedule with the broken ones; true ends the run
 */
export async function runSchedules(
  scripts: Scripts,
  server: SimulatedServer,
  count: number,
  isEnough: (broken: readonly string[]) => boolean = () => false,
): Promise<Tally> {
  const verdicts: Verdict[] = [];
  const broken: string[] = [];
  const began = performance.now();
  const stop = watchTurns();
  try {
    for (let seed = 1; seed <= count && !isEnough(broken); seed++) {
      const verdict = await runSchedule(scripts, server, seed);
      verdicts.push(verdict);
      const faults = describeFaults(verdict, server);
      if (faults) broken.push(`seed ${seed}: ${faults}`);
    }
  } finally {
    stop();
  }
  return { broken, summary: summarize(verdicts, server, performance.now() - began) };
}

function describeFaults(verdict: Verdict, { usesInklingProtocol }: SimulatedServer): string {
  const { lost, duplicated, unfinished, waiting, displays, isStuck } = verdict;
  const faults = {
    [`${lost} answers lost`]: lost > 0,
    [`${duplicated} responses duplicated`]: duplicated > 0,
    unfinished: unfinished > 0,
    [`${waiting} still waiting`]: waiting > 0,
    [`${displays} displays`]: usesInklingProtocol && displays !== 1,
    'the visitor never saw the end': isStuck,
  };
  return Object.keys(faults)
    .filter((fault) => faults[fault])
    .join(', ');
}

function summarize(
  verdicts: readonly Verdict[],
  { usesInklingProtocol }: SimulatedServer,
  ms: number,
): string {
  const sum = (count: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const faults = sum(({ faults: seen }) => [...seen.values()].reduce((total, n) => total + n, 0));
  return [
    `${verdicts.length} schedules against ${usesInklingProtocol ? 'Inkling’s server' : 'a server without the marker'}`,
    `${sum(({ lost }) => lost)} of ${sum(({ given }) => given)} answers lost`,
    `${sum(({ duplicated }) => duplicated)} responses duplicated`,
    `${sum(({ unfinished }) => unfinished)} unfinished`,
    `${sum(({ displays }) => Math.max(0, displays - 1))} displays duplicated`,
    `${sum(({ requests }) => requests)} requests with ${faults} faults`,
    `${sum(({ tabsEnded }) => tabsEnded)} tabs killed or left`,
    `${sum(({ isVisitedAgain }) => Number(isVisitedAgain))} delivered by a later visit`,
    `${Math.round(ms / 1000)} s`,
  ].join(', ');
}
