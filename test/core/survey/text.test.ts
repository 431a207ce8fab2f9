import { describe, expect, it } from 'vitest';
import { directionOf, textOf } from '../../../src/core/survey/text.ts';
import { block, openText, survey } from './sample.ts';

describe('textOf', () => {
  it.each([
    ['the translation', { default: 'Yes', de: 'Ja' }, 'de', 'Ja'],
    ['the default where it is missing', { default: 'Yes' }, 'de', 'Yes'],
    ['the default where it is blank', { default: 'Yes', de: ' ' }, 'de', 'Yes'],
    ['nothing without a text', undefined, 'de', ''],
    ['nothing without a default', {}, 'de', ''],
  ])('returns %s', (_name, text, language, expected) => {
    expect(textOf(text as Record<string, string> | undefined, language)).toBe(expected);
  });
});

describe('directionOf', () => {
  const english = survey({ blocks: [block('b', [openText()])] });
  it.each([
    ...['ar', 'ar-EG', 'he', 'iw', 'fa-IR', 'ur', 'ps', 'sd', 'yi', 'dv', 'ug', 'ckb'].map((tag) => [
      tag,
      'rtl',
    ]),
    ...['ku-Arab', 'ku-IQ', 'pa-Arab-PK', 'AR'].map((tag) => [tag, 'rtl']),
    ...['en', 'de-DE', 'ku', 'ku-TR', 'ur-Latn', 'sd-Deva', 'arn', 'zh-Hans', 'en-AR'].map((tag) => [
      tag,
      'ltr',
    ]),
  ])('%s is %s', (tag, direction) => {
    expect(directionOf(english, 'default', tag)).toBe(direction);
  });

  const headline = { default: 'Hi', x: 'שלום' };
  const hebrew = [block('b', [openText({ headline })])];
  it.each([
    ['the first headline decides', { blocks: hebrew }, 'x', 'rtl'],
    ['in the language in force', { blocks: hebrew }, 'default', 'ltr'],
    ['the welcome card comes first', { blocks: hebrew, welcomeCard: { enabled: true } }, 'x', 'ltr'],
    ['the welcome headline counts', { welcomeCard: { enabled: true, headline } }, 'x', 'rtl'],
    ['no card, no direction', {}, 'x', 'ltr'],
  ])('without a tag %s', (_name, more, language, direction) => {
    expect(directionOf(survey(more), language, undefined)).toBe(direction);
  });
});
