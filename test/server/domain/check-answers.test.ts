import { describe, expect, it } from 'vitest';
import { type CheckedElement, findInvalidAnswers } from '../../../server/domain/check-answers.ts';
import type { AnswerValue } from '../../../src/core/survey/document.ts';
import { HOSTILE_PATTERNS } from '../../core/hostile-patterns.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

const choices = [
  { id: 'red', label: { default: 'Red', de: 'Rot' } },
  { id: 'blue', label: { default: 'Blue' } },
];
const other = { id: 'other', label: { default: 'Other' } };
const field = (show: boolean, label: string) => ({ show, required: false, placeholder: { default: label } });
const rule = (type: string, params: Record<string, unknown>, more: object = {}) => ({
  id: type,
  type,
  params,
  ...more,
});

const MISSING = 'Please fill out this field';
const ODD = 'Please enter a valid format';

type Row = [
  name: string,
  element: Omit<CheckedElement, 'id'>,
  answer: AnswerValue,
  problem: string | undefined,
];

const text = { type: 'openText', required: true };
const single = { type: 'multipleChoiceSingle', required: true, choices };
const multi = { type: 'multipleChoiceMulti', required: true, choices };
const contact = {
  type: 'contactInfo',
  required: false,
  firstName: field(true, 'First name'),
  email: field(true, 'E-mail'),
  phone: field(false, 'Phone'),
};

const must = { show: true, required: true, placeholder: { default: 'City' } };

const rows: Row[] = [
  ['a required text that is empty', text, '', MISSING],
  ['an optional text that is empty', { ...text, required: false }, '', undefined],
  ['a text', text, 'a', undefined],
  ['a number for a text', text, 7, undefined],
  ['a required list that is empty', multi, [], MISSING],
  ['a required matrix without rows', { type: 'matrix', required: true }, {}, MISSING],
  ['a required matrix whose rows are blank', { type: 'matrix', required: true }, { r: '' }, MISSING],
  ['a required matrix with one row', { type: 'matrix', required: true, rows: [1, 2] }, { r: 'c' }, undefined],
  ['a required statement', { type: 'cta', required: true }, '', undefined],
  ['a required consent that is not given', { type: 'consent', required: true }, '', MISSING],
  ['a required ranking without entries', { type: 'ranking', required: true, choices }, [], MISSING],
  ['a required address of blanks', { type: 'address', required: true }, ['', '', '', '', '', ''], MISSING],
  [
    'an optional address of blanks',
    { type: 'address', required: false, city: must },
    ['', '', '', '', '', ''],
    undefined,
  ],
  [
    'a line that must be filled in',
    { type: 'address', required: false, city: must },
    ['x', '', '', '', '', ''],
    `City: ${MISSING}`,
  ],
  [
    'all lines of a required address',
    { ...contact, required: true },
    ['Ada', '', '', '', ''],
    `E-mail: ${MISSING}`,
  ],
  [
    'a text that is too short',
    { ...text, charLimit: { min: 3 } },
    'ab',
    'Please enter at least 3 characters',
  ],
  [
    'a text that is too long',
    { ...text, charLimit: { max: 1 } },
    'ab',
    'Please enter no more than 1 characters',
  ],
  ['an address of another scheme', { ...text, inputType: 'url' }, 'javascript:x', 'Please enter a valid URL'],
  [
    'two files for one',
    { type: 'fileUpload', allowMultipleFiles: false },
    ['/storage/a.png', '/storage/b.png'],
    'Please select no more than 1 options',
  ],
  [
    'two files',
    { type: 'fileUpload', allowMultipleFiles: true },
    ['/storage/a.png', '/storage/b.png'],
    undefined,
  ],
  [
    '26 files',
    { type: 'fileUpload', allowMultipleFiles: true },
    Array.from({ length: 26 }, (_, n) => `/storage/${n}.png`),
    'Please select no more than 25 options',
  ],
  [
    'a file of another kind',
    {
      type: 'fileUpload',
      allowedFileExtensions: ['png'],
      validation: { logic: 'or', rules: [rule('fileExtensionIs', { extensions: ['exe'] })] },
    },
    ['/storage/a.exe'],
    'Please choose a file of one of these kinds: png',
  ],
  ['a score beyond the scale', { type: 'rating', required: true, range: 5 }, 9, undefined],
  ['a score that is text', { type: 'nps', required: true }, 'nine', undefined],

  ['a choice by its label', single, 'Red', undefined],
  ['a choice by its label in another language', single, 'Rot', undefined],
  ['a choice by its id', single, 'blue', undefined],
  ['a choice that is not offered', single, 'Green', ODD],
  ['a choice that is a number', single, 7, ODD],
  ['several choices', multi, ['Red', 'Blue'], undefined],
  ['several choices, one not offered', multi, ['Red', 'Green'], ODD],
  ['several choices with an empty entry', multi, ['Red', ''], undefined],
  ['anything where other is offered', { ...single, choices: [...choices, other] }, 'Green', undefined],
  ['blanks where other is offered', { ...single, choices: [...choices, other] }, '  ', MISSING],
  [
    'an own text after the empty entry',
    { ...multi, choices: [...choices, other] },
    ['Red', '', 'Mine'],
    undefined,
  ],
  ['no own text after the empty entry', { ...multi, choices: [...choices, other] }, ['Red', ''], MISSING],
  ['blanks after the empty entry', { ...multi, choices: [...choices, other] }, ['', ' '], MISSING],

  ['an e-mail', { ...text, inputType: 'email' }, 'a@b.co', undefined],
  ['an e-mail that is none', { ...text, inputType: 'email' }, 'a@b', 'Please enter a valid email address'],
  ['an address that is none', { ...text, inputType: 'url' }, 'a.b', 'Please enter a valid URL'],
  [
    'a phone number that is none',
    { ...text, inputType: 'phone' },
    '(1)',
    'Please enter a valid phone number',
  ],
  ['a number that is none', { ...text, inputType: 'number' }, 'many', undefined],
  ['contact details', contact, ['Ada', '', 'a@b.co', 'x', ''], undefined],
  [
    'contact details with a bad e-mail',
    contact,
    ['', '', 'a@b', '', ''],
    'E-mail: Please enter a valid email address',
  ],
  [
    'a rule on a part',
    { ...contact, validation: { rules: [rule('minLength', { min: 2 }, { field: 'firstName' })] } },
    ['A', '', '', '', ''],
    'First name: Please enter at least 2 characters',
  ],
  [
    'two rules that must both be met',
    { ...text, validation: { rules: [rule('minLength', { min: 3 }), rule('contains', { value: 'x' })] } },
    'a',
    'Please enter at least 3 characters; Please enter something that contains x',
  ],
  [
    'two rules of which one is enough',
    {
      ...text,
      validation: { logic: 'or', rules: [rule('minLength', { min: 3 }), rule('contains', { value: 'x' })] },
    },
    'x',
    undefined,
  ],
  [
    'two rules of which none is met though one is enough',
    {
      ...text,
      validation: { logic: 'or', rules: [rule('minLength', { min: 3 }), rule('contains', { value: 'x' })] },
    },
    'a',
    'Please enter at least 3 characters; Please enter something that contains x',
  ],
  [
    'an implicit rule that one explicit rule makes up for',
    { ...text, inputType: 'email', validation: { logic: 'or', rules: [rule('equals', { value: 'none' })] } },
    'none',
    undefined,
  ],
  [
    'too few picks',
    { ...multi, validation: { rules: [rule('minSelections', { min: 2 })] } },
    ['Red'],
    'Please select at least 2 options',
  ],
  [
    'an optional element that was not touched',
    { ...multi, required: false, validation: { rules: [rule('minSelections', { min: 2 })] } },
    [],
    undefined,
  ],
  [
    'too few ranks',
    { type: 'ranking', choices, validation: { rules: [rule('rankAll', {})] } },
    ['Red'],
    'Please rank all options',
  ],
  [
    'too few rows',
    { type: 'matrix', rows: [1, 2], validation: { rules: [rule('answerAllRows', {})] } },
    { a: 'x' },
    'Please answer all rows',
  ],
  ['a pattern', { ...text, validation: { rules: [rule('pattern', { pattern: '^a$' })] } }, 'a', undefined],
  [
    'a pattern that is missed',
    { ...text, validation: { rules: [rule('pattern', { pattern: '^a$' })] } },
    'b',
    ODD,
  ],
  [
    'a pattern that is none',
    { ...text, validation: { rules: [rule('pattern', { pattern: '(' })] } },
    'b',
    undefined,
  ],
];

it.each(rows)('%s', (_name, element, answer, problem) => {
  const found = findInvalidAnswers([{ id: 'q', ...element } as CheckedElement], { q: answer });
  expect(found).toEqual(problem === undefined ? {} : { 'response.data.q': problem });
});

describe('answers', () => {
  it('that are missing, or belong to no element, are not reported', () => {
    expect(findInvalidAnswers([{ id: 'q', ...text }], { unknown: '', toString: '' })).toEqual({});
    expect(findInvalidAnswers([{ id: 'constructor', ...text }], {})).toEqual({});
  });

  it.each(HOSTILE_PATTERNS)('are checked in little time against %s', async (pattern) => {
    const element = { id: 'q', ...text, validation: { rules: [rule('pattern', { pattern })] } };
    for (const answer of [`${'a'.repeat(60)}!`, `${'a'.repeat(4_095)}!`, `${'aA1 ='.repeat(800)}!`]) {
      let found: unknown;
      const cpuMs = await cpuTimeOf(() => {
        found = findInvalidAnswers([element], { q: answer });
      });
      expect(cpuMs).toBeLessThan(250);
      if (pattern === '^(a+)+$') expect(found).toEqual({ 'response.data.q': ODD });
    }
  });

  it('are checked in little time however many patterns there are', async () => {
    const rules = Array.from({ length: 100 }, (_, n) =>
      rule('pattern', { pattern: `^(?:[a-y]|[b-z]|\\w)*${n}$` }),
    );
    const elements = Array.from({ length: 500 }, (_, n) => ({ id: `q${n}`, ...text, validation: { rules } }));
    const data = Object.fromEntries(elements.map(({ id }) => [id, 'b'.repeat(4_000)]));
    let found: Readonly<Record<string, string>> = {};
    const cpuMs = await cpuTimeOf(() => {
      found = findInvalidAnswers(elements, data);
    });
    expect(cpuMs).toBeLessThan(500);
    // Further patterns count as met: that is not the visitor's mistake.
    expect(Object.keys(found)).toContain('response.data.q0');
    expect(Object.keys(found).length).toBeLessThan(20);
  });

  it.each<[string, unknown]>([
    ['rules that are no list', { rules: 5 }],
    ['a rule that is null', { rules: [null] }],
    [
      'a rule of every object',
      { rules: [{ type: '__proto__' }, { type: 'constructor' }, { type: 'toString' }] },
    ],
    ['no validation', null],
    ['a pattern that is no text', { rules: [rule('pattern', { pattern: 5 })] }],
    ['a backreference', { rules: [rule('pattern', { pattern: '(a)\\1$' })] }],
    ['flags that do not exist', { rules: [rule('pattern', { pattern: 'x', flags: 'q' })] }],
  ])('pass %s, which a stored survey may have', (_name, validation) => {
    expect(findInvalidAnswers([{ id: 'q', ...text, validation } as CheckedElement], { q: 'ab' })).toEqual({});
  });
});
