import { expect, it } from 'vitest';
import { createPatternMatcher } from '../../src/core/pattern.ts';
import { createPatterns } from '../../src/triggers/patterns.ts';

it('matches learnt and other patterns', async () => {
  const { match, learn } = createPatterns(createPatternMatcher());
  await learn(['^a+$', '(', 'b'], 'aaa');
  expect([match('^a+$', 'aaa'), match('(', 'aaa'), match('b', 'aaa'), match('c', 'abc')]).toEqual([
    true,
    undefined,
    false,
    true,
  ]);
});

it('an address that is too long matches nothing', () => {
  const { match } = createPatterns(createPatternMatcher());
  expect([match('x', 'x'.repeat(2_048)), match('x', 'x'.repeat(2_049))]).toEqual([true, undefined]);
});

it('yields to the page while many slow patterns are learnt', async () => {
  const hard = Array.from({ length: 60 }, (_, i) => `(?:.|.x){1,${i + 40}}!`);
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
  }, 0);
  await createPatterns(createPatternMatcher()).learn(hard, 'a'.repeat(2_048));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
