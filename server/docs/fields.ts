import type { JsonSchema } from './document.ts';
import { type Html, html, join } from './html.ts';

/** One field of a body, as the page lists it. */
export interface Field {
  readonly name: string;
  readonly type: Html;
  readonly isRequired: boolean;
  readonly note?: string;
  /** Fields of the object or of the list's items. */
  readonly inner?: readonly Field[];
}

type JsonType = NonNullable<JsonSchema['type']>;

const DEPTH = 6;

/** The fields of an object, of a list's items, or of every variant of a union; empty for anything else. */
export function fieldsOf(schema: JsonSchema, depth = 0): readonly Field[] {
  if (depth > DEPTH) return [];
  const { allOf, items, properties, required = [] } = schema;
  if (allOf) return allOf.flatMap((part) => fieldsOf(asSchema(part), depth));
  if (isSchema(items)) return fieldsOf(items, depth);
  const variants = variantsOf(schema).filter(({ type }) => type !== 'null');
  if (variants.length === 1 && variants[0]) return fieldsOf(variants[0], depth);
  if (variants.length > 1 && variants.every((variant) => variant.properties)) {
    return variants.map((variant) => ({
      name: labelOf(variant),
      type: html`variant`,
      isRequired: false,
      inner: fieldsOf(variant, depth + 1),
    }));
  }
  return Object.entries(properties ?? {}).map(([name, at]) => ({
    name,
    type: typeOf(asSchema(at)),
    isRequired: required.includes(name),
    inner: fieldsOf(asSchema(at), depth + 1),
  }));
}

/** A description of a value's type and limits. */
export function typeOf(schema: JsonSchema): Html {
  const { $ref, items, additionalProperties, allOf } = schema;
  // JSON Schema allows a list of types; zod's type for it doesn't.
  const type = schema.type as string | readonly JsonType[] | undefined;
  if ($ref) {
    const name = $ref.replace('#/components/schemas/', '');
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) {
    return html`one of ${join(
      schema.enum.map((value) => html`<code>${String(value)}</code>`),
      ', ',
    )}${defaultOf(schema)}`;
  }
  const variants = variantsOf(schema);
  if (variants.length > 0) {
    const isUnion = variants.length > 2 && variants.every((variant) => variant.properties);
    const words = isUnion ? html`one of ${variants.length} variants` : join(variants.map(typeOf), ' or ');
    return html`${words}${defaultOf(schema)}`;
  }
  if (allOf) return html`object`;
  if (type === 'array') {
    return html`list of ${isSchema(items) && Object.keys(items).length > 0 ? typeOf(items) : 'anything'}${limitsOf(schema)}${defaultOf(schema)}`;
  }
  if (type === 'object') {
    const isRecord = !schema.properties && isSchema(additionalProperties);
    const words = isRecord ? html`object, each value ${typeOf(additionalProperties)}` : html`object`;
    return html`${words}${defaultOf(schema)}`;
  }
  if (Array.isArray(type)) {
    return html`${join(
      type.map((one) => typeOf({ ...schema, type: one })),
      ' or ',
    )}`;
  }
  if (typeof type !== 'string') return html`anything`;
  if (type === 'null') return html`null`;
  return html`${WORDS[type] ?? type}${limitsOf(schema)}${defaultOf(schema)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

function limitsOf(schema: JsonSchema): Html {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, pattern, format } = schema;
  // The limits of safe integers aren't worth mentioning.
  const isLarge = (limit: number | undefined): boolean => Math.abs(limit ?? 0) >= Number.MAX_SAFE_INTEGER;
  const limits: Html[] = [
    ...range(minLength, maxLength, 'characters'),
    ...range(isLarge(minimum) ? undefined : minimum, isLarge(maximum) ? undefined : maximum, ''),
    ...range(minItems, maxItems, 'items'),
    ...(format ? [html`${format}`] : []),
    ...(pattern && !format ? [html`<code>${pattern}</code>`] : []),
  ];
  return limits.length === 0 ? html`` : html`, ${join(limits, ', ')}`;
}

function range(from: number | undefined, to: number | undefined, unit: string): readonly Html[] {
  const words =
    from === undefined
      ? to === undefined
        ? ''
        : `at most ${to}`
      : to === undefined
        ? `at least ${from}`
        : from === to
          ? `${from}`
          : `${from} to ${to}`;
  return words === '' ? [] : [html`${`${words} ${unit}`.trim()}`];
}

function defaultOf(schema: JsonSchema): Html {
  return schema.default === undefined ? html`` : html`, else <code>${JSON.stringify(schema.default)}</code>`;
}

function variantsOf({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] {
  return (anyOf ?? oneOf ?? []).map(asSchema);
}

/** The value of the discriminator of a variant. */
function labelOf({ properties = {} }: JsonSchema): string {
  const [label] = Object.entries(properties).flatMap(([name, at]) =>
    asSchema(at).const === undefined ? [] : [`${name}: ${String(asSchema(at).const)}`],
  );
  return label ?? 'variant';
}

function asSchema(schema: unknown): JsonSchema {
  return isSchema(schema) ? schema : {};
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
