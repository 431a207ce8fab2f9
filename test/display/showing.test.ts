import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Progress } from '../../src/core/survey/progress.ts';
import { afterStep, type NewShowingDeps, newShowing } from '../../src/display/showing.ts';
import { showing, survey } from '../core/targeting/sample.ts';

const NOW = Date.UTC(2026, 0, 1);
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  history.replaceState(null, '', 'http://localhost:3000/pricing?source=mail&token=secret');
});
afterEach(() => {
  vi.useRealTimers();
});

const begin = (deps: Partial<NewShowingDeps> = {}, hidden: object = {}) => {
  let n = 0;
  return newShowing(
    {
      session: { who: () => 'mara' },
      state: { value: () => ({ userHash: 'proof' }) },
      newId: () => `id${++n}`,
      isUrlFull: false,
      ...deps,
    },
    {
      survey: survey({ hiddenFields: { enabled: true, fieldIds: ['plan'] } }),
      language: { key: 'de', code: 'de-DE' },
      cause: { action: 'Finished', hiddenFields: { plan: 'free', other: 'x', ...hidden } },
    },
  );
};

it('begins with what is known when the survey opens, and with the declared hidden fields only', () => {
  expect(begin()).toEqual({
    ...{ id: 'id1', displayId: 'id2', surveyId: 's1', who: 'mara', userHash: 'proof' },
    ...{ shownAt: NOW, activeAt: NOW, seq: 1, ackedSeq: 0, finished: false, closed: false },
    ...{ language: 'de', languageCode: 'de-DE', hiddenFields: { plan: 'free' } },
    meta: { url: 'http://localhost:3000/pricing', source: 'mail', action: 'Finished' },
  });
});

it('names the whole address only where the site wants it', () => {
  expect(begin({ isUrlFull: true }).meta.url).toBe('http://localhost:3000/pricing?source=mail&token=secret');
});

it('hidden fields are completed by what the page attaches to every answer', () => {
  const fillHidden = vi.fn(() => ({ plan: 'free', city: 'Ulm' }));
  expect(begin({ fillHidden }).hiddenFields).toEqual({ plan: 'free', city: 'Ulm' });
  expect(fillHidden).toHaveBeenCalledWith({ enabled: true, fieldIds: ['plan'] }, { plan: 'free' });
});

it('a submitted card changes the answer, its language and its order, and nothing else', () => {
  const progress: Progress = {
    ...{ card: null, trail: ['b1'], answers: { q1: 'x' }, ttc: { q1: 5 }, variables: {} },
    ...{ finished: true, endingId: 'e1' },
  } as never;
  const before = showing({ seq: 1, shownAt: NOW - 5_000, finished: false });
  const step = { progress, data: { q1: 'x' }, elementIds: ['q1'], language: 'de', locale: 'de-DE' };
  expect(afterStep(before, step, NOW)).toEqual({
    ...before,
    ...{ progress, answers: { q1: 'x' }, finished: true, seq: 5_000, activeAt: NOW },
    ...{ language: 'de', languageCode: 'de-DE' },
  });
});
