import { vi } from 'vitest';
import type { ActionClass, Survey } from '../../src/core/survey/document.ts';

/** When the fake clock starts, on the device and on the server. */
export const START = Date.UTC(2026, 10, 28, 12);
export const MINUTE = 60_000;

/** Replaces timers and clock; promises and the disk go on by themselves. */
export function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: START });
  vi.stubGlobal('navigator', { onLine: true });
}

/** Lets `ms` pass, and everything that is then due. */
export async function pass(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  // The disk (fake-indexeddb) goes on in tasks of its own.
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(0);
}

/** One request as it was sent. */
export interface Asked {
  readonly path: string;
  readonly at: number;
  readonly body: Record<string, unknown> | undefined;
}

/** A reply; undefined: there is no answer. */
export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | undefined;

/** Replaces `fetch`, the edge to the network, by a function that answers each request. */
export function answer(reply: (asked: Asked) => Answer | Promise<Answer>): Asked[] {
  const list: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, { body }: RequestInit = {}) => {
    const path = new URL(url).pathname.replace('/api/v1/client/', '');
    const asked = { path, at: Date.now() - START, body: body ? JSON.parse(`${body}`) : undefined };
    list.push(asked);
    const given = await reply(asked);
    if (!given) throw new TypeError('no network');
    const { status = 200, headers = {} } = given;
    return new Response(JSON.stringify(given.body ?? {}), {
      status,
      headers: { date: new Date(Date.now()).toUTCString(), ...headers },
    });
  });
  return list;
}

const iso = (ms: number) => new Date(ms).toISOString();

/** The reply with an environment that is fresh for `ms`. */
export function environmentReply(
  {
    surveys = [],
    actionClasses = [],
  }: { surveys?: readonly Survey[]; actionClasses?: readonly ActionClass[] } = {},
  ms = 60 * MINUTE,
): Answer {
  const data = { surveys, actionClasses, workspace: { recontactDays: 0 }, inkling: 1 };
  return { body: { data: { data, expiresAt: iso(Date.now() + ms) } } };
}

/** The reply with a person's state that is fresh for `ms`. */
export function userReply(userId: unknown, change: object = {}, ms = 30 * MINUTE): Answer {
  const data = {
    contactId: 'c1',
    userId,
    segments: [],
    displays: [],
    responses: [],
    lastDisplayAt: null,
    ...change,
  };
  return { body: { data: { state: { data, expiresAt: iso(Date.now() + ms) } } } };
}

/** A server where everything is well. */
export const wellAnswer = ({ path, body }: Asked): Answer =>
  path.endsWith('/user') ? userReply(body?.userId) : environmentReply();
