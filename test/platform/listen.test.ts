// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { listen } from '../../src/platform/listen.ts';
import { countListeners } from '../triggers/support.ts';

afterEach(() => {
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

it('hears several events until it is released', () => {
  const heard: string[] = [];
  const release = listen('online keydown', ({ type }) => heard.push(type));
  dispatchEvent(new Event('online'));
  dispatchEvent(new Event('keydown'));
  dispatchEvent(new Event('offline'));
  release();
  dispatchEvent(new Event('online'));
  expect(heard).toEqual(['online', 'keydown']);
});

it('hears what the page stops, and what does not bubble', () => {
  document.body.innerHTML = '<p>text</p>';
  const heard: string[] = [];
  const release = listen('click scroll', ({ type }) => heard.push(type));
  document.body.addEventListener('click', (event) => event.stopPropagation(), { capture: true });
  const text = document.querySelector('p');
  text?.dispatchEvent(new Event('click', { bubbles: true }));
  text?.dispatchEvent(new Event('scroll'));
  release();
  expect(heard).toEqual(['click', 'scroll']);
});

it('can prevent nothing, and leaves nothing behind', () => {
  const listeners = countListeners();
  const release = listen('keydown wheel', () => {});
  expect(listeners.left()).toBe(2);
  expect(listeners.passive()).toBe(true);
  release();
  expect(listeners.left()).toBe(0);
});
