import { expect, it } from 'vitest';
import { countControls } from '../../../src/core/survey/count-controls.ts';
import type { SurveyElement } from '../../../src/core/survey/document.ts';
import { choice, consent, matrix, multi, nps, openText, rating } from './sample.ts';

const many = (count: number) => Array.from({ length: count }, (_, n) => choice(`c${n}`, `C ${n}`));

it.each<[string, SurveyElement, number]>([
  ['a text', openText(), 1],
  ['a consent', consent(), 1],
  ['nps', nps(), 1],
  ['a rating', rating({ range: 7 }), 7],
  ['a scale without end', rating({ range: 1e9 }), 1e9],
  ['choices', multi({ choices: many(300) }), 300],
  ['a matrix', matrix({ rows: many(20), columns: many(10) }), 200],
])('%s', (_name, element, count) => {
  expect(countControls(element)).toBe(count);
});
