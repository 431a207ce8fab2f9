import { describe, expect, it } from 'vitest';
import type { AnswerValue } from '../../../src/core/survey/document.ts';
import { picksOf } from '../../../src/core/survey/picks.ts';

describe('picksOf', () => {
  it.each<[AnswerValue | undefined, string[], string]>([
    [undefined, [], ''],
    ['a', [], ''],
    [7, [], ''],
    [['a', 'b'], ['a', 'b'], ''],
    [['a', 'other', 'Teal'], ['a', 'other'], 'Teal'],
    [['other', 'a'], ['other'], 'a'],
    [['other'], ['other'], ''],
  ])('%j', (answer, ids, text) => {
    expect(picksOf(answer)).toEqual({ ids, text });
  });
});
