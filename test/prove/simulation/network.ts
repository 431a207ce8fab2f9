import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** A server's reply. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The headers that a page of another origin may read. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as the page sends it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly text: string;
  readonly keepalive: boolean;
}

/** Faults that a request may meet. */
export const FAULTS = [
  'lost',
  'reply-lost',
  'duplicated',
  'late',
  '429',
  '429-retry-after',
  '503',
  '413',
  'html',
  'html-error',
  'hang',
] as const;
/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** The network between the pages of one device and a server. */
export interface Network {
  /** Replaces `fetch`: resolves with the answer, rejects when the connection breaks, or never settles. */
  send: (sent: Sent, signal: AbortSignal | undefined, isAlive: () => boolean) => Promise<Answer>;
  /** Cuts the connection, or restores it. */
  setOnline: (isOnline: boolean) => void;
  /** Ends all faults. */
  heal: () => void;
  /** Number of times each fault happened. */
  readonly seen: ReadonlyMap<Fault, number>;
  requests: () => number;
}

/** The faults of a schedule, and how probable one is. */
export interface FaultProfile {
  readonly probability: number;
  readonly faults: readonly Fault[];
  /** Whether a page may read `Retry-After`. */
  readonly isRetryAfterReadable: boolean;
}

const HTML = '<!doctype html><html><title>Welcome</title><p>Please sign in to this network.</html>';

/** Makes the network to a server. */
export function createNetwork(
  clock: Clock,
  random: Random,
  profile: FaultProfile,
  handle: (sent: Sent) => Promise<Answer>,
): Network {
  const seen = new Map<Fault, number>();
  let requests = 0;
  let isOnline = true;
  let isHealed = false;

  /** Reaches the server after `ms`, unless `isCut` by then. */
  const arrive = (sent: Sent, ms: number, isCut: () => boolean): Promise<Answer | undefined> => {
    return new Promise((resolve) => {
      clock.after(ms, () => {
        resolve(isCut() ? undefined : clock.during(handle(sent)));
      });
    });
  };

  const edge = (status: number, headers: Record<string, string> = {}): Answer => {
    const text = random.chance(0.5)
      ? HTML
      : JSON.stringify({ code: `edge_${status}`, message: 'No', details: {} });
    return { status, text, headers };
  };

  const retryAfter = (): Record<string, string> => {
    const seconds = random.whole(1, 90);
    const date = new Date(clock.now() + seconds * 1000).toUTCString();
    return profile.isRetryAfterReadable ? { 'retry-after': random.chance(0.5) ? `${seconds}` : date } : {};
  };

  const send: Network['send'] = (sent, signal, isAlive) =>
    new Promise((resolve, reject) => {
      requests++;
      const trip = (): number => random.between(5, 150);
      const breakOff = (): void => reject(new TypeError('Failed to fetch'));
      const later = (what: () => void): void => {
        clock.after(trip(), what);
      };
      signal?.addEventListener('abort', () => reject(signal.reason));
      if (signal?.aborted) return reject(signal.reason);
      if (!isOnline) return later(breakOff);
      const isHit = !isHealed && random.chance(profile.probability);
      const fault = isHit ? random.pick(profile.faults) : undefined;
      if (fault) seen.set(fault, (seen.get(fault) ?? 0) + 1);
      // A request of a page that has ended is lost in 60 % of the cases, with `keepalive` in 10 %.
      const luck = random.next();
      const isCut = (): boolean => !isAlive() && luck < (sent.keepalive ? 0.1 : 0.6);
      const answerWith = (answer: Answer) => later(() => resolve(answer));

      switch (fault) {
        case 'lost':
          return later(breakOff);
        case 'reply-lost': {
          const how = random.whole(0, 2);
          void arrive(sent, trip(), isCut).then(() => {
            if (how === 0) later(breakOff);
            else answerWith(edge(how === 1 ? 502 : 504));
          });
          return;
        }
        case 'late': {
          // The page has given up, or got an error, long before the request reaches the server.
          void arrive(sent, random.between(1_000, 90_000), () => false);
          return random.chance(0.5) ? later(breakOff) : undefined;
        }
        case '429':
          return answerWith(edge(429));
        case '429-retry-after':
          return answerWith(edge(429, retryAfter()));
        case '503':
          return answerWith(edge(503, random.chance(0.3) ? retryAfter() : {}));
        case '413':
          return answerWith(edge(413));
        case 'html':
          return answerWith({ status: 200, text: random.chance(0.7) ? HTML : '', headers: {} });
        case 'html-error':
          return answerWith({ status: random.pick([400, 403, 451, 502]), text: HTML, headers: {} });
        case 'hang':
          if (random.chance(0.5)) void arrive(sent, trip(), isCut);
          return;
        case 'duplicated':
          void arrive(sent, random.between(1, 60_000), () => false);
      }
      void arrive(sent, trip(), isCut).then((answer) => {
        if (answer) answerWith(answer);
      });
    });

  return {
    send,
    setOnline: (value) => {
      isOnline = value;
    },
    heal: () => {
      isHealed = true;
      isOnline = true;
    },
    seen,
    requests: () => requests,
  };
}
