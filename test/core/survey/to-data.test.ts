import { describe, expect, it } from 'vitest';
import type { Answers, AnswerValue } from '../../../src/core/survey/document.ts';
import { toData } from '../../../src/core/survey/to-data.ts';
import { block, choice, consent, cta, multi, nps, openText, rating, single, survey } from './sample.ts';

const german = { ...choice('a'), label: { default: 'Good', de: 'Gut' } };
const choices = [choice('none', 'None'), choice('other', 'Else'), german, choice('b', 'Bad')];
const document = survey({
  blocks: [
    block('b1', [openText(), single({ choices }), multi({ choices })]),
    block('b2', [nps(), rating(), consent(), cta()]),
  ],
});
const data = (answers: Answers, language = 'default', hidden: Answers = {}): Answers =>
  toData(document, { answers }, language, hidden);

it.each<[string, string, AnswerValue, AnswerValue]>([
  ['text as typed', 'text', ' x ', ' x '],
  ['text cleared', 'text', '', ''],
  ['single label', 'single', ['b'], 'Bad'],
  ['single other', 'single', ['other', 'Teal'], 'Teal'],
  ['single taken back', 'single', [], ''],
  ['single lost by the document', 'single', ['gone'], ''],
  ['multi labels in tick order', 'multi', ['b', 'a'], ['Bad', 'Good']],
  ['multi other text last', 'multi', ['b', 'other', 'Teal'], ['Bad', 'Teal']],
  ['multi other blank', 'multi', ['other', ''], ['']],
  ['multi none', 'multi', ['none'], ['None']],
  ['multi empty', 'multi', [], []],
  ['multi with one lost', 'multi', ['gone', 'a'], ['Good']],
  ['nps zero', 'nps', 0, 0],
  ['rating', 'rating', 5, 5],
  ['consent', 'consent', 'accepted', 'accepted'],
  ['consent taken back', 'consent', '', ''],
  ['statement', 'cta', 'clicked', 'clicked'],
])('%s', (_name, id, answer, expected) => {
  expect(data({ [id]: answer })).toEqual({ [id]: expected });
});

describe('toData', () => {
  it('has labels in the language in force, whatever it was when the answer was given', () => {
    expect(data({ single: ['a'], multi: ['b', 'a'] }, 'de')).toEqual({
      single: 'Gut',
      multi: ['Bad', 'Gut'],
    });
  });

  it('contains the click on the welcome card and the hidden fields', () => {
    expect(data({ welcomeCard: 'clicked', nps: 1 }, 'default', { plan: 'free' })).toEqual({
      plan: 'free',
      welcomeCard: 'clicked',
      nps: 1,
    });
  });

  it('has no key for an element without an answer, or no longer in the survey', () => {
    expect(data({ gone: 'x' })).toEqual({});
  });
});
