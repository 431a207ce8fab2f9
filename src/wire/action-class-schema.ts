import * as z from 'zod';
import { MAX_URL_CHARS } from '../core/limits.ts';
import { boundedSchema, keySchema, textSchema } from './base-schema.ts';

const RULES = [
  'exactMatch',
  'contains',
  'startsWith',
  'endsWith',
  'notMatch',
  'notContains',
  'matchesRegex',
] as const;
const ADDRESS_RULES: ReadonlySet<string> = new Set(['exactMatch', 'startsWith', 'notMatch']);

const urlFilter = z
  .object({ value: boundedSchema(MAX_URL_CHARS).trim().min(1), rule: z.enum(RULES) })
  .refine(({ value, rule }) => !ADDRESS_RULES.has(rule) || isAddress(value), {
    path: ['value'],
    message: 'Please enter a valid URL (e.g., https://example.com)',
  });

const common = {
  urlFilters: z.array(urlFilter),
  urlFiltersConnector: z.enum(['or', 'and']).optional(),
};

const selector = z
  .object({ cssSelector: z.string().trim().optional(), innerHtml: z.string().trim().optional() })
  .refine(({ cssSelector, innerHtml }) => Boolean(cssSelector || innerHtml), {
    message: 'Either cssSelector or innerHtml must be provided',
  });

/** Triggers of a no-code action (management-api.md 5.1); scroll depth and idle are additions of Inkling. */
export const noCodeConfigSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('click'), elementSelector: selector, ...common }),
  z.object({ type: z.literal('pageView'), ...common }),
  z.object({ type: z.literal('exitIntent'), ...common }),
  z.object({ type: z.literal('fiftyPercentScroll'), ...common }),
  z.object({ type: z.literal('pageDwell'), timeInSeconds: z.int().min(1).max(3600), ...common }),
  z.object({ type: z.literal('scrollDepth'), percentage: z.number().min(1).max(100), ...common }),
  z.object({ type: z.literal('idle'), timeInSeconds: z.int().min(1).max(3600), ...common }),
]);

const shared = {
  name: keySchema
    .refine((name) => name.trim() !== '', 'Name must be at least 1 character long')
    .transform((name) => name.trim()),
  description: textSchema.nullish(),
};

/** The body of `POST` and `PUT …/action-classes`. */
export const actionClassSchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      ...shared,
      type: z.literal('code'),
      key: keySchema
        .refine((key) => key.trim() !== '', 'Too small: expected string to have >=1 characters')
        .transform((key) => key.trim())
        .nullable(),
    }),
    z.object({ ...shared, type: z.literal('noCode'), noCodeConfig: noCodeConfigSchema.nullable() }),
  ],
  { error: 'Invalid input' },
);

/** A path, or an absolute http(s) address whose host is a dotted domain, localhost or an IP address. */
function isAddress(value: string): boolean {
  if (value.startsWith('/')) return true;
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { hostname } = new URL(value);
  return hostname === 'localhost' || hostname.startsWith('[') || /^[^.]+(\.[^.]+)+$/.test(hostname);
}
