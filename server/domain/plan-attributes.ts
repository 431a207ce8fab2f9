import {
  MAX_ATTRIBUTE_CHARS,
  MAX_ATTRIBUTE_KEY_CHARS,
  MAX_ATTRIBUTE_KEYS,
  MAX_NAMED_ATTRIBUTES,
} from '../../src/core/limits.ts';
import { type ConfiguredLanguage, toStoredLanguage } from '../base/language-codes.ts';
import type { AttributeKey, AttributeType } from '../repo/attribute-keys.ts';
import type { AttributeEntry } from '../repo/contacts.ts';
import { toInstant } from './attribute-types.ts';

/** Value of an attribute as a site may set it. */
export type AttributeValue = string | number | boolean;

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
  /** How many keys may be made; 0 or less for none. Default: as many as an environment has. */
  readonly room?: number;
  /** Whether no keys are made at all, because the owner wants it so. */
  readonly onlyKnown?: boolean;
}

const IGNORED: ReadonlySet<string> = new Set(['userId', 'id']);
const RESERVED: ReadonlySet<string> = new Set(['user_id', 'first_name', 'last_name']);
const KEY_FORMAT = /^[a-z][a-z0-9_]*$/;

/**
 * Decides which attributes an identification writes (client-api.md 4.1 to 4.4): a key has the type of its first
 * value unless its owner changes it, a value of another type is skipped with a remark for the developer, an equal one is not written again.
 */
export function planAttributes(
  given: Readonly<Record<string, AttributeValue>>,
  { keys, current, languages, room = MAX_ATTRIBUTE_KEYS, onlyKnown = false }: AttributeFacts,
): AttributePlan {
  const writes: PlannedAttribute[] = [];
  const unknown: string[] = [];
  const messages: string[] = [];
  const errors: string[] = [];

  for (const [key, value] of Object.entries(given)) {
    if (IGNORED.has(key)) continue;
    const known = keys.get(key);
    const refusal = (known ? undefined : refuseKey(key)) ?? refuseLength(key, value);
    if (refusal) {
      errors.push(refusal);
      continue;
    }
    if (!known && onlyKnown) {
      unknown.push(key);
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
    if (isStored(current.get(key), entry)) continue;
    writes.push({ ...entry, key, dataType, isNew: !known });
  }
  if (unknown.length > 0) {
    messages.push(
      `Unknown attributes were not stored: this environment takes known ones (${toList(unknown)})`,
    );
  }
  return applyLimits({ writes, messages, errors }, { known: keys.size, room });
}

/** A value that could not be converted when its key got another type is text only, and is written again. */
function isStored(stored: AttributeEntry | undefined, entry: AttributeEntry): boolean {
  if (stored?.value !== entry.value) return false;
  return (
    (stored.number === null) === (entry.number === null) && (stored.date === null) === (entry.date === null)
  );
}

/** Leaves out all new keys when they would exceed the limit of keys, and those for which there is no room. */
function applyLimits(
  { writes, messages, errors }: AttributePlan,
  { known, room }: { readonly known: number; readonly room: number },
): AttributePlan {
  const fresh = writes.filter((write) => write.isNew);
  if (fresh.length === 0) return { writes, messages, errors };
  const isOverLimit = known + fresh.length > MAX_ATTRIBUTE_KEYS;
  const made = fresh.slice(0, isOverLimit ? 0 : Math.max(0, room));
  const refused = fresh.slice(made.length).map(({ key }) => key);
  const reason = isOverLimit
    ? `an environment has at most ${MAX_ATTRIBUTE_KEYS}`
    : 'too many came from browsers, the management API can make them';
  const lines = made.map(({ key, dataType }) => `New attribute "${key}" has the type ${dataType}`);
  if (refused.length > 0) lines.push(`New attributes were not stored: ${reason} (${toList(refused)})`);
  return {
    writes: writes.filter((write) => !write.isNew || made.includes(write)),
    messages: [...messages, ...lines],
    errors,
  };
}

function toList(keys: readonly string[]): string {
  const more = keys.length - MAX_NAMED_ATTRIBUTES;
  return [...keys.slice(0, MAX_NAMED_ATTRIBUTES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function refuseKey(key: string): string | undefined {
  if (RESERVED.has(key.trim().toLowerCase())) return `Attribute key "${key}" is reserved`;
  if (key.length > MAX_ATTRIBUTE_KEY_CHARS)
    return `Attribute key "${key.slice(0, 20)}…" is longer than ${MAX_ATTRIBUTE_KEY_CHARS}`;
  if (KEY_FORMAT.test(key)) return undefined;
  return `Attribute key "${key}" must start with a lower-case letter and hold only lower-case letters, digits and _`;
}

function refuseLength(key: string, value: AttributeValue): string | undefined {
  // A language is not known then, whatever its length.
  if (typeof value !== 'string' || value.length <= MAX_ATTRIBUTE_CHARS || key === 'language')
    return undefined;
  return `Attribute "${key}" is longer than ${MAX_ATTRIBUTE_CHARS} characters`;
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
