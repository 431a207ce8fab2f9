import { expect, it } from 'vitest';
import { createPatterns } from '../../src/triggers/patterns.ts';

it('matches learnt and other patterns', async () => {
  const { match, learn } = createPatterns();
  await learn(['^a+$', '(', 'b'], 'aaa');
  expect([match('^a+$', 'aaa'), match('(', 'aaa'), match('b', 'aaa'), match('c', 'abc')]).toEqual([
    true,
    undefined,
    false,
    true,
  ]);
});

it('yields to the page while many slow patterns are learnt', async () => {
  const hard = Array.from({ length: 60 }, (_, i) => `(?:.{1,20}){1,${i + 2}}!`);
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
  }, 0);
  await createPatterns().learn(hard, 'a'.repeat(2_048));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
