import { expect, it } from 'vitest';
import type { SurveyLanguage } from '../../../src/core/survey/document.ts';
import { chooseLanguage } from '../../../src/core/targeting/language.ts';

const row = (code: string, change: Partial<SurveyLanguage> & { alias?: string } = {}): SurveyLanguage => ({
  default: false,
  enabled: true,
  language: { id: code, code, alias: change.alias ?? null },
  ...change,
});
const languages = [
  row('en-US', { default: true }),
  row('de-DE', { alias: 'deutsch' }),
  row('pt-BR'),
  row('fr'),
  row('it-IT', { enabled: false }),
];

it.each([
  ['no language given', undefined, 'default', 'en-US'],
  ['exact', 'de-DE', 'de-DE', 'de-DE'],
  ['another case and an underscore', 'DE_de', 'de-DE', 'de-DE'],
  ['an alias', 'Deutsch', 'de-DE', 'de-DE'],
  ['the base language of a region', 'fr-CA', 'fr', 'fr'],
  ['another region of the same language', 'pt-PT', 'pt-BR', 'pt-BR'],
  ['a base language that only has a region', 'de', 'de-DE', 'de-DE'],
  ['the default’s own code', 'en-US', 'default', 'en-US'],
  ['another region of the default', 'en-GB', 'default', 'en-US'],
  ['a disabled language', 'it-IT', 'default', 'en-US'],
  ['a language the survey does not have', 'ja', 'default', 'en-US'],
  ['blank', ' ', 'default', 'en-US'],
])('%s', (_name, wanted, key, code) => {
  expect(chooseLanguage({ languages }, wanted)).toEqual({ key, code });
});

it.each(['de', 'de-AT', 'de-DE'])(
  '%s: a repeated short code stands for the language it repeats',
  (wanted) => {
    const repeated = [row('en-US', { default: true }), row('de-DE')];
    const short = { ...repeated[1], language: { id: 'de-DE', code: 'de', alias: null } } as SurveyLanguage;
    expect(chooseLanguage({ languages: [...repeated, short] }, wanted)).toEqual({
      key: 'de-DE',
      code: 'de-DE',
    });
  },
);

it('a survey without languages is in its default', () => {
  expect(chooseLanguage({ languages: [] }, 'de')).toEqual({ key: 'default', code: undefined });
});
