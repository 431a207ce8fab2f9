import * as z from 'zod';
import { MAX_ERROR_FIELDS } from '../core/limits.ts';
import { idSchema } from './base-schema.ts';

const OPERATORS = [
  'equals',
  'doesNotEqual',
  'contains',
  'doesNotContain',
  'startsWith',
  'doesNotStartWith',
  'endsWith',
  'doesNotEndWith',
  'isSubmitted',
  'isSkipped',
  'isGreaterThan',
  'isLessThan',
  'isGreaterThanOrEqual',
  'isLessThanOrEqual',
  'equalsOneOf',
  'includesAllOf',
  'includesOneOf',
  'doesNotIncludeOneOf',
  'doesNotIncludeAllOf',
  'isClicked',
  'isNotClicked',
  'isAccepted',
  'isBefore',
  'isAfter',
  'isBooked',
  'isPartiallySubmitted',
  'isCompletelySubmitted',
  'isSet',
  'isNotSet',
  'isEmpty',
  'isNotEmpty',
  'isAnyOf',
] as const;

const left = z.object({
  type: z.enum(['element', 'question', 'variable', 'hiddenField']),
  value: z.string(),
  meta: z.record(z.string(), z.string()).optional(),
});

const right = z.object({
  type: z.enum(['static', 'element', 'question', 'variable', 'hiddenField']),
  value: z.union([z.string(), z.number(), z.array(z.string())]),
});

const condition = z.object({
  id: idSchema,
  leftOperand: left,
  operator: z.enum(OPERATORS),
  rightOperand: right.optional(),
});

interface Group {
  id: string;
  connector: 'and' | 'or';
  conditions: (Group | z.output<typeof condition>)[];
}

const group: z.ZodType<Group> = z.lazy(() =>
  z.object({
    id: idSchema,
    connector: z.enum(['and', 'or']),
    // Distinguished by the fields of a group, so that an error in a condition is reported at its place.
    conditions: z.array(z.unknown().transform(toConditionOrGroup)),
  }),
);

function toConditionOrGroup(value: unknown, context: z.RefinementCtx): Group | z.output<typeof condition> {
  const isGroup = typeof value === 'object' && value !== null && 'conditions' in value;
  const result = (isGroup ? group : condition).safeParse(value);
  if (result.success) return result.data;
  // No more than an error names: each level of nesting copies those of the level below.
  for (const { path, message } of result.error.issues.slice(0, MAX_ERROR_FIELDS)) {
    context.addIssue({ code: 'custom', path, message });
  }
  return z.NEVER;
}

const action = z.discriminatedUnion('objective', [
  z.object({
    id: idSchema,
    objective: z.literal('calculate'),
    variableId: idSchema,
    operator: z.enum(['assign', 'concat', 'add', 'subtract', 'multiply', 'divide']),
    value: z.object({
      type: z.enum(['static', 'element', 'question', 'variable', 'hiddenField']),
      value: z.union([z.string(), z.number()]),
    }),
  }),
  z.object({ id: idSchema, objective: z.literal('requireAnswer'), target: z.string() }),
  z.object({ id: idSchema, objective: z.literal('jumpToBlock'), target: z.string() }),
  z.object({ id: idSchema, objective: z.literal('jumpToQuestion'), target: z.string() }),
]);

/** One rule of a block or of a legacy question (management-api.md 9.6). */
export const logicSchema = z.object({ id: idSchema, conditions: group, actions: z.array(action) });
