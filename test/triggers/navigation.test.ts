import { afterEach, expect, it, vi } from 'vitest';
import { watchNavigation } from '../../src/triggers/navigation.ts';

let release = (): void => {};
afterEach(() => {
  release();
  vi.unstubAllGlobals();
});

it('uses the Navigation API where there is one, and does not wrap history', () => {
  const navigation = new EventTarget();
  vi.stubGlobal('navigation', navigation);
  const { pushState } = history;
  const onChange = vi.fn();
  release = watchNavigation(onChange);
  navigation.dispatchEvent(new Event('currententrychange'));
  expect(onChange).toHaveBeenCalledTimes(1);
  expect(history.pushState).toBe(pushState);
  release();
  navigation.dispatchEvent(new Event('currententrychange'));
  expect(onChange).toHaveBeenCalledTimes(1);
});

it('wraps history where there is none, and unwraps it', () => {
  const { pushState, replaceState } = history;
  const onChange = vi.fn();
  release = watchNavigation(onChange);
  history.pushState(null, '', '/a');
  history.replaceState(null, '', '/b');
  dispatchEvent(new PopStateEvent('popstate'));
  dispatchEvent(new Event('hashchange'));
  expect(onChange).toHaveBeenCalledTimes(4);
  expect(location.pathname).toBe('/b');
  release();
  expect(history.pushState).toBe(pushState);
  expect(history.replaceState).toBe(replaceState);
});

it('keeps a wrapper that another script put over ours', () => {
  release = watchNavigation(() => {});
  const theirs = vi.fn();
  history.pushState = theirs;
  release();
  expect(history.pushState).toBe(theirs);
});
