import { describe, expect, it } from 'vitest';
import { orderChoices, pickChoice, typeOther } from '../../../src/core/survey/choices.ts';
import type { AnswerValue, ShuffleOption } from '../../../src/core/survey/document.ts';
import { choice, multi, single } from './sample.ts';

describe('pickChoice', () => {
  const one = single();
  const must = single({ required: true });
  const many = multi();
  it.each<[string, typeof one, AnswerValue | undefined, string, AnswerValue | undefined]>([
    ['picks', one, undefined, 'a', ['a']],
    ['moves', one, ['a'], 'b', ['b']],
    ['deselects an optional single choice', one, ['a'], 'a', undefined],
    ['keeps a required single choice', must, ['a'], 'a', ['a']],
    ['selects other with an empty text', one, ['a'], 'other', ['other', '']],
    ['replaces other and its text', one, ['other', 'x'], 'a', ['a']],
    ['keeps the order of selection', many, ['b'], 'a', ['b', 'a']],
    ['unticks', many, ['b', 'a'], 'b', ['a']],
    ['deselects the last choice', many, ['a'], 'a', []],
    ['keeps other last', many, ['other', 'x'], 'a', ['a', 'other', 'x']],
    ['deselects other and its text', many, ['a', 'other', 'x'], 'other', ['a']],
    ['none replaces all other choices', many, ['a', 'other', 'x'], 'none', ['none']],
    ['another choice replaces none', many, ['none'], 'a', ['a']],
    ['deselects none', many, ['none'], 'none', []],
  ])('%s', (_name, element, answer, id, expected) => {
    expect(pickChoice(element, answer, id)).toEqual(expected);
  });
});

it('typing the text of other keeps the other choices', () => {
  expect(typeOther(['a', 'other', ''], 'Teal')).toEqual(['a', 'other', 'Teal']);
});

describe('orderChoices', () => {
  const choices = ['none', 'a', 'other', 'b', 'c', 'd'].map((id) => choice(id));
  const roll = (...rolls: number[]) => {
    let next = 0;
    return () => rolls[next++] ?? 0;
  };
  it.each<[ShuffleOption | undefined, number[], string]>([
    [undefined, [], 'a b c d other none'],
    ['none', [0.1], 'a b c d other none'],
    ['all', [0, 0, 0], 'd a b c other none'],
    ['all', [0.99, 0.99, 0.99], 'a d c b other none'],
    ['exceptLast', [0, 0], 'c a b d other none'],
    ['reverseOrderOccasionally', [0.49], 'd c b a other none'],
    ['reverseOrderOccasionally', [0.5], 'a b c d other none'],
    ['reverseOrderExceptLast', [0.49], 'c b a d other none'],
    ['reverseOrderExceptLast', [0.5], 'a b c d other none'],
  ])('%s with random numbers %j', (shuffleOption, rolls, expected) => {
    const ordered = orderChoices({ choices, ...(shuffleOption && { shuffleOption }) }, roll(...rolls));
    expect(ordered.map(({ id }) => id).join(' ')).toBe(expected);
    expect(choices.map(({ id }) => id).join(' ')).toBe('none a other b c d');
  });

  it('shuffling all choices reaches every order', () => {
    const three = ['a', 'b', 'c'].map((id) => choice(id));
    const orders = [0, 0.34, 0.67].flatMap((first) =>
      [0, 0.5].map((second) =>
        orderChoices({ choices: three, shuffleOption: 'all' }, roll(first, second))
          .map(({ id }) => id)
          .join(''),
      ),
    );
    expect(new Set(orders).size).toBe(6);
  });
});
