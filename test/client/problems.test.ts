import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEvents } from '../../src/api/events.ts';
import { createReporter } from '../../src/client/problems.ts';

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'error').mockImplementation((line) => lines.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

function setUp(advise = async (code: string, detail: string) => `Do something about ${code}: ${detail}`) {
  const events = createEvents();
  const seen: string[] = [];
  events.on('error', ({ code, message }) => seen.push(`${code} ${message}`));
  return { report: createReporter(events, advise), seen };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('a problem is an event and a line with the fix', async () => {
  const { report, seen } = setUp();
  expect(report('csp', 'connect-src')).toEqual({ code: 'csp', message: 'connect-src' });
  expect(seen).toEqual(['csp connect-src']);
  await settle();
  expect(lines).toEqual(['[inkling] Do something about csp: connect-src']);
});

it('each code has one line, and every problem an event', async () => {
  const { report, seen } = setUp();
  report('csp', 'connect-src');
  report('csp', 'script-src');
  report('clock', '2');
  await settle();
  expect(lines).toHaveLength(2);
  expect(seen).toEqual(['csp connect-src', 'csp script-src', 'clock 2']);
});

it('each name of a call that there is not has a line of its own', async () => {
  const { report } = setUp();
  for (const name of ['trak', 'trak', 'idntify']) report('unknown-call', name);
  await settle();
  expect(lines).toHaveLength(2);
});

it('a quiet problem is an event alone, and the next one of its code still has its line', async () => {
  const { report, seen } = setUp();
  report('csp', 'connect-src', true);
  await settle();
  expect(seen).toHaveLength(1);
  expect(lines).toEqual([]);
  report('csp', 'connect-src');
  await settle();
  expect(lines).toHaveLength(1);
});

it('where the advice can’t be had, the line is the bare code and detail', async () => {
  const { report } = setUp(async () => {
    throw new Error('no chunk');
  });
  report('csp', 'connect-src');
  await settle();
  expect(lines).toEqual(['[inkling] csp connect-src']);
});
