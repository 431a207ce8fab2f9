import { expect, it } from 'vitest';
import type { Settings, Survey } from '../../src/core/survey/document.ts';
import { hasOverlay, loadFeatures } from '../../src/ui/load-features.ts';
import { block, openText, rating, settings, survey } from '../core/survey/sample.ts';

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

it.each([
  ['none', undefined, false],
  ['light', undefined, true],
  ['dark', 'none', false],
  ['none', 'light', true],
] as const)('the overlay %s, overwritten by %s, covers the page: %s', (overlay, own, expected) => {
  const workspaceOverwrites = own ? { overlay: own } : null;
  expect(hasOverlay(survey({ workspaceOverwrites } as never), settings({ overlay }))).toBe(expected);
});
