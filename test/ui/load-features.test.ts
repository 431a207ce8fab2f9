import { expect, it } from 'vitest';
import type { Settings, Survey, SurveyElement } from '../../src/core/survey/document.ts';
import { hasOverlay, isTooLarge, loadFeatures } from '../../src/ui/load-features.ts';
import { block, choice, matrix, multi, openText, rating, settings, survey } from '../core/survey/sample.ts';

const plain = { blocks: [block('b', [rating(), openText()])] };
const legacy = { id: 'q', type: 'openText', headline: { default: 'Hi' }, required: false };
const textOf = (headline: string) => ({
  blocks: [block('b', [openText({ headline: { default: headline } })])],
});

type Row = [
  name: string,
  document: Partial<Survey>,
  environment: Partial<Settings> | undefined,
  chunks: string[],
];

it.each<Row>([
  ['plain text and a score', plain, {}, []],
  ['a brand colour and roundness', plain, { styling: { brandColor: { light: '#123' }, roundness: 4 } }, []],
  ['another styling field', plain, { styling: { inputBgColor: { light: '#123' } } }, ['rich-content']],
  ['dark mode', plain, { styling: { isDarkModeEnabled: true } }, ['rich-content']],
  ['unknown settings', plain, undefined, []],
  ['markup', textOf('<b>Hi</b>'), {}, ['rich-content']],
  ['a recall token', textOf('Hi #recall:q/fallback:you#'), {}, ['rich-content']],
  ['automatic closing', { ...plain, autoClose: 10 }, {}, ['rich-content']],
  ['an overlay', plain, { overlay: 'dark' }, ['rich-content']],
  ['a fallback of logic', { blocks: [{ ...block('b', [rating()]), logicFallback: 'c' }] }, {}, ['logic']],
  ['legacy questions', { blocks: [], questions: [legacy] as never }, {}, ['logic']],
  [
    'a rule of a legacy question',
    { blocks: [], questions: [{ ...legacy, charLimit: { max: 5 } }] as never },
    {},
    ['logic', 'rules'],
  ],
  ['a validation rule', { blocks: [block('b', [openText({ inputType: 'email' })])] }, {}, ['rules']],
])('a survey with %s loads %o', async (_name, document, environment, chunks) => {
  const features = await loadFeatures(survey(document), environment && settings(environment));
  const loaded = [
    features.drawText && 'rich-content',
    features.runLogic && 'logic',
    features.findBroken && 'rules',
  ];
  expect(loaded.filter(Boolean)).toEqual(chunks);
});

it('a survey whose rules have patterns checks them, in linear time', async () => {
  const pattern = { type: 'pattern', params: { pattern: '^(a+)+$' } };
  const element = openText({ validation: { rules: [pattern] } });
  const { findBroken } = await loadFeatures(survey({ blocks: [block('b', [element])] }), settings({}));
  const check = (text: string) => findBroken?.(element, text, { steps: 1_000_000 });
  expect(check('a'.repeat(40))).toBeUndefined();
  expect(check(`${'a'.repeat(40)}!`)).toEqual({ key: 'invalid_text' });
});

const list = (count: number) => Array.from({ length: count }, (_, n) => choice(`c${n}`, `${n}`));
it.each<[string, SurveyElement[], boolean]>([
  ['plain elements', [rating(), openText()], false],
  ['the longest list', [multi({ choices: list(5_000) })], false],
  ['a longer list', [multi({ choices: list(5_001) })], true],
  ['two long lists', [multi({ choices: list(3_000) }), multi({ id: 'm', choices: list(3_000) })], true],
  ['a large matrix', [matrix({ rows: list(100), columns: list(100) })], true],
  ['a scale without end', [rating({ range: 1e9 })], true],
  ['very many elements', Array.from({ length: 5_001 }, () => openText()), true],
])('a card with %s is judged by its controls', (_name, elements, expected) => {
  expect(isTooLarge({ elements })).toBe(expected);
});

it.each([
  ['none', undefined, false],
  ['light', undefined, true],
  ['dark', 'none', false],
  ['none', 'light', true],
] as const)('the overlay %s, overwritten by %s, covers the page: %s', (overlay, own, expected) => {
  const workspaceOverwrites = own ? { overlay: own } : null;
  expect(hasOverlay(survey({ workspaceOverwrites } as never), settings({ overlay }))).toBe(expected);
});
