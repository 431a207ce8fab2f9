import { describe, expect, it } from 'vitest';
import type { Survey } from '../../../src/core/survey/document.ts';
import { isCurrent } from '../../../src/core/survey/is-current.ts';
import { loadFixtures } from '../../fixtures/load.ts';

const text = (words: string) => ({ default: words });
const open = (more: object = {}) => ({ id: 'q1', type: 'openText', headline: text('Q'), ...more });
const choices = [{ id: 'a', label: text('A') }];
const current = (change: object): boolean =>
  isCurrent({ questions: [open()], ...change } as unknown as Survey);

it.each(loadFixtures().map(({ name, document }) => [name, document] as const))(
  '%s is current',
  (_name, document) => {
    expect(isCurrent(document as Survey)).toBe(true);
  },
);

describe.each([
  ['current', true],
  ['older', false],
] as const)('%s', (_name, outcome) => {
  const rows: readonly (readonly [name: string, change: object])[] = outcome
    ? [
        [
          'lists that are absent or null',
          { blocks: null, endings: null, languages: null, welcomeCard: null },
        ],
        [
          'a redirect, whose label is no text',
          { endings: [{ id: 'e', type: 'redirectToUrl', url: 'https://a.example', label: 'L' }] },
        ],
        ['texts that are absent, null or empty', { questions: [open({ subheader: null, placeholder: '' })] }],
        [
          'the former thank-you card beside endings',
          { endings: [{ id: 'e', type: 'endScreen' }], thankYouCard: {} },
        ],
        [
          'rules of any depth',
          { questions: [open({ logic: [{ id: 'r', conditions: { conditions: [{}] }, actions: [{}] }] })] },
        ],
        [
          'rules of validation without ids',
          { questions: [open({ validation: { rules: [{ type: 'email' }] } })] },
        ],
      ]
    : [
        ['a plain text', { questions: [open({ headline: 'Q' })] }],
        [
          'a plain label of a choice',
          { questions: [open({ type: 'ranking', choices: [{ id: 'a', label: 'A' }] })] },
        ],
        ['a plain choice', { questions: [open({ type: 'ranking', choices: ['A'] })] }],
        ['a choice without id', { questions: [open({ type: 'ranking', choices: [{ label: text('A') }] })] }],
        ['an id twice', { questions: [open({ type: 'ranking', choices: [...choices, ...choices] })] }],
        ['no choices', { questions: [open({ type: 'multipleChoiceMulti' })] }],
        ['no columns', { questions: [open({ type: 'matrix', rows: choices })] }],
        ['an empty list', { questions: [open({ type: 'matrix', rows: choices, columns: [] })] }],
        ['a scale without range', { questions: [open({ type: 'rating', scale: 'star' })] }],
        ['no headline', { questions: [open({ headline: undefined })] }],
        ['no id', { questions: [open({ id: undefined })] }],
        ['former logic', { questions: [open({ logic: [{ condition: 'skipped', destination: 'end' }] })] }],
        ['html', { blocks: [{ id: 'b', elements: [open({ html: text('A') })] }] }],
        [
          'html of the welcome card',
          { welcomeCard: { enabled: true, headline: text('A'), html: text('B') } },
        ],
        ['a welcome card without headline', { welcomeCard: { enabled: true } }],
        ['a thank-you card', { thankYouCard: { enabled: true } }],
        ['a redirect of the whole survey', { redirectUrl: 'https://a.example' }],
        ['a line without label', { questions: [open({ type: 'address', city: { show: true } })] }],
        ['an address by flags', { questions: [open({ type: 'address', isCityRequired: true })] }],
        ['a question that is none', { questions: [null] }],
        ['questions that are no list', { questions: 'none' }],
        ['a language without id', { languages: [{ default: true, language: { code: 'en' } }] }],
      ];
  it.each(rows)('%s', (_row, change) => expect(current(change)).toBe(outcome));
});
