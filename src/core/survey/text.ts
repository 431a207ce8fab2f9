import type { Survey, Text } from './document.ts';

/**
 * A text in one language; the default language where the translation is missing or blank.
 *
 * @example
 * textOf({ default: 'Yes', de: 'Ja' }, 'de'); // 'Ja'
 */
export function textOf(text: Text | undefined, language: string): string {
  const translation = text?.[language];
  return translation?.trim() ? translation : (text?.default ?? '');
}

// A tag names a script only when it differs from the usual one of the language.
const RTL_TAG = /^(ar|ckb|dv|fa|he|iw|ps|sd|ug|ur|yi)\b(?!-(latn|deva))|-(arab|hebr|thaa)\b|^ku-i[qr]\b/i;
const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * The text direction of a survey: by its language tag when there is one, else by the letters of its first
 * headline.
 *
 * @example
 * directionOf(survey, 'ar-EG', 'ar-EG'); // 'rtl'
 */
export function directionOf(
  survey: Pick<Survey, 'welcomeCard' | 'blocks'>,
  language: string,
  locale: string | undefined,
): 'ltr' | 'rtl' {
  if (locale) return RTL_TAG.test(locale) ? 'rtl' : 'ltr';
  const { welcomeCard, blocks } = survey;
  const headline = welcomeCard?.enabled ? welcomeCard.headline : blocks[0]?.elements[0]?.headline;
  return RTL_LETTER.test(textOf(headline, language)) ? 'rtl' : 'ltr';
}
