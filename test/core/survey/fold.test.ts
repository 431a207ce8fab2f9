import { expect, it } from 'vitest';
import { meetsRule } from '../../../src/core/survey/answer-rules.ts';
import type { OpenTextElement } from '../../../src/core/survey/document.ts';
import { foldNumber, foldText } from '../../../src/core/survey/fold.ts';
import { findBroken, tidyAnswer } from '../../../src/core/survey/problems.ts';

const element = (inputType: OpenTextElement['inputType'], more: object = {}): OpenTextElement =>
  ({
    id: 'q',
    type: 'openText',
    required: false,
    headline: { default: 'q' },
    inputType,
    ...more,
  }) as OpenTextElement;

it.each([
  ['ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
  ['\u00a0ada@example.com\u202f', 'ada@example.com'],
  ['１２３', '123'],
  ['+49\u00a030\u200912', '+49 30 12'],
])('%s is read as %s', (given, folded) => expect(foldText(given)).toBe(folded));

it.each([
  ['42', '42'],
  ['\u00a042\u00a0', '42'],
  ['４２', '42'],
  ['１２３４，５', '1234.5'],
  ['3,5', '3.5'],
  ['1\u00a0234', '1234'],
  ['1\u202f234\u202f567,89', '1234567.89'],
  ['12 34', undefined],
  ['1,234', undefined],
  ['twelve', undefined],
  ['', undefined],
  ['１'.repeat(5_000), undefined],
])('%s is the number %s', (given, number) => expect(foldNumber(given)).toBe(number));

it.each([
  ['email', 'ａda＠example.com'],
  ['email', "o'brien@example.com"],
  ['email', 'a!#$&*/=?^`{|}~b@example.com'],
  ['email', '\u00a0ada@example.com'],
  ['url', 'ｈttps://example.com\u00a0'],
  ['phone', '＋４９ ３０ １２３'],
  ['phone', '+49\u00a030\u00a0123'],
  ['number', '４２'],
  ['number', '1\u00a0000'],
] as const)('an answer of the kind %s may be %s, and is stored as typed', (kind, answer) => {
  expect(findBroken(element(kind), answer)).toBeUndefined();
  expect(tidyAnswer(element(kind), answer)).toBe(answer.trim());
});

it.each([
  ['email', 'ada＠'],
  ['email', 'a b@example.com'],
  ['phone', '＋４９ x'],
  ['number', '４２x'],
] as const)('an answer of the kind %s may not be %s', (kind, answer) =>
  expect(findBroken(element(kind), answer)).toBeDefined(),
);

it('limits of numbers read the folded number', () => {
  const facts = { offered: 0, matches: () => true };
  const rule = { type: 'minValue', params: { min: 1000 } };
  expect(meetsRule(rule, '９９９', facts)).toBe(false);
  expect(meetsRule(rule, '1\u00a0000', facts)).toBe(true);
});
