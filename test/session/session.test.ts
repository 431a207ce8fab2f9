import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents } from '../../src/api/events.ts';
import { createSession } from '../../src/session/session.ts';
import { createState, type DeviceState } from '../../src/session/state.ts';
import { openDatabase, openRecord } from '../../src/store/record.ts';
import {
  type Answer,
  type Asked,
  answer,
  environmentReply,
  fakeClock,
  MINUTE,
  pass,
  userReply,
  wellAnswer,
} from './support.ts';

beforeEach(() => {
  fakeClock();
  globalThis.indexedDB = new IDBFactory();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Lets fake time and the disk go on until work is done. */
async function through<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  for (let i = 0; i < 100 && !isDone; i++) await pass();
  return watched;
}

/** A session over a record on disk, as a page has it; `reply` is the server. */
async function openSession(reply: (asked: Asked) => Answer | Promise<Answer> = wellAnswer) {
  const asked = answer(reply);
  const state = await through(openRecord<DeviceState>(openDatabase(), 'e/state', createState('seed')));
  const events = createEvents();
  const identified: string[] = [];
  events.on('identified', ({ userId }) => identified.push(userId));
  const failures: number[] = [];
  const news: number[] = [];
  const session = createSession(
    { api: 'https://server.test/api/v1/client/e', state, events, options: {}, fail: () => {} },
    (status) => failures.push(status),
    (skew) => news.push(skew),
  );
  return {
    ...{ session, state, asked, identified, failures, news },
    users: () => asked.filter(({ path }) => path === 'e/user').map(({ body }) => body),
  };
}

describe('asking the server', () => {
  it('a fresh state on the next page sends nothing', async () => {
    const first = await openSession();
    await through(first.session.identify('u1', { plan: 'pro' }));
    expect(first.asked).toHaveLength(2);
    const { session, asked } = await openSession();
    expect(session.environment()).toBeDefined();
    expect(session.user()?.userId).toBe('u1');
    await through(session.sync());
    await through(session.identify('u1', { plan: 'pro' }));
    await through(session.settle());
    expect(asked).toEqual([]);
  });

  it('only what has expired is asked for', async () => {
    const { session, asked } = await openSession();
    await through(session.identify('u1', {}));
    await pass(31 * MINUTE);
    await through(session.sync());
    expect(asked.slice(2).map(({ path }) => path)).toEqual(['e/user']);
    await pass(30 * MINUTE);
    await through(session.sync());
    expect(asked.slice(3).map(({ path }) => path)).toEqual(['e/environment', 'e/user']);
  });

  it('news is told once per reply that was stored, and not without one', async () => {
    const { session, news } = await openSession();
    await through(session.sync());
    expect(news).toHaveLength(1);
    await through(session.sync());
    expect(news).toHaveLength(1);
  });

  it('the offset of this device’s clock is learnt from the server’s', async () => {
    const { session, news, state } = await openSession(() => ({
      ...environmentReply(),
      headers: { date: new Date(Date.now() + 7 * MINUTE).toUTCString() },
    }));
    await through(session.sync());
    expect(news).toEqual([7 * MINUTE]);
    expect(state.value().skew).toBe(7 * MINUTE);
  });

  it('after a failure the stale state serves, and the retry comes by itself', async () => {
    let isDown = false;
    const { session, asked, failures, news } = await openSession((one) =>
      isDown ? undefined : wellAnswer(one),
    );
    await through(session.sync());
    isDown = true;
    await pass(61 * MINUTE);
    await through(session.sync());
    expect(failures).toEqual([0]);
    expect(session.environment()).toBeDefined();
    expect(news).toHaveLength(1);
    isDown = false;
    await pass(1_000);
    expect(asked).toHaveLength(3);
    expect(news).toHaveLength(2);
  });

  it('Retry-After is obeyed', async () => {
    const { session, asked } = await openSession(() => ({ status: 503, headers: { 'retry-after': '40' } }));
    await through(session.sync());
    await pass(39_999);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  it('nothing is asked any more once it is stopped', async () => {
    const { session, asked } = await openSession(() => undefined);
    await through(session.sync());
    session.stop();
    await pass(60 * MINUTE);
    expect(asked).toHaveLength(1);
  });
});

describe('identifying', () => {
  it('calls of one macrotask make one request', async () => {
    const { session, users } = await openSession();
    void session.setAttributes({ seats: 3 });
    void session.identify('u1', { plan: 'pro' });
    await through(session.setAttributes({ seats: 4 }));
    expect(users()).toEqual([{ userId: 'u1', attributes: { seats: 4, plan: 'pro' } }]);
  });

  it('sends the proof of the user id and keeps it for the next page, until somebody else is here or nobody', async () => {
    const first = await openSession();
    await through(first.session.identify('u1', {}, 'proof'));
    expect(first.users()).toEqual([{ userId: 'u1', userHash: 'proof' }]);
    const { session, users, state } = await openSession();
    await through(session.identify('u1', { plan: 'pro' }));
    expect(users()).toEqual([{ userId: 'u1', userHash: 'proof', attributes: { plan: 'pro' } }]);
    await through(session.identify('u2', {}));
    expect(users().at(-1)).toEqual({ userId: 'u2' });
    await through(session.identify('u2', {}, 'other'));
    expect(state.value().userHash).toBe('other');
    await through(session.logout());
    expect(state.value().userHash).toBeUndefined();
  });

  it('asks once more when the proof comes after a refusal', async () => {
    const refusal = { status: 403, body: { code: 'forbidden', message: 'userHash is missing', details: {} } };
    const { session, users, identified } = await openSession((one) =>
      one.path === 'e/user' && !one.body?.userHash ? refusal : wellAnswer(one),
    );
    await through(session.identify('u1', {}));
    expect(session.user()).toBeUndefined();
    await through(session.identify('u1', {}, 'proof'));
    expect(users().at(-1)).toEqual({ userId: 'u1', userHash: 'proof' });
    expect(identified).toEqual(['u1']);
  });

  it('the last user id wins, without the attributes of the others', async () => {
    const { session, users, identified } = await openSession();
    void session.identify('u1', { seats: 3 });
    await through(session.identify('u2', { plan: 'free' }));
    expect(users()).toEqual([{ userId: 'u2', attributes: { plan: 'free' } }]);
    expect(session.who()).toBe('u2');
    expect(identified).toEqual(['u2']);
  });

  it('attributes set while anonymous go with it', async () => {
    const { session, users } = await openSession();
    await through(session.setAttributes({ plan: 'pro' }));
    expect(users()).toEqual([]);
    await through(session.identify('u1', {}));
    expect(users()).toEqual([{ userId: 'u1', attributes: { plan: 'pro' } }]);
  });

  it('a reply about somebody who has gone is dropped', async () => {
    let release = (): void => {};
    const { session, identified } = await openSession(async (one) => {
      if (one.body?.userId === 'u1')
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return wellAnswer(one);
    });
    void session.identify('u1', {});
    await pass();
    void session.identify('u2', {});
    await pass();
    expect(session.user()).toBeUndefined();
    release();
    await pass();
    expect(identified).toEqual(['u2']);
    expect(session.user()?.userId).toBe('u2');
  });

  it('the same attributes are not sent twice, and changed ones are', async () => {
    const { session, users } = await openSession();
    await through(session.identify('u1', { plan: 'pro' }));
    await through(session.setAttributes({ plan: 'pro' }));
    expect(users()).toHaveLength(1);
    await through(session.setAttributes({ plan: 'free' }));
    expect(users().at(-1)).toEqual({ userId: 'u1', attributes: { plan: 'free' } });
  });

  it('another person than before ends the delays that the former one started', async () => {
    const { session, state } = await openSession();
    const due = [{ surveyId: 's1', action: 'A', dueAt: 1, hiddenFields: {} }];
    await through(state.update((old) => ({ ...old, due })));
    await through(session.identify('u1', {}));
    // An anonymous visitor's delay is theirs now.
    expect(state.value().due).toEqual(due);
    await through(session.identify('u2', {}));
    expect(state.value().due).toEqual([]);
  });
});

describe('logging out', () => {
  it('forgets the person, their attributes and their delays, and asks nothing', async () => {
    const { session, state, asked } = await openSession((one) =>
      one.path === 'e/user' ? undefined : wellAnswer(one),
    );
    await through(session.identify('u1', { plan: 'pro' }));
    const due = [{ surveyId: 's1', action: 'A', dueAt: 1, hiddenFields: {} }];
    await through(state.update((old) => ({ ...old, due })));
    await through(session.logout());
    expect(session.who()).toBeNull();
    expect(session.user()).toBeUndefined();
    expect(state.value()).toMatchObject({ userId: null, acked: {}, due: [] });
    const before = asked.length;
    await pass(60_000);
    const later = () => asked.slice(before).filter(({ path }) => path === 'e/user');
    expect(later()).toEqual([]);
    await through(session.identify('u2', {}));
    expect(later()[0]?.body).toEqual({ userId: 'u2' });
  });

  it('is stored for the next page', async () => {
    const { session } = await openSession();
    await through(session.identify('u1', {}));
    await through(session.logout());
    expect((await openSession()).session.who()).toBeNull();
  });
});

describe('the language', () => {
  it('is kept on the device while nobody is identified, and nothing is sent', async () => {
    const { session, users } = await openSession();
    await through(session.setLanguage('de'));
    expect(session.language()).toBe('de');
    expect((await openSession()).session.language()).toBe('de');
    expect(users()).toEqual([]);
  });

  it('gives way to the one that the server has of the person', async () => {
    const { session } = await openSession(({ path, body }) =>
      path === 'e/user' ? userReply(body?.userId, { language: 'fr' }) : environmentReply(),
    );
    await through(session.setLanguage('de'));
    await through(session.identify('u1', {}));
    expect(session.language()).toBe('fr');
  });

  it('of a person is sent as an attribute, and counts before the reply', async () => {
    const { session, users } = await openSession();
    void session.identify('u1', {});
    const set = session.setLanguage('de');
    expect(session.language()).toBe('de');
    await through(set);
    expect(users()).toEqual([{ userId: 'u1', attributes: { language: 'de' } }]);
  });
});

it('a decision waits for an identification that is under way, 5 s at most', async () => {
  const { session } = await openSession(() => new Promise<Answer>(() => {}));
  void session.identify('u1', {});
  const story = { isOver: false };
  void session.settle().then(() => {
    story.isOver = true;
  });
  await pass(4_990);
  expect(story.isOver).toBe(false);
  await pass(20);
  expect(story.isOver).toBe(true);
});
