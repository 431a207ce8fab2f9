// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { addLiveRegion } from '../../src/formbricks/live-region.ts';

afterEach(() => {
  document.body.innerHTML = '';
  vi.restoreAllMocks();
});
const regions = () => [...document.querySelectorAll('#formbricks-live-region')];

it('is an empty status region, once', () => {
  addLiveRegion();
  addLiveRegion();
  expect(regions()).toHaveLength(1);
  expect(regions()[0]?.getAttribute('role')).toBe('status');
  expect(regions()[0]?.textContent).toBe('');
});

it('waits for the body of the page', () => {
  const body = vi.spyOn(document, 'body', 'get').mockReturnValue(null as never);
  addLiveRegion();
  body.mockRestore();
  expect(regions()).toHaveLength(0);
  document.dispatchEvent(new Event('DOMContentLoaded'));
  expect(regions()).toHaveLength(1);
});
