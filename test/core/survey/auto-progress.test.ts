import { expect, it } from 'vitest';
import { autoProgresses } from '../../../src/core/survey/auto-progress.ts';
import type { AnswerValue, SurveyElement } from '../../../src/core/survey/document.ts';
import { block, consent, date, multi, nps, openText, pictures, ranking, rating, single } from './sample.ts';

it.each<[string, SurveyElement[], AnswerValue | undefined, boolean]>([
  ['a score', [nps()], 0, true],
  ['stars', [rating()], 3, true],
  ['satisfaction', [rating({ type: 'csat' })], 3, true],
  ['effort', [rating({ type: 'ces' })], 3, true],
  ['one choice', [single()], ['a'], true],
  ['no answer yet', [single()], undefined, true],
  ['a deselected choice', [single()], [], false],
  ['other without its text', [single()], ['other', ''], false],
  ['other with its text', [single()], ['other', 'x'], false],
  ['several choices', [multi()], ['a'], false],
  ['one picture', [pictures({ allowMulti: false })], ['p1'], true],
  ['several pictures', [pictures()], ['p1'], false],
  ['a text', [openText()], 'x', false],
  ['a consent', [consent()], 'accepted', false],
  ['a date', [date()], '2026-01-01', false],
  ['a ranking', [ranking()], ['a'], false],
  ['two scores', [nps(), rating()], 3, false],
  ['nothing', [], undefined, false],
])('%s', (_name, elements, answer, is) => {
  expect(autoProgresses({ isAutoProgressingEnabled: true }, block('b', elements), answer)).toBe(is);
  expect(autoProgresses({}, block('b', elements), answer)).toBe(false);
});
