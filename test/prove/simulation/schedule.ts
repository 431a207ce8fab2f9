import { CARDS } from '../../support/three-cards.ts';
import { createClock } from './clock.ts';
import { createDevice } from './device.ts';
import { createNetwork, FAULTS } from './network.ts';
import { createRandom } from './random.ts';
import type { Scripts } from './scripts.ts';
import type { SimulatedServer } from './servers.ts';
import { visit } from './visitor.ts';

/** The result of one schedule. */
export interface Verdict {
  readonly seed: number;
  /** Answers the visitor gave. */
  readonly given: number;
  /** Number of them that the server doesn't have. */
  readonly lost: number;
  /** Responses beyond the first. */
  readonly duplicated: number;
  readonly displays: number;
  /** The visitor reached the ending; the server's response isn't finished. */
  readonly unfinished: number;
  /** Showings that the page still holds as undelivered. */
  readonly waiting: number;
  /** The visitor never reached the end: nothing is proved. */
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

/** Runs one schedule; the same seed gives the same one. */
export async function runSchedule(scripts: Scripts, server: SimulatedServer, seed: number): Promise<Verdict> {
  const random = createRandom(seed);
  // The server's clock never goes back from one schedule to the next.
  const clock = createClock(BEGIN + seed * DAY_MS);
  const environment = await clock.during(server.begin(clock));
  const profile = {
    probability: random.pick([0.1, 0.3, 0.5, 0.8]),
    faults: random.chance(0.5) ? FAULTS : [random.pick(FAULTS), random.pick(FAULTS)],
    isRetryAfterReadable: server.usesInklingProtocol,
  };
  let isStale = true;
  let isStored = false;
  const network = createNetwork(clock, random, profile, (sent) => {
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
    // Read only after a request: the clock advances in thousands of small steps.
    if (isStale) isStored = environment.stored().responses.some(({ finished }) => finished);
    isStale = false;
    return isStored;
  };
  const isStayed = device.tabs().length > 0 && (await clock.pass(15 * MINUTE_MS, isDelivered));
  if (!isStayed) {
    device.open();
    await clock.pass(60 * MINUTE_MS, isDelivered);
  }
  // Copies of requests that are still under way.
  await clock.pass(2 * MINUTE_MS);
  const last = device.open();
  await clock.pass(MINUTE_MS);

  const { displays, responses } = environment.stored();
  const stored = responses[0]?.data ?? {};
  const isKept = (card: string): boolean => {
    // A server without the marker accepts nothing after the end: the answer sent first stays (client-api.md 3.5).
    if (!server.usesInklingProtocol) return given.tried.get(card)?.includes(`${stored[card]}`) ?? false;
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
