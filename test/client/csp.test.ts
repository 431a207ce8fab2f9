// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchCsp } from '../../src/client/csp.ts';
import { countListeners } from '../triggers/support.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The page's policy refuses an address. */
function refuse(blockedURI: string, effectiveDirective = 'connect-src'): void {
  dispatchEvent(Object.assign(new Event('securitypolicyviolation'), { blockedURI, effectiveDirective }));
}

function setUp(server = 'https://server.test/below') {
  const problems: unknown[][] = [];
  const [failLater, stop] = watchCsp(server, (...problem) => problems.push(problem));
  return { failLater, stop, problems };
}

it('a failure is reported as it is where the policy has refused nothing', async () => {
  const { failLater, problems } = setUp();
  void failLater('unreachable', '503', true);
  expect(problems).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(problems).toEqual([['unreachable', '503', true]]);
});

it('a refusal that the browser reports a moment later explains it', async () => {
  const { failLater, problems } = setUp();
  void failLater('unreachable', '');
  refuse('https://server.test/api/v1/client/e/environment');
  await vi.advanceTimersByTimeAsync(1);
  expect(problems).toEqual([['csp', 'connect-src', undefined]]);
});

it('refusals of other servers explain nothing', async () => {
  const { failLater, problems } = setUp();
  refuse('https://other.test/');
  refuse('inline');
  void failLater('unreachable', '');
  await vi.advanceTimersByTimeAsync(1);
  expect(problems).toEqual([['unreachable', '', undefined]]);
});

it('leaves no listener behind', () => {
  const listeners = countListeners();
  setUp().stop();
  expect(listeners.left()).toBe(0);
});
