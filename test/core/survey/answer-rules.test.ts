import { expect, it } from 'vitest';
import {
  type AnswerRule,
  findBrokenRules,
  isEmpty,
  meetsRule,
  type RuledElement,
} from '../../../src/core/survey/answer-rules.ts';
import type { AnswerValue } from '../../../src/core/survey/document.ts';

const facts = {
  offered: 3,
  matches: (pattern: string, flags: string, text: string) => new RegExp(pattern, flags).test(text),
};

type Row = [
  type: string,
  params: AnswerRule['params'],
  met: readonly AnswerValue[],
  missed: readonly AnswerValue[],
];

// Each rule with answers on both sides of its limit (survey-model.md 7).
const rows: Row[] = [
  ['minLength', { min: 3 }, ['', 'abc', 100], ['ab', 7]],
  ['maxLength', { max: 3 }, ['', 'abc'], ['abcd', 1000]],
  ['pattern', { pattern: '^a+$' }, ['', 'aa'], ['b', 'aab']],
  ['pattern', { pattern: '^a+$', flags: 'i' }, ['AA'], ['B']],
  ['pattern', { pattern: 'a'.repeat(513) }, [''], ['a'.repeat(513)]],
  ['pattern', { pattern: 'a' }, ['a'.repeat(4096)], ['a'.repeat(4097)]],
  ['email', {}, ['', 'a.b+c@d-e.co'], ['a@b', '@b.co', 'a b@c.de', 'a@b.c']],
  ['url', {}, ['', 'https://a.b', 'HTTP://x/y'], ['a.b', 'https://', 'mailto:a', 'javascript:x']],
  ['phone', {}, ['', '+49 30-12', '12'], ['1', '(030) 12', '+', '12-', 'a1']],
  ['equals', { value: 'Ab' }, ['', 'Ab'], ['ab', 'Ab ']],
  ['doesNotEqual', { value: 'Ab' }, ['', 'ab'], ['Ab']],
  ['contains', { value: 'b' }, ['', 'abc'], ['aBc']],
  ['doesNotContain', { value: 'b' }, ['', 'aBc'], ['abc']],
  ['minValue', { min: 5 }, ['', '5', 5, '5.5 kg', 'many'], ['4.9', 4]],
  ['maxValue', { max: 5 }, ['', '5', 'many'], ['5.1', 6]],
  ['isGreaterThan', { min: 5 }, ['', '5.1'], ['5', 5]],
  ['isLessThan', { max: 5 }, ['', '4.9'], ['5']],
  ['minSelections', { min: 2 }, [[], ['a', 'b'], ['a', '', 'mine']], [['a'], ['', 'mine']]],
  [
    'maxSelections',
    { max: 1 },
    [[], ['a'], ['', 'mine']],
    [
      ['a', 'b'],
      ['a', '', 'mine'],
    ],
  ],
  ['minRanked', { min: 2 }, [[], ['a', 'b']], [['a']]],
  ['rankAll', {}, [[], ['a', 'b', 'c']], [['a', 'b']]],
  ['minRowsAnswered', { min: 1 }, [{ r: 'x' }], [{}, { r: ' ' }]],
  ['answerAllRows', {}, [{ a: 'x', b: 'x', c: 'x' }], [{}, { a: 'x', b: 'x', c: '' }]],
  ['isLaterThan', { date: '2024-02-01' }, ['', '2024-02-02'], ['2024-02-01', '2023-12-31']],
  ['isEarlierThan', { date: '2024-02-01' }, ['', '2024-01-31'], ['2024-02-01']],
  [
    'isBetween',
    { startDate: '2024-02-01', endDate: '2024-02-03' },
    ['', '2024-02-02'],
    ['2024-02-01', '2024-02-03'],
  ],
  [
    'isNotBetween',
    { startDate: '2024-02-01', endDate: '2024-02-03' },
    ['', '2024-01-31', '2024-02-04'],
    ['2024-02-01', '2024-02-02', '2024-02-03'],
  ],
  [
    'fileExtensionIs',
    { extensions: ['pdf', '.png'] },
    [[], ['/a/b.PDF?x=.exe', '/c.png']],
    [['/a'], ['/a.pdf', '/b.exe']],
  ],
  ['fileExtensionIsNot', { extensions: ['exe'] }, [[], ['/a', '/b.pdf']], [['/b.pdf', '/a.EXE']]],
  ['soundsNice', {}, ['anything'], []],
  ['minLength', {}, ['a'], []],
  ['minSelections', {}, [['a']], []],
  ['pattern', {}, ['a'], []],
  ['isBetween', { startDate: '2024-01-01' }, ['2020-01-01'], []],
];

it.each(rows)('%s %j', (type, params, met, missed) => {
  const rule: AnswerRule = { type, ...(params ? { params } : {}) };
  expect(met.filter((answer) => !meetsRule(rule, answer, facts))).toEqual([]);
  expect(missed.filter((answer) => meetsRule(rule, answer, facts))).toEqual([]);
});

it.each<[AnswerValue, boolean]>([
  ['', true],
  [' ', false],
  [0, false],
  [[], true],
  [[''], false],
  [{}, true],
  [{ r: '' }, false],
])('%j is empty: %s', (answer, empty) => expect(isEmpty(answer)).toBe(empty));

const line = (more: object = {}) => ({ show: true, required: false, placeholder: { default: 'L' }, ...more });
const contact = {
  type: 'contactInfo',
  firstName: line(),
  lastName: line({ show: false, required: true }),
  email: line(),
  phone: line(),
  company: line(),
};
const text = { type: 'openText' };
const pair = (logic: 'and' | 'or') => ({
  logic,
  rules: [
    { type: 'minLength', params: { min: 3 } },
    { type: 'contains', params: { value: 'x' } },
  ],
});

// survey-model.md 7, 2.1, 2.13 and differences.md 3.11 to 3.14.
it.each<[string, object, AnswerValue, string[]]>([
  ['no rules', text, 'a', []],
  ['both rules broken with and', { ...text, validation: pair('and') }, 'a', ['minLength', 'contains']],
  ['one rule broken with and', { ...text, validation: pair('and') }, 'abc', ['contains']],
  ['both rules broken with or', { ...text, validation: pair('or') }, 'a', ['minLength', 'contains']],
  ['one rule met with or', { ...text, validation: pair('or') }, 'abc', []],
  [
    'rules without a connector are joined with and',
    { ...text, validation: { rules: pair('and').rules } },
    'abc',
    ['contains'],
  ],
  [
    'the rule of the input type counts with or',
    { ...text, inputType: 'email', validation: pair('or') },
    'a@b.co',
    [],
  ],
  [
    'the rule of the input type counts with and',
    { ...text, inputType: 'email', validation: pair('and') },
    'axc',
    ['email'],
  ],
  [
    'limits hold whatever else does',
    { ...text, charLimit: { min: 5 }, validation: pair('or') },
    'abx',
    ['minLength'],
  ],
  [
    'length limits apply to plain text only',
    { ...text, inputType: 'phone', charLimit: { min: 5 } },
    '123',
    [],
  ],
  [
    'a limit that is switched off still counts',
    { ...text, charLimit: { enabled: false, max: 2 } },
    'abc',
    ['maxLength'],
  ],
  ['no line is required', contact, ['A', '', '', '', ''], []],
  [
    'all that are shown are',
    { ...contact, required: true },
    ['A', '', 'a@b.co', '1 2', ' '],
    ['required company'],
  ],
  [
    'one says so',
    { ...contact, required: true, phone: line({ required: true }) },
    ['A', '', '', '', ''],
    ['required phone'],
  ],
  [
    'a line that is not shown asks for nothing',
    { ...contact, company: line({ required: true }) },
    ['', '', '', '', 'C'],
    [],
  ],
  [
    'mail and telephone are checked where shown',
    contact,
    ['', '', 'a@', '1', ''],
    ['email email', 'phone phone'],
  ],
  ['a hidden line has no rule', { ...contact, email: line({ show: false }) }, ['', '', 'a@', '', ''], []],
  [
    'a rule of one line',
    { ...contact, validation: { rules: [{ type: 'maxLength', params: { max: 2 }, field: 'company' }] } },
    ['Ada', '', '', '', 'Inc'],
    ['maxLength company'],
  ],
  [
    'a rule of no line',
    { ...contact, validation: { rules: [{ type: 'maxLength', params: { max: 2 } }] } },
    ['Ada', '', '', '', ''],
    [],
  ],
  [
    'a short answer lacks the last lines',
    { ...contact, company: line({ required: true }) },
    ['A'],
    ['required company'],
  ],
])('%s', (_name, element, answer, broken) => {
  const found = findBrokenRules(element as RuledElement, answer, facts.matches);
  expect(found.map(({ type, field }) => [type, field].filter(Boolean).join(' '))).toEqual(broken);
});
