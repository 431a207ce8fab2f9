import { MAX_LANGUAGE_CHARS } from '../../src/core/limits.ts';

/** A language that an environment has set up. */
export interface ConfiguredLanguage {
  readonly code: string;
  readonly alias: string | null;
}

/**
 * Returns the region-tagged form of a language code (`de` → `de-DE`, `EN_us` → `en-US`, `zh-TW` → `zh-Hant-TW`), by CLDR's
 * likely subtags; undefined for an unknown language (client-api.md 4.4).
 */
export function toRegionTagged(code: string): string | undefined {
  // By its length first: the time to parse a tag grows with its square.
  if (code.length > MAX_LANGUAGE_CHARS) return undefined;
  const locale = toLocale(code.trim().replace(/_/g, '-'));
  const usual = locale && toLocale(locale.language)?.maximize();
  // CLDR completes known languages. In newer versions of Node it completes `und` (undetermined) as well.
  if (!locale || !usual?.script || !usual.region || locale.language === 'und') return undefined;
  const { language, script, region } = locale.maximize();
  if (!script || !region) return undefined;
  // The script is kept only where it was given, or differs from the one that the language alone implies.
  const hasScript = language === 'zh' || locale.script !== undefined || script !== usual.script;
  return [language, ...(hasScript ? [script] : []), region].join('-');
}

/** Returns the short codes that older clients use for a region-tagged code: `de-DE` → `de`; `zh-Hant-TW` → `zh-Hant`, `zh-TW`. */
export function shortAliases(tagged: string): readonly string[] {
  const locale = tagged.length > MAX_LANGUAGE_CHARS ? undefined : toLocale(tagged);
  if (!locale?.region) return [];
  const { language, script, region } = locale;
  const bare = language.length === 2 ? language : (twoLetterNames().get(language) ?? language);
  const candidates = script ? [`${language}-${script}`, `${language}-${region}`, bare] : [bare];
  return candidates.filter((code) => toRegionTagged(code) === tagged);
}

/** Returns the code that clients get for a stored language: its first short alias, else the code itself. */
export function toLegacyCode(stored: string): string {
  return shortAliases(stored)[0] ?? stored;
}

/**
 * Returns the form in which a contact's language is stored: region-tagged for a known language, else a code or an alias
 * of the environment, as spelled there; undefined when it is neither.
 */
export function toStoredLanguage(
  given: string,
  configured: readonly ConfiguredLanguage[],
): string | undefined {
  if (given.length > MAX_LANGUAGE_CHARS) return undefined;
  const tagged = toRegionTagged(given);
  if (tagged) return tagged;
  const wanted = given.trim().toLowerCase();
  for (const { code, alias } of configured) {
    if (code.toLowerCase() === wanted) return code;
    if (alias?.toLowerCase() === wanted) return alias;
  }
  return undefined;
}

let names: ReadonlyMap<string, string> | undefined;

/**
 * Maps each canonical language to its two-letter code. Older clients know two letters only, and CLDR replaces some of
 * those codes by longer ones (`tl` → `fil`); every pair of letters is looked up once.
 */
function twoLetterNames(): ReadonlyMap<string, string> {
  if (names) return names;
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const pairs = letters.flatMap((first) => letters.map((second) => `${first}${second}`));
  names = new Map(pairs.map((code) => [Intl.getCanonicalLocales(code)[0] ?? code, code] as const));
  return names;
}

function toLocale(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
}
