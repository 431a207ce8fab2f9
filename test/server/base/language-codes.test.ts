import { expect, it } from 'vitest';
import { shortAliases, toLegacyCode, toRegionTagged } from '../../../server/base/language-codes.ts';

it.each([
  ['de', 'de-DE'],
  ['EN_us', 'en-US'],
  ['en', 'en-US'],
  ['pt', 'pt-BR'],
  ['pt-PT', 'pt-PT'],
  ['zh-TW', 'zh-Hant-TW'],
  ['zh', 'zh-Hans-CN'],
  ['zh-Hant', 'zh-Hant-TW'],
  ['ar', 'ar-EG'],
  ['tl', 'fil-PH'],
  ['sr-Latn', 'sr-Latn-RS'],
  [' de ', 'de-DE'],
  ['deu', 'de-DE'],
  ['iw', 'he-IL'],
  ['sh', 'sr-Latn-RS'],
  ['zh-HK', 'zh-Hant-HK'],
  ['pa-PK', 'pa-Arab-PK'],
  ['en-GB', 'en-GB'],
  ['de-DE-u-co-phonebk', 'de-DE'],
  ['und', undefined],
  ['und-DE', undefined],
  ['xx-Latn-DE', undefined],
  ['klingon', undefined],
  ['', undefined],
  ['not a language', undefined],
])('%s is stored as %s', (given, tagged) => expect(toRegionTagged(given)).toBe(tagged));

it.each([
  ['de-DE', 'de'],
  ['de-AT', 'de-AT'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['fil-PH', 'tl'],
  ['en-GB', 'en-GB'],
  ['de', 'de'],
  ['klingon', 'klingon'],
])('%s is sent to clients as %s', (stored, legacy) => expect(toLegacyCode(stored)).toBe(legacy));

it.each([
  ['zh-Hant-TW', ['zh-Hant', 'zh-TW']],
  ['zh-Hans-CN', ['zh-Hans', 'zh-CN', 'zh']],
  ['zh-Hant-HK', ['zh-HK']],
  ['fil-PH', ['tl']],
  ['he-IL', ['he']],
  ['ckb-IQ', ['ckb']],
  ['pt-PT', []],
  ['de-DE', ['de']],
  ['de', []],
])('%s has the short codes %j', (tagged, aliases) => expect(shortAliases(tagged)).toEqual(aliases));
