import type { Dated } from '../core/lifetime.ts';
import type { KnownHistory } from '../core/targeting/history.ts';
import type { Leases } from '../store/lease.ts';
import type { WireEnvironment } from '../wire/environment.ts';
import type { WireUser } from '../wire/user.ts';

/** A survey whose trigger has fired and whose delay is running; it opens on whichever page is open when that ends. */
export interface DueSurvey {
  readonly surveyId: string;
  readonly action: string;
  readonly dueAt: number;
  readonly hiddenFields: Readonly<Record<string, string>>;
}

/** The record `<env>/state`: the server's replies and what this device needs to decide (architecture.md 4). */
export interface DeviceState {
  readonly v: 1;
  /** Random, made once: the input of an anonymous visitor's sticky sampling. */
  readonly seed: string;
  /** The server's clock minus this device's, ms, as last learnt. */
  readonly skew: number;
  readonly userId: string | null;
  /** Proof of the user id; kept as long as that. */
  readonly userHash?: string | undefined;
  /** As the site set it; the server's own value for a person has priority. */
  readonly language?: string;
  readonly environment?: Dated<WireEnvironment>;
  readonly user?: Dated<WireUser>;
  /** Acknowledged attributes: hash of the key → hash of the value. */
  readonly acked: Readonly<Record<string, number>>;
  /** Number of times an action has fired, by its name; only actions that a survey counts. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly due: readonly DueSurvey[];
  readonly leases: Leases;
}

/** The state of a device that has asked for nothing and identified nobody. */
export function createState(seed: string): DeviceState {
  return { v: 1, seed, skew: 0, userId: null, acked: {}, due: [], leases: {} };
}

/** Whether an environment has the lists that it must have to be used. */
export function isUsable(environment: WireEnvironment | undefined): environment is WireEnvironment {
  return [environment?.surveys, environment?.actionClasses].every(Array.isArray);
}

/**
 * Drops the parts of a stored record that are incomplete: replies of the server, which are requested again, and fields
 * of our own, which start anew.
 */
export function sanitizeState({ environment, user, ...own }: DeviceState): DeviceState {
  return {
    ...own,
    userId: typeof own.userId === 'string' ? own.userId : null,
    due: own.due.filter((due) => due?.surveyId),
    ...(environment && isUsable(environment.data) && { environment }),
    ...(user &&
      [user.data?.segments, user.data?.displays, user.data?.responses].every(Array.isArray) && { user }),
  };
}

/** The server's reply about the person identified now; undefined for nobody and while it isn't known. */
export function currentUser({ userId, user }: DeviceState): Dated<WireUser> | undefined {
  return userId !== null && user?.data.userId === userId ? user : undefined;
}

/** The server's history of the person identified now, in this device's time. */
export function serverHistory(state: DeviceState): KnownHistory | undefined {
  const user = currentUser(state);
  if (!user) return undefined;
  const { displays, responses, lastDisplayAt } = user.data;
  const last = lastDisplayAt ? [{ surveyId: '', createdAt: lastDisplayAt }] : [];
  return {
    displays: [...displays, ...last].map(({ surveyId, createdAt }) => ({
      surveyId,
      at: Date.parse(createdAt) - state.skew,
    })),
    responses,
    at: user.at,
  };
}
