import { EMPTY_LEDGER } from '../core/targeting/ledger.ts';
import { newId } from '../platform/new-id.ts';
import { openDatabase, openRecord } from '../store/record.ts';
import { type FormerHistory, readFormerHistory } from './former-history.ts';

/** Where `@formbricks/js` kept its state: today's key, and those of 2024 (client-api.md 6.6). */
const FORMER_KEYS = ['formbricks-js', 'formbricks-js-app', 'formbricks-js-website'];

/** The person and the language that `@formbricks/js` stored before Inkling was installed. */
export type Former = Omit<FormerHistory, 'showings'>;

/**
 * Moves what `@formbricks/js` left on this device into Inkling's own record, once, and returns who was identified and in
 * which language. Undefined, and nothing is moved, where there is nothing or nothing may or can be stored.
 */
export async function carryOver(environmentId: string): Promise<Former | undefined> {
  try {
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return undefined;
    const found = FORMER_KEYS.flatMap((key) => {
      const former = readFormerHistory(localStorage.getItem(key), environmentId, newId);
      return former ? { key, ...former } : [];
    });
    if (!found[0]) return undefined;
    const record = await openRecord(openDatabase(), `${environmentId}/showings`, EMPTY_LEDGER);
    const showings = found.flatMap((former) => former.showings);
    await record.update((old) => ({ ...old, list: [...showings, ...old.list] }));
    if (!record.isPersistent()) return undefined;
    for (const { key } of found) localStorage.removeItem(key);
    return {
      userId: found.find((former) => former.userId)?.userId ?? null,
      language: found.find((former) => former.language)?.language,
    };
  } catch {
    return undefined; // localStorage is blocked
  }
}
