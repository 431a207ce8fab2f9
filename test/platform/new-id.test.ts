import { afterEach, expect, it, vi } from 'vitest';
import { newId } from '../../src/platform/new-id.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('is 25 lowercase letters and digits, which the server accepts', () => {
  expect(newId()).toMatch(/^c[0-9a-z]{24}$/);
});

it('is another one each time', () => {
  expect(new Set(Array.from({ length: 1_000 }, newId)).size).toBe(1_000);
});

it('sorts by time', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  const first = newId();
  vi.setSystemTime(1_700_000_000_001);
  expect(newId() > first).toBe(true);
});

it.each([
  ['the page has removed the random bytes', () => vi.stubGlobal('crypto', {})],
  ['the page’s dice always fall the same way', () => vi.spyOn(Math, 'random').mockReturnValue(0)],
])('is another one each time where %s', (_name, breakIt) => {
  breakIt();
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  expect(ids.every((id) => /^c[0-9a-z]{24}$/.test(id))).toBe(true);
});
