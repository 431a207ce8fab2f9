import { expect, it, vi } from 'vitest';
import { startClock } from '../../src/ui/clock.ts';

it('counts all time for exactly one element, and starts at zero after a reset', () => {
  const now = vi.spyOn(performance, 'now');
  const at = (ms: number) => now.mockReturnValue(ms);
  at(5000);
  const clock = startClock();
  clock.turnTo('a');
  at(5100);
  clock.turnTo('b');
  at(5130);
  clock.turnTo('a');
  at(5135);
  expect(clock.read()).toEqual({ a: 105, b: 30 });
  clock.reset();
  at(5140);
  expect(clock.read()).toEqual({ a: 5 });
  now.mockRestore();
});
