import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDelays } from '../../src/display/delays.ts';
import { type DeviceState, type DueSurvey, sanitizeState } from '../../src/session/state.ts';
import { openRecord } from '../../src/store/record.ts';

const MINUTE_MS = 60_000;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const EMPTY: DeviceState = { v: 1, seed: 's', skew: 0, userId: null, acked: {}, due: [], leases: {} };
/** A delay that ends `ms` from now. */
const due = (surveyId: string, ms: number, action = 'Finished'): DueSurvey => ({
  ...{ surveyId, action, hiddenFields: {} },
  dueAt: Date.now() + ms,
});

async function setUp(list: readonly DueSurvey[], onDue: (one: DueSurvey) => Promise<void> = async () => {}) {
  const state = await openRecord<DeviceState>(undefined, 'e/state', EMPTY, { sanitize: sanitizeState });
  await state.update((old) => ({ ...old, due: list }));
  const ended: string[] = [];
  const failures: unknown[] = [];
  const left = new Set<string>();
  const delays = createDelays(
    { state, isLeft: (action) => left.has(action), onFailure: (error) => failures.push(error) },
    async (one) => {
      ended.push(one.surveyId);
      await onDue(one);
    },
  );
  return {
    state,
    delays,
    ended,
    failures,
    left,
    stored: () => state.value().due.map(({ surveyId }) => surveyId),
  };
}

it('a delay ends at its time, once, and is stored no longer', async () => {
  const { delays, ended, stored } = await setUp([due('s1', 5_000), due('s2', 9_000)]);
  await delays.arm();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect([ended, stored()]).toEqual([['s1'], ['s2']]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([ended, stored()]).toEqual([['s1', 's2'], []]);
});

it('arming again does not end a delay twice', async () => {
  const { delays, ended } = await setUp([due('s1', 5_000)]);
  await delays.arm();
  await vi.advanceTimersByTimeAsync(1_000);
  await delays.arm();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toEqual(['s1']);
});

it('a delay that ran out while no page was open ends at once, up to 30 minutes later', async () => {
  const { delays, ended, stored } = await setUp([
    due('late', -30 * MINUTE_MS),
    due('lost', -30 * MINUTE_MS - 1),
  ]);
  await delays.arm();
  await vi.advanceTimersByTimeAsync(0);
  expect([ended, stored()]).toEqual([['late'], []]);
});

it('a delay of a page view is dropped when its address has been left', async () => {
  const { delays, ended, stored, left } = await setUp([due('s1', 5_000, 'Pricing'), due('s2', 5_000)]);
  await delays.arm();
  left.add('Pricing');
  await delays.arm();
  expect(stored()).toEqual(['s2']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toEqual(['s2']);
});

it('a delay that another page of the site has ended does not end here', async () => {
  const { delays, ended, state } = await setUp([due('s1', 5_000)]);
  await delays.arm();
  await state.update((old) => ({ ...old, due: [] }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toEqual([]);
});

it('writes nothing when there is nothing to drop', async () => {
  const { delays, state } = await setUp([due('s1', 5_000)]);
  const update = vi.spyOn(state, 'update');
  await delays.arm();
  expect(update).not.toHaveBeenCalled();
  delays.stop();
});

it('what opening a survey throws is reported', async () => {
  const { delays, failures } = await setUp([due('s1', 0)], () => Promise.reject(new Error('no chunk')));
  await delays.arm();
  await vi.advanceTimersByTimeAsync(0);
  expect(failures).toMatchObject([{ message: 'no chunk' }]);
});

it('no delay ends once they are stopped, and no timer is left, however often they were armed', async () => {
  const { delays, ended, stored } = await setUp([due('s1', 5_000)]);
  await delays.arm();
  await delays.arm();
  delays.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([ended, stored(), vi.getTimerCount()]).toEqual([[], ['s1'], 0]);
});
