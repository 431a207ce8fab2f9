import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ActionClass } from '../../src/core/survey/document.ts';
import { createTriggers } from '../../src/triggers/index.ts';
import { action, countListeners, scrollTo } from './support.ts';

const SHOP = 'https://site.test/shop';
const HELP = 'https://site.test/help';
const onShop = { urlFilters: [{ rule: 'exactMatch', value: '/shop' }] };

const buy = action('buy', { type: 'click', elementSelector: { cssSelector: 'button' }, ...onShop });
const exit = action('exit', { type: 'exitIntent' });
const half = action('half', { type: 'fiftyPercentScroll', ...onShop });
const deep = action('deep', { type: 'scrollDepth', percentage: 80 });
const stay = action('stay', { type: 'pageDwell', timeInSeconds: 10, ...onShop });
const rest = action('rest', { type: 'idle', timeInSeconds: 20 });
const all = [buy, exit, half, deep, stay, rest];

let fired: string[] = [];
let triggers = createTriggers(() => {});
const leave = (): boolean =>
  document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 }));
const click = (): void => document.querySelector('button')?.click();

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<button>Buy</button>';
  scrollTo(0);
  fired = [];
  triggers = createTriggers(({ name }: ActionClass) => fired.push(name));
});
afterEach(() => {
  triggers.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('fires each kind with its action', async () => {
  await triggers.arm(all, SHOP);
  click();
  leave();
  scrollTo(1_000);
  scrollTo(1_600);
  vi.advanceTimersByTime(10_000);
  vi.advanceTimersByTime(20_000);
  expect(fired).toEqual(['buy', 'exit', 'half', 'deep', 'stay', 'rest']);
});

it('fires only where the URL rules match the current address', async () => {
  await triggers.arm(all, HELP);
  click();
  scrollTo(1_000);
  vi.advanceTimersByTime(10_000);
  expect(fired).toEqual([]);
  await triggers.arm(all, SHOP);
  click();
  // The scroll at the other address, where the action did not apply, didn't use it up.
  scrollTo(1_100);
  expect(fired).toEqual(['buy', 'half']);
});

it('a scroll that has fired stays fired over navigations, until the top', async () => {
  await triggers.arm(all, SHOP);
  scrollTo(1_000);
  await triggers.arm(all, HELP);
  await triggers.arm(all, SHOP);
  scrollTo(1_100);
  expect(fired).toEqual(['half']);
  scrollTo(0);
  scrollTo(1_100);
  expect(fired).toEqual(['half', 'half']);
});

it('arming again at the same address keeps a running dwell time', async () => {
  await triggers.arm(all, SHOP);
  vi.advanceTimersByTime(6_000);
  await triggers.arm(structuredClone(all), SHOP);
  vi.advanceTimersByTime(4_000);
  expect(fired).toEqual(['stay']);
  await triggers.arm(all, SHOP);
  vi.advanceTimersByTime(10_000);
  expect(fired).toEqual(['stay', 'rest']);
  await triggers.arm(all, SHOP);
  vi.advanceTimersByTime(60_000);
  expect(fired).toEqual(['stay', 'rest']);
});

it('another address restarts the dwell time, one that does not match ends it', async () => {
  await triggers.arm([stay], SHOP);
  vi.advanceTimersByTime(9_000);
  await triggers.arm([stay], `${SHOP}#part`);
  vi.advanceTimersByTime(9_000);
  expect(fired).toEqual([]);
  await triggers.arm([stay], HELP);
  expect(vi.getTimerCount()).toBe(0);
});

it('exit intent is once per address', async () => {
  await triggers.arm([exit], SHOP);
  leave();
  leave();
  await triggers.arm([exit], SHOP);
  leave();
  expect(fired).toEqual(['exit']);
  await triggers.arm([exit], HELP);
  leave();
  expect(fired).toEqual(['exit', 'exit']);
});

it('after a refresh, a changed action is watched in its new form and a removed one is not', async () => {
  await triggers.arm([stay, buy], SHOP);
  vi.advanceTimersByTime(4_000);
  await triggers.arm([action('stay', { type: 'pageDwell', timeInSeconds: 5 })], SHOP);
  vi.advanceTimersByTime(4_999);
  click();
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual(['stay']);
});

it('listens only while an action needs it, passively, and removes every listener', async () => {
  const listeners = countListeners();
  const code = { id: 'c', name: 'code', type: 'code', key: 'did-it', noCodeConfig: null };
  const view = action('view', { type: 'pageView' });
  await triggers.arm([code, view, action('later', { type: 'constructor' })], SHOP);
  expect(listeners.left()).toBe(0);
  await triggers.arm([exit, buy], HELP);
  expect(listeners.left()).toBe(2);
  await triggers.arm(all, SHOP);
  expect(listeners.left()).toBeGreaterThan(5);
  expect(listeners.passive()).toBe(true);
  triggers.stop();
  expect(listeners.left()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('a regular expression among the rules is matched', async () => {
  const pattern = (value: string) => ({ urlFilters: [{ rule: 'matchesRegex', value }] });
  const config = { type: 'click', elementSelector: { cssSelector: 'button' } };
  const actions = [
    action('in', { ...config, ...pattern('^https://[^/]+/(shop|help)$') }),
    action('out', { ...config, ...pattern('^https://[^/]+/blog$') }),
  ];
  await triggers.arm(actions, SHOP);
  click();
  expect(fired).toEqual(['in']);
  expect(triggers.matches({ type: 'pageView', ...pattern('shop$') }, SHOP)).toBe(true);
});

it('arming that waits for patterns has no effect after stop', async () => {
  const listeners = countListeners();
  const armed = triggers.arm(
    [action('in', { type: 'exitIntent', urlFilters: [{ rule: 'matchesRegex', value: '.' }] })],
    SHOP,
  );
  triggers.stop();
  await armed;
  expect(listeners.left()).toBe(0);
});
