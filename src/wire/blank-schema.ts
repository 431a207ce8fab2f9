import * as z from 'zod';

/**
 * A value in which blank texts count as none: editors leave `""` where an optional address or text was cleared. A field
 * that is optional and may not be blank is left out, or null where it may be null (management-api.md 9.3). Everything else
 * stays as it is.
 *
 * @example
 * clearBlanks(surveySchema, { endings: [{ …, buttonLink: '' }] }); // { endings: [{ … }] }
 */
export function clearBlanks<T>(schema: z.ZodType, value: T): T {
  const inner = unwrap(schema);
  if (Array.isArray(value)) {
    const { element } = inner instanceof z.ZodArray ? inner : {};
    return element ? (value.map((entry) => clearBlanks(element as z.ZodType, entry)) as T) : value;
  }
  const shape = shapeFor(inner, value);
  if (!shape || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, part]): (readonly [string, unknown])[] => {
    const field = Object.hasOwn(shape, key) ? (shape[key] as z.ZodType) : undefined;
    if (!field) return [[key, part]];
    if (part !== '') return [[key, clearBlanks(field, part)]];
    if (!isText(unwrap(field)) || accepts(field, '') || !accepts(field, undefined)) return [[key, part]];
    return accepts(field, null) ? [[key, null]] : [];
  });
  return Object.fromEntries(entries) as T;
}

/** The fields of an object; of one of several kinds, those of the kind that the value has. */
function shapeFor(schema: z.ZodType, value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined;
  const key = schema.def.discriminator;
  const kind = ((value ?? {}) as Readonly<Record<string, unknown>>)[key];
  const kinds = schema.options as readonly z.ZodObject<Readonly<Record<string, z.ZodLiteral>>>[];
  return kinds.find(({ shape }) => shape[key]?.value === kind)?.shape;
}

/** The schema of a field without what it does about absent values. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in as z.ZodType) : schema;
}

/** Whether a field is a text, or a text by language. */
function isText(schema: z.ZodType): boolean {
  return schema instanceof z.ZodString || schema instanceof z.ZodRecord;
}

function accepts(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}
