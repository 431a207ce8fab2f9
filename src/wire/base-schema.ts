import * as z from 'zod';
import { MAX_ID_CHARS, MAX_INDEXED_BYTES, MAX_LANGUAGE_CHARS } from '../core/limits.ts';

/**
 * A text of bounded length. Longer ones are refused before any further check, which may parse them.
 *
 * @example
 * boundedSchema(MAX_URL_CHARS).refine((url) => URL.canParse(url))
 */
export function boundedSchema(most: number, error = tooLong(most)): z.ZodString {
  return z.string().max(most, { error, abort: true });
}

function tooLong(most: number): string {
  return `Too big: expected string to have <=${most} characters`;
}

/** An id on the wire: a non-empty text of lower-case letters and digits (client-api.md 2.1). */
export const idSchema = boundedSchema(MAX_ID_CHARS, 'Invalid cuid2').regex(/^[0-9a-z]+$/, 'Invalid cuid2');

/** An id that a client makes for its own display or response (differences.md 1.6). */
export const clientIdSchema = z
  .string()
  .regex(/^[0-9a-z]{16,64}$/, 'Invalid id: expected 16 to 64 lower-case letters or digits');

/** Any object: what its fields are is checked elsewhere. */
export const objectSchema = z.looseObject({});

/** Text for a text column: without U+0000, which PostgreSQL can't store. */
export const textSchema = z
  .string()
  .refine((text) => !text.includes('\u0000'), 'Text must not contain the character U+0000');

/** Text of limited length that is part of an index, whose rows have a maximum size. */
export const keySchema = textSchema.max(255, tooLong(255));

/** A language code of a client or its alias, which is parsed as a tag. */
export const languageSchema = textSchema.max(MAX_LANGUAGE_CHARS, tooLong(MAX_LANGUAGE_CHARS));

/** Text without an intended maximum that is part of an index: refused only when it can't be stored. */
export const indexedSchema = textSchema.refine(
  (text) => text.length <= MAX_INDEXED_BYTES && new TextEncoder().encode(text).length <= MAX_INDEXED_BYTES,
  `Too big: expected string to have <=${MAX_INDEXED_BYTES} bytes`,
);

/** Proof of a user id (client-api.md 4.7). Whether it is a right one is no matter of form; null counts as none. */
export const userHashSchema = z.string().nullish();

/** A text by language; `default` is always present. */
export const i18nSchema = z
  .record(z.string(), z.string())
  .refine((text) => typeof text.default === 'string', 'Text must have a default language');

/** Environment of a management request; not needed with a key for only one. */
export const environmentRefSchema = z.object({
  workspaceId: idSchema.optional(),
  environmentId: idSchema.optional(),
});

/** An instant in a reply: ISO 8601 in UTC. */
export const instantSchema = z.iso.datetime();

/** The success envelope around a reply. */
export function envelope<S extends z.ZodType>(schema: S): z.ZodObject<{ data: S }> {
  return z.object({ data: schema });
}

/**
 * A hand-written type as a schema infers it: an optional field may also be there and undefined, which JSON can't tell
 * apart. For `schema satisfies z.ZodType<Inferred<WireUser>>`, so that schema and type cannot drift apart.
 */
export type Inferred<T> = unknown extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Inferred<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: object extends Pick<T, K> ? Inferred<T[K]> | undefined : Inferred<T[K]> }
      : T;
