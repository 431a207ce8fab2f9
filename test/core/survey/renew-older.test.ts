import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../../src/core/survey/convert.ts';
import type { Survey } from '../../../src/core/survey/document.ts';
import { isCurrent } from '../../../src/core/survey/is-current.ts';
import { renewOlder } from '../../../src/core/survey/renew-older.ts';
import { loadFixtures } from '../../fixtures/load.ts';

const text = (words: string) => ({ default: words });
const open = (more: object = {}) => ({
  id: 'q1',
  type: 'openText',
  headline: 'Why?',
  required: false,
  ...more,
});

function renewed(document: object): Survey {
  const result = renewOlder(document as never);
  if (typeof result === 'string') throw new Error(result);
  expect(isCurrent(result)).toBe(true);
  return result;
}
const elementOf = (question: object) => renewed({ questions: [question] }).questions[0] as object;

describe('converts', () => {
  const rows: [name: string, question: object, outcome: object][] = [
    [
      'plain texts',
      open({ subheader: 'S', placeholder: 'P', buttonLabel: 'B', backButtonLabel: 7 }),
      {
        headline: text('Why?'),
        subheader: text('S'),
        placeholder: text('P'),
        buttonLabel: text('B'),
        backButtonLabel: text('7'),
      },
    ],
    [
      'a text without default',
      open({ headline: { de: 'Warum?' } }),
      { headline: { de: 'Warum?', default: 'Warum?' } },
    ],
    ['html', { ...open({ html: 'H' }), type: 'cta' }, { subheader: text('H') }],
    ['html for a headline', { id: 'q1', type: 'cta', html: 'H' }, { headline: text('H') }],
    ['an absent mark for required', { id: 'q1', type: 'openText', headline: 'Why?' }, { required: false }],
    [
      'choices as texts',
      open({ type: 'multipleChoiceSingle', choices: ['A', 2, { id: 'other', label: 'Else' }] }),
      {
        choices: [
          { id: expect.stringMatching(/^b/), label: text('A') },
          { id: expect.stringMatching(/^b/), label: text('2') },
          { id: 'other', label: text('Else') },
        ],
      },
    ],
    [
      'rows and columns as texts',
      open({ type: 'matrix', rows: ['R'], columns: [text('C')] }),
      {
        rows: [{ id: expect.any(String), label: text('R') }],
        columns: [{ id: expect.any(String), label: text('C') }],
      },
    ],
    [
      'pictures as addresses',
      open({
        type: 'pictureSelection',
        choices: ['https://a.example/a.png', { imageUrl: 'https://a.example/b.png' }],
      }),
      {
        choices: [
          { id: expect.any(String), imageUrl: 'https://a.example/a.png' },
          { id: expect.any(String), imageUrl: 'https://a.example/b.png' },
        ],
      },
    ],
    ['a range as text', open({ type: 'rating', scale: 'star', range: '5' }), { range: 5 }],
    ['a satisfaction without range', open({ type: 'csat' }), { range: 5, scale: 'number' }],
    [
      'an address by flags',
      open({ type: 'address', isAddressLine1Required: true, isCityRequired: false }),
      {
        addressLine1: { show: true, required: true, placeholder: text('Address line 1') },
        city: { show: true, required: false, placeholder: text('City') },
        zip: { show: false, required: false, placeholder: text('Zip') },
      },
    ],
    [
      'lines without labels',
      open({
        type: 'contactInfo',
        firstName: { show: true, required: false },
        email: { show: true, placeholder: 'Mail' },
      }),
      {
        firstName: { show: true, required: false, placeholder: text('First name') },
        email: { show: true, placeholder: text('Mail') },
      },
    ],
    [
      'former logic',
      open({ logic: [{ condition: 'submitted', destination: 'q9' }] }),
      { logic: [expect.objectContaining({ actions: [expect.objectContaining({ target: 'q9' })] })] },
    ],
  ];
  it.each(rows)('%s', (_name, question, outcome) => expect(elementOf(question)).toMatchObject(outcome));

  it('questions without ids, the same way each time and none twice', () => {
    const questions = [open({ id: undefined }), open({ id: '', headline: 'How?' }), open({ id: undefined })];
    const [one, two] = [renewed({ questions }), renewed({ questions: questions.toReversed() })];
    const ids = one.questions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(two.questions.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(blocksOf(one)).toHaveLength(3);
  });

  it('blocks without ids', () => {
    const { blocks } = renewed({
      blocks: [{ elements: [open()] }, { elements: [open({ id: 'q2' })], buttonLabel: 'B' }],
    });
    expect(new Set(blocks.map(({ id }) => id)).size).toBe(2);
    expect(blocks[1]?.buttonLabel).toEqual(text('B'));
  });

  const endings: [name: string, document: object, outcome: object[]][] = [
    [
      'a thank-you card',
      {
        thankYouCard: {
          enabled: true,
          headline: 'Thanks',
          buttonLabel: 'Go',
          buttonLink: 'https://a.example',
        },
      },
      [
        {
          type: 'endScreen',
          headline: text('Thanks'),
          buttonLabel: text('Go'),
          buttonLink: 'https://a.example',
        },
      ],
    ],
    ['a thank-you card that is off', { thankYouCard: { enabled: false, headline: 'Thanks' } }, []],
    [
      'a redirect of the survey',
      { redirectUrl: 'https://a.example', thankYouCard: { enabled: true } },
      [{ type: 'redirectToUrl', url: 'https://a.example' }],
    ],
    [
      'endings, which win',
      { endings: [{ headline: 'E' }], thankYouCard: { enabled: true } },
      [{ type: 'endScreen', headline: text('E') }],
    ],
  ];
  it.each(endings)('%s', (_name, document, outcome) => {
    const { endings: found } = renewed({ questions: [open()], ...document });
    expect(found).toMatchObject(outcome);
    expect(found).toHaveLength(outcome.length);
  });

  const cards: [name: string, card: unknown, outcome: unknown][] = [
    [
      'its plain texts',
      { enabled: true, headline: 'Hi', html: 'H', buttonLabel: 'Go' },
      { enabled: true, headline: text('Hi'), subheader: text('H'), buttonLabel: text('Go') },
    ],
    ['html alone', { enabled: true, html: 'H' }, { enabled: true, headline: text('H') }],
    ['nothing to say', { enabled: true }, { enabled: false }],
    ['no card', null, undefined],
  ];
  it.each(cards)('of the welcome card: %s', (_name, welcomeCard, outcome) => {
    expect(renewed({ questions: [open()], welcomeCard }).welcomeCard).toEqual(outcome);
  });

  it('languages without ids', () => {
    const row = { default: true, enabled: true, language: { code: 'de' } };
    expect(renewed({ questions: [open()], languages: [row] }).languages[0]?.language.id).toBe('de');
  });
});

it.each(loadFixtures().map(({ name, document }) => [name, document] as const))(
  '%s keeps its meaning',
  (_name, document) => {
    expect(blocksOf(renewed(document))).toEqual(blocksOf(document as Survey));
  },
);

describe('names what it can not convert:', () => {
  const rows: [reason: string, document: object][] = [
    ['questions is no list', { questions: {} }],
    ['blocks is no list', { blocks: 'x' }],
    ['question 1 is none', { questions: ['Why?'] }],
    ['question 2 has no type', { questions: [open(), open({ id: 'q2', type: undefined })] }],
    ['question 1 has no headline', { questions: [open({ headline: undefined })] }],
    ['question 2 has the id of another one, q1', { questions: [open(), open()] }],
    [
      'question 1 has no choices, or one without a label',
      { questions: [open({ type: 'multipleChoiceSingle' })] },
    ],
    [
      'question 1 has no choices, or one without a label',
      { questions: [open({ type: 'ranking', choices: [{ id: 'a' }] })] },
    ],
    [
      'question 1 has no choices, or one without a label',
      { questions: [open({ type: 'pictureSelection', choices: [{ id: 'a' }] })] },
    ],
    [
      'question 1 has no columns, or one without a label',
      { questions: [open({ type: 'matrix', rows: ['A'], columns: [] })] },
    ],
    ['question 1 has no range', { questions: [open({ type: 'rating', scale: 'star' })] }],
    ['question 1 has no range', { questions: [open({ type: 'ces', range: 'many' })] }],
    ['question 1 has no label', { questions: [open({ type: 'consent' })] }],
    ['question 1 has no calUserName', { questions: [open({ type: 'cal' })] }],
    ['question 1 shows no line', { questions: [open({ type: 'address' })] }],
    [
      'question 1 has the unknown condition smells',
      { questions: [open({ logic: [{ condition: 'smells', destination: 'end' }] })] },
    ],
    ['block 1 has no elements', { blocks: [{ id: 'b' }] }],
    ['element 1 of block 1 has no headline', { blocks: [{ id: 'b', elements: [open({ headline: null })] }] }],
    [
      'the logic of block 1 is unknown',
      { blocks: [{ id: 'b', elements: [open()], logic: [{ condition: 'skipped' }] }] },
    ],
    ['ending 1 is none', { questions: [open()], endings: [null] }],
  ];
  it.each(rows)('%s', (reason, document) => expect(renewOlder(document as never)).toBe(reason));
});
