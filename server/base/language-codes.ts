/** A language that a site has set up. */
export interface ConfiguredLanguage {
  readonly code: string;
  readonly alias: string | null;
}

/**
 * The region-tagged form of a language code (`de` → `de-DE`, `EN_us` → `en-US`, `zh-TW` → `zh-Hant-TW`), by CLDR's
 * likely subtags; undefined for what is no known language (client-api.md 4.4).
 */
export function toRegionTagged(code: string): string | undefined {
  const locale = toLocale(code.trim().replace(/_/g, '-'));
  const usual = locale && toLocale(locale.language)?.maximize();
  // CLDR completes what it knows. Newer versions of Node have it complete `und` too, which names no language.
  if (!locale || !usual?.script || !usual.region || locale.language === 'und') return undefined;
  const { language, script, region } = locale.maximize();
  if (!script || !region) return undefined;
  // The script is told only where it says something: named by the caller, or not what the language alone implies.
  const isTold = language === 'zh' || locale.script !== undefined || script !== usual.script;
  return [language, ...(isTold ? [script] : []), region].join('-');
}

/** The short codes older clients know a region-tagged code by: `de-DE` → `de`; `zh-Hant-TW` → `zh-Hant`, `zh-TW`. */
export function shortAliases(tagged: string): readonly string[] {
  const locale = toLocale(tagged);
  if (!locale?.region) return [];
  const { language, script, region } = locale;
  const bare = language.length === 2 ? language : (twoLetterNames().get(language) ?? language);
  const candidates = script ? [`${language}-${script}`, `${language}-${region}`, bare] : [bare];
  return candidates.filter((code) => toRegionTagged(code) === tagged);
}

/** How a stored language is told to clients: the first short alias where there is one. */
export function toLegacyCode(stored: string): string {
  return shortAliases(stored)[0] ?? stored;
}

/**
 * The form a contact's language is stored in: region-tagged when it is a known language, else as one of the
 * environment's own codes or aliases is spelled; undefined when it is neither.
 */
export function toStoredLanguage(
  given: string,
  configured: readonly ConfiguredLanguage[],
): string | undefined {
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
 * Older clients know two letters per language, and CLDR knows which such codes were given up for longer ones
 * (`tl` → `fil`): found by asking it about every pair of letters, once.
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
