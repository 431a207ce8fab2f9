import type { JSX } from 'preact';
import { MAX_LANGUAGES } from '../../core/limits.ts';
import type { Survey, SurveyLanguage } from '../../core/survey/document.ts';
import type { LanguagesProps } from '../base/features.ts';
import { say } from '../texts/strings.ts';

/** Draws the list to choose another language from; a native one, so that every keyboard and phone has its own. */
export function drawLanguages({ survey, language, onChange }: LanguagesProps): JSX.Element | null {
  const rows = languagesOf(survey);
  if (!survey.showLanguageSwitch || rows.length < 2) return null;
  const keyOf = (row: SurveyLanguage): string => (row.default ? 'default' : row.language.code);
  return (
    <div class="lang">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" />
        <path d="M3 12h18M12 3q-8 9 0 18 8-9 0-18" />
      </svg>
      <select
        aria-label={say('language_switch')}
        value={language}
        onChange={({ currentTarget: { value } }) => {
          const row = rows.find((one) => keyOf(one) === value);
          if (row) onChange(value, row.language.code);
        }}
      >
        {rows.map((row) => (
          <option key={row.language.id} value={keyOf(row)} lang={row.language.code}>
            {nameOf(row.language.code)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The languages that a survey can be read in, each once. */
function languagesOf({ languages }: Pick<Survey, 'languages'>): readonly SurveyLanguage[] {
  const rows = languages.slice(0, MAX_LANGUAGES).filter((row) => row.enabled || row.default);
  return rows.filter((row, index) => rows.findIndex((one) => one.language.id === row.language.id) === index);
}

/** A language's name in that language. */
function nameOf(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
