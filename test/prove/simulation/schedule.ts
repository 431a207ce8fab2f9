import { CARDS } from '../../support/three-cards.ts';
import { createClock } from './clock.ts';
import { createDevice } from './device.ts';
import { createNetwork, FAULTS } from './network.ts';
import { createRandom } from './random.ts';
import type { Scripts } from './scripts.ts';
import type { SimulatedServer } from './servers.ts';
import { visit } from './visitor.ts';

/** What became of one schedule. */
export interface Verdict {
  readonly seed: number;
  /** Answers the visitor gave. */
  readonly given: number;
  /** Those of them that the server doesn't have. */
  readonly lost: number;
  /** Responses beyond the first. */
  readonly duplicated: number;
  readonly displays: number;
  /** The visitor reached the ending; the server's response isn't finished. */
  readonly unfinished: number;
  /** The page still believes that something waits. */
  readonly waiting: number;
  /** The visitor never got to the end: nothing is proved. */
  readonly isStuck: boolean;
  /** Another visit was needed to deliver. */
  readonly isVisitedAgain: boolean;
  readonly requests: number;
  readonly tabsEnded: number;
  readonly faults: ReadonlyMap<string, number>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const BEGIN = Date.UTC(2026, 0, 1);

/** Runs one schedule: the same seed does the same. */
export async function runSchedule(scripts: Scripts, server: SimulatedServer, seed: number): Promise<Verdict> {
  const random = createRandom(seed);
  // The server's clock never goes back from one schedule to the next.
  const clock = createClock(BEGIN + seed * DAY_MS);
  const environment = await clock.during(server.begin(clock));
  const weather = {
    probability: random.pick([0.1, 0.3, 0.5, 0.8]),
    faults: random.chance(0.5) ? FAULTS : [random.pick(FAULTS), random.pick(FAULTS)],
    isRetryAfterReadable: server.isOurs,
  };
  let isStale = true;
  let isStored = false;
  const network = createNetwork(clock, random, weather, (sent) => {
    isStale = true;
    return environment.handle(sent);
  });
  const tag = { 'data-environment-id': environment.id, 'data-app-url': 'https://surveys.example' };
  const device = createDevice({ clock, random, network, scripts, tag, hasLocks: random.chance(0.75) });

  const given = await visit(
    { clock, random, device },
    {
      tabs: random.whole(1, 5),
      mishaps: random.whole(0, 6),
      userId: random.chance(0.5) ? 'visitor' : undefined,
    },
  );
  if (random.chance(0.4)) for (const tab of device.tabs()) random.chance(0.5) ? tab.kill() : tab.leave();
  await clock.pass(random.between(0, 10 * MINUTE_MS));
  network.heal();
  device.setOnline(true);

  const isDelivered = (): boolean => {
    // Looked at only after a request: time passes in thousands of small steps.
    if (isStale) isStored = environment.stored().responses.some(({ finished }) => finished);
    isStale = false;
    return isStored;
  };
  const isStayed = device.tabs().length > 0 && (await clock.pass(15 * MINUTE_MS, isDelivered));
  if (!isStayed) {
    device.open();
    await clock.pass(60 * MINUTE_MS, isDelivered);
  }
  // Copies that are still on their way.
  await clock.pass(2 * MINUTE_MS);
  const last = device.open();
  await clock.pass(MINUTE_MS);

  const { displays, responses } = environment.stored();
  const stored = responses[0]?.data ?? {};
  const isKept = (card: string): boolean => {
    // A foreign server takes nothing after the end: what was sent first stays (client-api.md 3.5).
    if (!server.isOurs) return given.tried.get(card)?.includes(`${stored[card]}`) ?? false;
    return stored[card] === given.accepted.get(card);
  };
  const verdict: Verdict = {
    seed,
    given: given.accepted.size,
    lost: CARDS.filter((card) => given.accepted.has(card) && !isKept(card)).length,
    duplicated: Math.max(0, responses.length - 1),
    displays,
    unfinished: given.isFinished && responses[0]?.finished !== true ? 1 : 0,
    waiting: undelivered(last.call('state')),
    isStuck: !given.isFinished,
    isVisitedAgain: !isStayed,
    requests: network.requests(),
    tabsEnded: device.ended(),
    faults: network.seen,
  };
  device.end();
  await clock.pass(1);
  return verdict;
}

function undelivered(state: unknown): number {
  const showings = (state as { showings: { delivered: boolean }[] } | undefined)?.showings ?? [];
  return showings.filter(({ delivered }) => !delivered).length;
}
