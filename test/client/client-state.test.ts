// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeState } from '../../src/client/client-state.ts';
import { showing, survey } from '../core/targeting/sample.ts';
import { answer, environmentReply, fakeClock, MINUTE, pass, START, userReply } from '../session/support.ts';
import { openCore } from './support.ts';

beforeEach(fakeClock);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('before the first reply almost nothing is known', async () => {
  expect(describeState(await openCore())).toEqual({
    ...{ environmentId: 'e', userId: null, language: undefined, segments: [] },
    ...{ environmentFreshUntil: undefined, userFreshUntil: undefined, isPersistent: false },
    ...{ surveys: [], showings: [], due: [] },
  });
});

it('later it is everything that decisions are made from, without an answer', async () => {
  answer(({ path, body }) =>
    path.endsWith('/user')
      ? userReply(body?.userId, { segments: ['g1'], language: 'fr' })
      : environmentReply({ surveys: [survey()] }),
  );
  const core = await openCore();
  void core.session.identify('u1', {});
  await pass();
  const due = { surveyId: 's1', action: 'A', dueAt: 7, hiddenFields: { plan: 'pro' } };
  await core.state.update((old) => ({ ...old, due: [due] }));
  await core.showings.update((old) => ({ ...old, list: [showing({ seq: 2, answers: { q1: 'secret' } })] }));
  const state = describeState(core);
  expect(state).toMatchObject({
    ...{ userId: 'u1', language: 'fr', segments: ['g1'], surveys: ['s1'] },
    due: [{ surveyId: 's1', dueAt: 7 }],
    showings: [{ id: 'r1', surveyId: 's1', answered: true, delivered: false }],
  });
  // The server's `Date` has whole seconds, and a timer takes 1 ms.
  expect(Math.abs((state.environmentFreshUntil ?? 0) - START - 60 * MINUTE)).toBeLessThan(1_000);
  expect(Math.abs((state.userFreshUntil ?? 0) - START - 30 * MINUTE)).toBeLessThan(1_000);
  expect(JSON.stringify(state)).not.toMatch(/secret|pro/);
});
