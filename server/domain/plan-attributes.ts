import { type ConfiguredLanguage, toStoredLanguage } from '../base/language-codes.ts';
import type { AttributeKey, AttributeType } from '../repo/attribute-keys.ts';
import type { AttributeEntry } from '../repo/contacts.ts';

/** Value of an attribute as a site may set it. */
export type AttributeValue = string | number | boolean;

/** Limit of keys per environment, the five default ones included (client-api.md 4.1). */
export const MAX_KEYS = 150;

/** A value to store; with `isNew` its key must be made first, with this type. */
export interface PlannedAttribute extends AttributeEntry {
  readonly key: string;
  readonly dataType: AttributeType;
  readonly isNew: boolean;
}

/** Attributes to write, with remarks for the site's developer. */
export interface AttributePlan {
  readonly writes: readonly PlannedAttribute[];
  readonly messages: readonly string[];
  readonly errors: readonly string[];
}

/** Stored facts that the plan depends on. */
export interface AttributeFacts {
  readonly keys: ReadonlyMap<string, Pick<AttributeKey, 'dataType'>>;
  readonly current: ReadonlyMap<string, AttributeEntry>;
  readonly languages: readonly ConfiguredLanguage[];
}

const IGNORED: ReadonlySet<string> = new Set(['userId', 'id']);
const RESERVED: ReadonlySet<string> = new Set(['user_id', 'first_name', 'last_name']);
const KEY_FORMAT = /^[a-z][a-z0-9_]*$/;
// Not a limit of the API: PostgreSQL refuses index rows over 2.7 kB.
const MAX_KEY_LENGTH = 2000;
const DATE_FORMAT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z?)?$/;

/**
 * Decides which attributes an identification writes (client-api.md 4.1 to 4.4): a key keeps the type of its first
 * value, a value of another type is skipped with a remark for the developer, an equal one is not written again.
 */
export function planAttributes(
  given: Readonly<Record<string, AttributeValue>>,
  { keys, current, languages }: AttributeFacts,
): AttributePlan {
  const writes: PlannedAttribute[] = [];
  const messages: string[] = [];
  const errors: string[] = [];

  for (const [key, value] of Object.entries(given)) {
    if (IGNORED.has(key)) continue;
    const known = keys.get(key);
    const refusal = known ? undefined : refuseKey(key);
    if (refusal) {
      errors.push(refusal);
      continue;
    }
    const plain = key === 'language' ? planLanguage(value, languages) : { value };
    if ('message' in plain) {
      if (plain.message) messages.push(plain.message);
      continue;
    }
    const dataType = known?.dataType ?? typeOf(plain.value);
    const entry = toEntry(plain.value, dataType);
    if (!entry) {
      messages.push(`Attribute "${key}" has the type ${dataType} and was not changed: ${typeof value} given`);
      continue;
    }
    if (current.get(key)?.value === entry.value) continue;
    writes.push({ ...entry, key, dataType, isNew: !known });
  }
  return applyLimit({ writes, messages, errors }, keys.size);
}

function applyLimit({ writes, messages, errors }: AttributePlan, known: number): AttributePlan {
  const fresh = writes.filter((write) => write.isNew);
  if (fresh.length === 0) return { writes, messages, errors };
  if (known + fresh.length > MAX_KEYS) {
    const names = fresh.map(({ key }) => key).join(', ');
    const line = `New attributes were not stored: an environment has at most ${MAX_KEYS} (${names})`;
    return { writes: writes.filter((write) => !write.isNew), messages: [...messages, line], errors };
  }
  const lines = fresh.map(({ key, dataType }) => `New attribute "${key}" has the type ${dataType}`);
  return { writes, messages: [...messages, ...lines], errors };
}

function refuseKey(key: string): string | undefined {
  if (RESERVED.has(key.trim().toLowerCase())) return `Attribute key "${key}" is reserved`;
  if (key.length > MAX_KEY_LENGTH)
    return `Attribute key "${key.slice(0, 20)}…" is longer than ${MAX_KEY_LENGTH}`;
  if (KEY_FORMAT.test(key)) return undefined;
  return `Attribute key "${key}" must start with a lower-case letter and hold only lower-case letters, digits and _`;
}

function planLanguage(
  value: AttributeValue,
  languages: readonly ConfiguredLanguage[],
): { readonly value: AttributeValue } | { readonly message: string } {
  // A number is reported as a value of the wrong type, as for any other text key.
  if (typeof value === 'number') return { value };
  const text = String(value);
  if (text.trim() === '') return { message: '' };
  const stored = toStoredLanguage(text, languages);
  return stored === undefined ? { message: `Language "${text}" is not known` } : { value: stored };
}

function typeOf(value: AttributeValue): AttributeType {
  if (typeof value === 'number') return 'number';
  return typeof value === 'string' && toInstant(value) !== undefined ? 'date' : 'string';
}

function toEntry(value: AttributeValue, dataType: AttributeType): AttributeEntry | undefined {
  if (dataType === 'number') {
    return typeof value === 'number' ? { value: String(value), number: value, date: null } : undefined;
  }
  if (dataType === 'string') {
    return typeof value === 'number' ? undefined : { value: String(value), number: null, date: null };
  }
  const date = typeof value === 'string' ? toInstant(value) : undefined;
  return date === undefined ? undefined : { value: new Date(date).toISOString(), number: null, date };
}

/** Parses a date, in UTC when it has no zone, as epoch ms; undefined for an invalid date such as 31 February. */
function toInstant(text: string): number | undefined {
  if (!DATE_FORMAT.test(text)) return undefined;
  const zoned = text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text;
  const instant = Date.parse(zoned);
  if (Number.isNaN(instant)) return undefined;
  return new Date(instant).toISOString().startsWith(text.slice(0, 10)) ? instant : undefined;
}
