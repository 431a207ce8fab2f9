import type { Survey } from '../survey/document.ts';

/** The language that a survey is shown in. */
export interface ChosenLanguage {
  /** The key that texts are looked up by: `default` or a code of the survey. */
  readonly key: string;
  /** The code of that language; undefined when the survey names none. */
  readonly code: string | undefined;
}

/**
 * Chooses the language of a survey: exact code or alias, then the base language, then another region of the same language,
 * then the survey's default; never none (differences.md 2.11). Codes compare without case, `_` counts as `-`.
 */
export function chooseLanguage(
  survey: Pick<Survey, 'languages'>,
  wanted: string | undefined,
): ChosenLanguage {
  const rows = (survey.languages ?? []).filter((row) => row.enabled || row.default);
  const fallback = rows.find((row) => row.default);
  const tag = normal(wanted ?? '');
  const base = tag.split('-')[0];
  const found =
    tag === ''
      ? undefined
      : (rows.find((row) => normal(row.language.code) === tag || normal(row.language.alias ?? '') === tag) ??
        rows.find((row) => normal(row.language.code) === base) ??
        rows.find((row) => normal(row.language.code).split('-')[0] === base));
  // Short codes for older clients are extra rows at the end, with the id of the language they repeat: the keys of
  // texts are the codes of the first.
  const row = rows.find(({ language }) => language.id === found?.language.id) ?? fallback;
  return { key: !row || row.default ? 'default' : row.language.code, code: row?.language.code };
}

function normal(code: string): string {
  return code.trim().replace(/_/g, '-').toLowerCase();
}
