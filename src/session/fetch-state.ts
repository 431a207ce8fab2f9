import type { Events } from '../api/events.ts';
import { type Dated, freshUntil, isFresh } from '../core/lifetime.ts';
import { hash } from '../core/targeting/hash.ts';
import { type BeforeSend, toBody } from '../net/before-send.ts';
import { isOk, isRefused, NO_REPLY, type Reply, request } from '../net/request.ts';
import { stringify } from '../platform/json.ts';
import type { StoredRecord } from '../store/record.ts';
import type { WireEnvironmentReply } from '../wire/environment.ts';
import type { AttributeValue, WireUserReply } from '../wire/user.ts';
import { currentUser, type DeviceState, isUsable } from './state.ts';

const ENVIRONMENT_MS = 60 * 60_000;
const USER_MS = 30 * 60_000;

/** Where to ask, and what is known so far. */
export interface FetchDeps {
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  readonly state: StoredRecord<DeviceState>;
}

/** Additional dependencies of an identification. */
export interface FetchUserDeps extends FetchDeps {
  readonly options: { readonly beforeSend?: BeforeSend | undefined };
  readonly events: Pick<Events, 'emit'>;
  /** Reports that the server refused the user or an attribute; quietly, unless it is a mistake of the set-up. */
  readonly fail: (code: string, message: string, isQuiet: boolean) => void;
}

/** Stores what a reply has changed, and the offset of the server's clock. */
export type Learn = (reply: Reply, change: (old: DeviceState) => Partial<DeviceState>) => void;

/** Requests the environment if it has expired, and stores it. Returns the reply that failed. */
export async function fetchEnvironment(deps: FetchDeps, learn: Learn): Promise<Reply | undefined> {
  const askedAt = Date.now();
  if (isFresh(deps.state.value().environment, askedAt)) return undefined;
  const reply = await request(`${deps.api}/environment`);
  if (!isOk(reply)) return reply;
  const { data, expiresAt } = (reply.body as WireEnvironmentReply).data;
  if (!isUsable(data)) return NO_REPLY;
  const sound = { ...data, surveys: withIds(data.surveys), actionClasses: withIds(data.actionClasses) };
  const environment = toDated({ data: sound, expiresAt }, reply, askedAt, ENVIRONMENT_MS);
  learn(reply, () => ({ environment }));
  return undefined;
}

/**
 * Requests the state of the person identified now, with the attributes the server doesn't have yet, if either is
 * missing or has expired; asks once more when attributes were added meanwhile. Returns the reply that failed. A reply
 * about somebody who is no longer here is dropped; a refusal is reported and not retried.
 *
 * @param wanted attributes set by the site; those the server has, or refuses, are removed
 */
export async function fetchUser(
  deps: FetchUserDeps,
  wanted: Record<string, AttributeValue>,
  learn: Learn,
): Promise<Reply | undefined> {
  if (!needsUser(deps.state.value(), wanted)) return undefined;
  const { userId, userHash } = deps.state.value();
  const sent = { ...wanted };
  const attributes = isEmpty(sent) ? undefined : sent;
  const body = toBody(deps.options.beforeSend, { userId, userHash, attributes }, 'user');
  const askedAt = Date.now();
  // Dropped by the page: as if nobody had been named.
  if (body === null) return undefined;
  const reply = body === undefined ? NO_REPLY : await request(`${deps.api}/user`, body);
  const { state: told, errors } = (reply.body as WireUserReply | undefined)?.data ?? {};
  // Somebody else by now, or nobody: the reply isn't about them.
  if (deps.state.value().userId !== userId) return undefined;
  const isDone = isOk(reply) && told?.data?.userId === userId;
  if (!isDone && !isRefused(reply)) return reply;
  for (const key in sent) if (wanted[key] === sent[key]) delete wanted[key];
  if (!isDone || !told) {
    const { message } = reply.body as { message?: string };
    // 403: without proof of the user id, a mistake of the set-up.
    deps.fail('identify-refused', `The server refused ${userId}: ${message ?? ''}`, reply.status !== 403);
    return undefined;
  }
  for (const error of errors ?? []) deps.fail('attribute', error, true);
  const user = toDated(told, reply, askedAt, USER_MS);
  learn(reply, (old) => ({ user, acked: { ...old.acked, ...hashesOf(sent) } }));
  deps.events.emit('identified', { userId });
  return fetchUser(deps, wanted, learn);
}

/** Whether the person identified now must be asked for. Removes the attributes that the server already has. */
function needsUser(state: DeviceState, wanted: Record<string, AttributeValue>): boolean {
  if (state.userId === null) return false;
  const user = currentUser(state);
  for (const [key, value] of Object.entries(wanted)) {
    if (user && state.acked[hash(key)] === hash(stringify(value))) delete wanted[key];
  }
  return !(isFresh(user, Date.now()) && isEmpty(wanted));
}

function isEmpty(attributes: object): boolean {
  return Object.entries(attributes).length === 0;
}

/** Attributes as they are remembered once acknowledged: hash of the key → hash of the value. */
function hashesOf(attributes: Readonly<Record<string, AttributeValue>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [hash(key), hash(stringify(value))]),
  );
}

/** `at` is when it was asked for: what the server learns while it answers isn't in the reply. */
function toDated<T>(
  reply: { readonly data: T; readonly expiresAt: string },
  { serverNow }: Reply,
  at: number,
  fallbackMs: number,
): Dated<T> {
  const until = freshUntil(Date.parse(reply.expiresAt), serverNow, Date.now(), fallbackMs);
  return { data: reply.data, at, until };
}

/** Drops entries of a list that are no survey or action at all; the rest of it is used. */
function withIds<T extends { readonly id: string }>(list: readonly T[]): T[] {
  return list.filter((one) => one?.id);
}
