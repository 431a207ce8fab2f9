import { expect, it } from 'vitest';
import type { SurveyElement } from '../../../src/core/survey/document.ts';
import { findStart, fromData } from '../../../src/core/survey/prefill.ts';
import { block, choice, multi, nps, openText, single, survey } from './sample.ts';

const colours = [{ id: 'red', label: { default: 'Red', de: 'Rot' } }, choice('blue'), choice('other')];
const grid = {
  id: 'grid',
  type: 'matrix',
  headline: { default: 'Grid' },
  required: false,
  rows: [choice('r1'), choice('r2')],
  columns: [choice('c1')],
} as unknown as SurveyElement;
const document = survey({
  blocks: [
    block('b1', [single({ choices: colours }), multi({ choices: colours })]),
    block('b2', [openText(), nps(), grid]),
  ],
});

it.each<[string, object, object]>([
  ['a label', { single: 'BLUE' }, { single: ['blue'] }],
  ['a label of another language', { single: 'Rot' }, { single: ['red'] }],
  ['a choice id', { single: 'red' }, { single: ['red'] }],
  ['the text of other', { single: 'Teal' }, { single: ['other', 'Teal'] }],
  ['several choices with other among them', { multi: ['Teal', 'Red'] }, { multi: ['red', 'other', 'Teal'] }],
  ['an empty text', { single: '' }, { single: [] }],
  ['the label of other itself, which is no text for it', { single: 'OTHER' }, { single: [] }],
  ['a text and a number', { text: 'Red', nps: 0 }, { text: 'Red', nps: 0 }],
  ['rows', { grid: { R1: 'C1', R2: 'C9', R9: 'C1' } }, { grid: { r1: 'c1' } }],
  ['a key that is no element', { gone: 'x' }, {}],
])('%s is converted to the form on the device', (_name, data, kept) => {
  expect(fromData(document, data as never)).toEqual(kept);
});

it('an unknown label is dropped where there is no other', () => {
  const plain = survey({ blocks: [block('b', [single({ choices: [choice('a')] })])] });
  expect(fromData(plain, { single: 'Teal' })).toEqual({ single: [] });
});

it.each([
  ['nps', 'b2'],
  ['b1', 'b1'],
  ['gone', undefined],
])('a start at %s is at the block %s', (id, card) => {
  expect(findStart(document, id)).toBe(card);
});
