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
  const full = locale?.maximize();
  if (!locale || !full?.region || !full.script) return undefined;
  // The script is told only where it says something: named by the caller, or not what the language alone implies.
  const usual = toLocale(full.language)?.maximize().script;
  const named = full.language === 'zh' || locale.script !== undefined || full.script !== usual;
  return [full.language, ...(named ? [full.script] : []), full.region].join('-');
}

/** The shortest codes older clients know a region-tagged code by: `de-DE` → `de`; `zh-Hant-TW` → `zh-Hant`, `zh-TW`. */
export function shortAliases(tagged: string): readonly string[] {
  const locale = toLocale(tagged);
  if (!locale?.region) return [];
  const { language, script, region } = locale;
  const candidates = script
    ? [language, `${language}-${script}`, `${language}-${region}`]
    : [language, ...(OLD_NAMES[language] ?? [])];
  return candidates.filter((code) => code in OLD_CODES || toRegionTagged(code) === tagged);
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

const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  fil: ['tl'],
  he: ['iw'],
  id: ['in'],
  nb: ['no'],
};
const OLD_CODES: Readonly<Record<string, true>> = { tl: true, iw: true, in: true, no: true };

function toLocale(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
}
