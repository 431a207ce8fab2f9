import * as z from 'zod';
import { MAX_ERROR_FIELDS, MAX_FILTER_DEPTH } from '../core/limits.ts';
import { idSchema, keySchema, textSchema } from './base-schema.ts';
import {
  DEVICES,
  type FilterKind,
  type FilterOperator,
  OPERATORS,
  readFilterDate,
  UNITS,
} from './segment.ts';

const text = z.string().min(1, 'Must not be empty');
const date = text.refine(
  (value) => readFilterDate(value) !== undefined,
  'Must be a date, YYYY-MM-DD or with a time in ISO 8601',
);
const span = z.object({ amount: z.number().positive(), unit: z.enum(UNITS) });
const comparable = z.union([text, z.number()], 'Must be a non-empty text or a number');
/** The value isn't compared, so anything is accepted. */
const ignored = z.unknown();

const ATTRIBUTE_VALUES: Readonly<Record<FilterOperator<'attribute'>, z.ZodType>> = {
  equals: comparable,
  notEquals: comparable,
  contains: text,
  doesNotContain: text,
  startsWith: text,
  endsWith: text,
  isSet: ignored,
  isNotSet: ignored,
  lessThan: z.number(),
  lessEqual: z.number(),
  greaterThan: z.number(),
  greaterEqual: z.number(),
  isOlderThan: span,
  isNewerThan: span,
  isBefore: date,
  isAfter: date,
  isBetween: z.tuple([date, date]),
  isSameDay: date,
};

const within = z.object({
  amount: z.int().min(1).max(999),
  unit: z.enum(['days', 'weeks', 'months']),
});
const surveyIds = z.array(idSchema).max(100);
const interaction = z.discriminatedUnion('surveyScope', [
  z.object({ surveyScope: z.literal('any'), surveyIds: surveyIds.optional(), within }),
  z.object({ surveyScope: z.literal('specific'), surveyIds: surveyIds.min(1), within }),
]);

const FILTERS: Readonly<Record<FilterKind, z.ZodType>> = {
  attribute: z
    .object({ id: text, root: z.object({ contactAttributeKey: text }), ...asking('attribute') })
    .superRefine(({ qualifier, value }, context) => {
      report(ATTRIBUTE_VALUES[qualifier.operator].safeParse(value), ['value'], context);
    }),
  person: z
    .object({ id: text, root: z.object({ personIdentifier: text }), ...asking('person') })
    .superRefine(({ qualifier, value }, context) => {
      const isCompared = qualifier.operator !== 'isSet' && qualifier.operator !== 'isNotSet';
      report((isCompared ? text : ignored).safeParse(value), ['value'], context);
    }),
  segment: z.object({ id: text, root: z.object({ segmentId: idSchema }), ...asking('segment') }),
  device: z.object({ id: text, root: z.object({}), ...asking('device'), value: z.enum(DEVICES) }),
  surveyInteraction: z.object({
    id: text,
    root: z.object({}),
    ...asking('surveyInteraction'),
    value: interaction,
  }),
};

const node = z.object({ id: text, connector: z.enum(['and', 'or']).nullish() });
const kind = z.object({ root: z.object({ type: z.enum(Object.keys(OPERATORS) as FilterKind[]) }) });

/**
 * The filters of a segment (client-api.md 5.1, 5.3): stored unchanged, once each of them is known to be one that the
 * evaluator supports. An error names its field, at any depth of nesting.
 */
export const filtersSchema = z
  .array(z.looseObject({}))
  .superRefine((nodes, context) => checkList(nodes, [], context))
  .describe(
    'A list of {id, connector, resource}: connector is and, or, null; resource is a filter {id, root, value, qualifier}, or a list of the same shape.',
  );

const described = {
  title: keySchema.min(1, 'Too small: expected string to have >=1 characters'),
  description: textSchema.max(2000).nullish(),
};

/** The body of `POST …/management/segments`: a segment for any survey. */
export const segmentRequestSchema = z.object({ ...described, filters: filtersSchema.default([]) });

/** The body of `PUT …/management/segments/{id}`: absent fields stay unchanged. */
export const segmentChangeSchema = z.object({
  title: described.title.optional(),
  description: described.description,
  filters: filtersSchema.optional(),
});

function checkList(nodes: readonly unknown[], path: readonly PropertyKey[], context: z.RefinementCtx): void {
  // Each list adds two steps to the path: the index of its node, and `resource`.
  if (path.length > 2 * MAX_FILTER_DEPTH) {
    const message = `Filters must not be nested more than ${MAX_FILTER_DEPTH} deep`;
    context.addIssue({ code: 'custom', path: [...path], message });
    return;
  }
  for (const [index, item] of nodes.entries()) {
    // More than an error names.
    if (context.issues.length > MAX_ERROR_FIELDS) return;
    const place = [...path, index];
    report(node.safeParse(item), place, context);
    const resource = (item as { readonly resource?: unknown } | null)?.resource;
    if (Array.isArray(resource)) checkList(resource, [...place, 'resource'], context);
    else checkFilter(resource, [...place, 'resource'], context);
  }
}

function checkFilter(filter: unknown, path: readonly PropertyKey[], context: z.RefinementCtx): void {
  const known = kind.safeParse(filter);
  report(known.success ? FILTERS[known.data.root.type].safeParse(filter) : known, path, context);
}

function report(
  result: z.ZodSafeParseResult<unknown>,
  path: readonly PropertyKey[],
  context: z.RefinementCtx,
): void {
  for (const issue of result.error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: [...path, ...issue.path], message: issue.message });
  }
}

function asking<K extends FilterKind>(filterKind: K) {
  const operators = OPERATORS[filterKind] as readonly FilterOperator<K>[];
  return { qualifier: z.object({ operator: z.enum(operators) }), value: z.unknown().optional() };
}
