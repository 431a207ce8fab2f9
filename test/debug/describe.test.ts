import { describe, expect, it } from 'vitest';
import type { Gate } from '../../src/core/targeting/gates.ts';
import { ago, describeGate } from '../../src/debug/describe.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;

describe('the words for a gate', () => {
  it.each<[Gate, string]>([
    [{ code: 'status', pass: false, used: 'paused' }, 'is not in progress'],
    [{ code: 'trigger', pass: false, used: [] }, 'has no trigger'],
    [
      { code: 'trigger', pass: false, used: [{ name: 'Sign-up', occurrence: 3, count: 1, fired: true }] },
      'Sign-up: fired (1 of 3 times)',
    ],
    [
      { code: 'display-option', pass: false, used: { option: 'displayOnce', displays: 2, responded: false } },
      'displayOnce: shown 2 times, not answered',
    ],
    [{ code: 'display-limit', pass: false, used: { limit: 3, displays: 3 } }, 'shown 3 of at most 3 times'],
    [{ code: 'display-limit', pass: true, used: { limit: null, displays: 3 } }, 'no limit'],
    [{ code: 'cooldown', pass: true, used: { days: 0 } }, 'none is set'],
    [
      { code: 'cooldown', pass: true, used: { days: 7 } },
      '7 days between any two surveys; none was shown yet',
    ],
    [
      { code: 'cooldown', pass: false, used: { days: 7, lastDisplayAt: NOW - 3 * HOUR } },
      '7 days between any two surveys; the last one 3 h ago, the next may open in 7 days',
    ],
    [
      { code: 'segment', pass: false, used: { who: null, segment: 's1' } },
      'nobody identified is not in segment s1',
    ],
    [
      { code: 'sampling', pass: false, used: { roll: 63.24, percentage: 10 } },
      'drew 63.2; opens for draws below 10',
    ],
    [{ code: 'sampling', pass: true, used: { roll: 63.24, percentage: null } }, 'for everybody'],
    [{ code: 'unsupported', pass: false, used: 'hologram' }, 'this version lacks: hologram'],
    [{ code: 'impolite', pass: false, used: 'typing' }, 'not a good moment: typing'],
  ])('$code: %s', (gate, words) => {
    expect(describeGate(gate, NOW)).toBe(words);
  });

  it('shows values of another shape, and gates of a later version, as they are', () => {
    expect(describeGate({ code: 'cooldown', pass: false }, NOW)).toBe('–');
    expect(describeGate({ code: 'mood' as never, pass: false, used: { a: 1 } }, NOW)).toBe('{"a":1}');
  });
});

it.each([
  [NOW - 5_000, '5 s ago'],
  [NOW + 5_000, 'in 5 s'],
  [NOW - 90_000, '2 min ago'],
  [NOW - 26 * HOUR, '26 h ago'],
  [NOW + 72 * HOUR, 'in 3 days'],
])('an instant %i is %s', (at, words) => {
  expect(ago(at, NOW)).toBe(words);
});
