import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCommandQueue, guard } from '../../src/formbricks/command-queue.ts';
import { wait } from '../../src/platform/wait.ts';
import { watchConsole } from '../client/support.ts';

let lines: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  lines = watchConsole();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function setUp() {
  const [say, decide, begin] = createCommandQueue();
  const story: string[] = [];
  /** A command that takes its time. */
  const command =
    (name: string, ms = 0) =>
    async (): Promise<void> => {
      story.push(`${name} begins`);
      await wait(ms);
      story.push(`${name} ends`);
    };
  return { say, decide, begin, story, command };
}
const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

it('commands wait for the beginning, and the calls settle before', async () => {
  const { say, decide, begin, story, command } = setUp();
  await say(command('identify'));
  await decide(command('track'));
  expect(story).toEqual([]);
  await begin(command('setup'));
  await tick(10);
  expect(story.filter((one) => one.endsWith('begins'))).toEqual([
    'setup begins',
    'identify begins',
    'track begins',
  ]);
});

it('those that say who is here are not waited for', async () => {
  const { say, begin, story, command } = setUp();
  await begin(command('setup', 100));
  await say(command('first', 100));
  await say(command('second', 100));
  await tick();
  expect(story).toEqual(['setup begins', 'first begins', 'second begins']);
});

it('those that decide wait for what was said before, and for each other', async () => {
  const { say, decide, begin, story, command } = setUp();
  await begin(command('setup', 10));
  await say(command('identify', 100));
  await decide(command('track', 100));
  await say(command('attributes'));
  await tick(99);
  expect(story).not.toContain('track begins');
  await tick(2);
  expect(story).toContain('track begins');
  expect(story).not.toContain('attributes begins');
  await tick(101);
  expect(story).toContain('attributes begins');
});

it('those that decide wait for all that was said, not for the last of it alone', async () => {
  const { say, decide, begin, story, command } = setUp();
  await begin(command('setup'));
  await say(command('identify', 100));
  await say(command('attributes'));
  await decide(command('track'));
  await tick(50);
  expect(story).toContain('attributes ends');
  expect(story).not.toContain('track begins');
  await tick(60);
  expect(story).toContain('track begins');
});

it('none holds those behind it longer than 5 s', async () => {
  const { say, decide, begin, story, command } = setUp();
  await begin(command('setup'));
  await say(command('identify', 60_000));
  await decide(command('track', 60_000));
  await decide(command('logout'));
  await tick(4_999);
  expect(story).not.toContain('track begins');
  await tick(2);
  expect(story).toContain('track begins');
  // Another 5 s for what was said, and 5 s for the command before.
  await tick(4_990);
  expect(story).not.toContain('logout begins');
  await tick(5_020);
  expect(story).toContain('logout begins');
});

it('one that fails is a line for the developer, and the next one gets its turn', async () => {
  const { say, decide, begin, story, command } = setUp();
  const broken = async () => {
    throw new Error('broken');
  };
  await begin(broken);
  await say(broken);
  await decide(broken);
  await say(command('last'));
  await tick(10);
  expect(lines).toEqual(Array(3).fill('[inkling] Error: broken'));
  expect(story).toEqual(['last begins', 'last ends']);
});

describe('guarded work', () => {
  it('never rejects, whether it throws at once or later', async () => {
    await guard(() => {
      throw new Error('at once');
    });
    await guard(() => Promise.reject(new Error('later')));
    expect(lines).toEqual(['[inkling] Error: at once', '[inkling] Error: later']);
  });
});
