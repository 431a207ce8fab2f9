import { describe, expect, it } from 'vitest';
import type { AnswerValue, OpenTextElement, SurveyElement } from '../../../src/core/survey/document.ts';
import { findBroken, tidyAnswer } from '../../../src/core/survey/problems.ts';
import { findProblem, isSafeLink, isWebAddress } from '../../../src/core/survey/validate.ts';
import { consent, cta, multi, nps, openText, rating, single } from './sample.ts';

const MISSING = 'please_fill_out_this_field';
const must = { required: true };

describe('required', () => {
  it.each<[string, SurveyElement, AnswerValue | undefined, string | undefined]>([
    ['text unanswered', openText(must), undefined, MISSING],
    ['text blank', openText(must), ' \n', MISSING],
    ['text given', openText(must), 'x', undefined],
    ['optional text blank', openText(), '', undefined],
    ['single unanswered', single(must), undefined, MISSING],
    ['single deselected', single(must), [], MISSING],
    ['single given', single(must), ['a'], undefined],
    ['multi empty', multi(must), [], MISSING],
    ['multi given', multi(must), ['a'], undefined],
    ['optional multi empty', multi(), [], undefined],
    ['nps unanswered', nps(must), undefined, MISSING],
    ['nps zero', nps(must), 0, undefined],
    ['rating unanswered', rating(must), undefined, MISSING],
    ['rating given', rating(must), 1, undefined],
    ['consent unchecked', consent(must), '', MISSING],
    ['consent given', consent(must), 'accepted', undefined],
    ['statement', cta(must), undefined, undefined],
    ['other without text', single(must), ['other', ' '], MISSING],
    ['optional other without text', multi(), ['a', 'other', ''], MISSING],
    ['other with text', single(must), ['other', 'x'], undefined],
  ])('%s', (_name, element, answer, key) => {
    expect(findProblem(element, answer)?.key).toBe(key);
  });
});

type Type = NonNullable<OpenTextElement['inputType']>;
const EMAIL = 'please_enter_a_valid_email_address';
const URL_ = 'please_enter_a_valid_url';
const PHONE = 'please_enter_a_valid_phone_number';
const NUMBER = 'invalid_format';

describe('formats', () => {
  it.each<[Type, string, string | undefined]>([
    ['email', 'a.b+c@x-y.co', undefined],
    ['email', 'ada@x.c', EMAIL],
    ['email', 'ada@', EMAIL],
    ['email', 'a b@x.co', EMAIL],
    ['email', 'x@y.co, z@y.co', EMAIL],
    ['url', 'https://example.org/a?b', undefined],
    ['url', 'http://x', undefined],
    ['url', 'example.org', URL_],
    ['url', 'javascript:alert(1)', URL_],
    ['url', 'ftp://x.org', URL_],
    ['phone', '+49 30-1234', undefined],
    ['phone', '12', undefined],
    ['phone', '1', PHONE],
    ['phone', '(030) 12', PHONE],
    ['phone', '12-', PHONE],
    ['number', '37', undefined],
    ['number', '-3.5', undefined],
    ['number', '+.5', undefined],
    ['number', '3,5', undefined],
    ['number', '1,000', NUMBER],
    ['number', '1,0000', undefined],
    ['number', 'abc', NUMBER],
    ['number', '3.', NUMBER],
    ['number', '-', NUMBER],
    ['number', '1 000', undefined],
    ['number', '1 00', NUMBER],
    ['text', 'abc', undefined],
  ])('%s %s', (inputType, text, key) => {
    expect(findProblem(openText({ inputType }), text, findBroken)?.key).toBe(key);
  });

  it.each<[object, string, unknown]>([
    [{ min: 3 }, 'ab', { key: 'min_length', count: '3' }],
    [{ min: 3 }, 'abc', undefined],
    [{ min: 3 }, '', undefined],
    [{ max: 3 }, 'abc', undefined],
    [{ max: 3 }, 'abcd', { key: 'max_length', count: '3' }],
    [{ enabled: false, max: 3 }, 'abcd', { key: 'max_length', count: '3' }],
    [{}, 'abcd', undefined],
  ])('length %o of "%s"', (charLimit, text, problem) => {
    expect(findProblem(openText({ charLimit }), text, findBroken)).toEqual(problem);
  });

  it('length limits apply to plain text only', () => {
    expect(
      findProblem(openText({ inputType: 'number', charLimit: { max: 1 } }), '12', findBroken),
    ).toBeUndefined();
  });
});

describe('tidyAnswer', () => {
  it.each<[Type, string, string]>([
    ['text', ' as typed ', ' as typed '],
    ['email', ' a@b.co ', 'a@b.co'],
    ['number', ' 3,5', '3.5'],
    ['number', '1,000', '1,000'],
    ['url', 'https://x/?a=1,5 ', 'https://x/?a=1,5'],
  ])('%s "%s"', (inputType, given, kept) => {
    expect(tidyAnswer(openText({ inputType }), given)).toBe(kept);
  });

  it('does not change answers of other elements', () => {
    expect(tidyAnswer(nps(), 3)).toBe(3);
    expect(tidyAnswer(openText({ inputType: 'email' }), undefined)).toBeUndefined();
  });
});

describe('links', () => {
  it.each([
    ['https://x.org', true, true],
    ['http://x.org', true, true],
    ['mailto:a@b.co', false, true],
    ['tel:+49', false, true],
    ['javascript:alert(1)', false, false],
    ['java\nscript:alert(1)', false, false],
    [' JAVASCRIPT:alert(1)', false, false],
    ['data:text/html,x', false, false],
    ['/path', false, false],
    [undefined, false, false],
  ])('%j', (address, web, safe) => {
    expect([isWebAddress(address), isSafeLink(address)]).toEqual([web, safe]);
  });
});
