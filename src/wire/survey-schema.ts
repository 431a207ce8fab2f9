import * as z from 'zod';
import { MAX_DATE_CHARS, MAX_LANGUAGES } from '../core/limits.ts';
import {
  boundedSchema,
  environmentRefSchema,
  idSchema,
  languageSchema,
  i18nSchema as text,
  textSchema,
} from './base-schema.ts';
import { elementSchema, type ParsedElement, questionSchema } from './element-schema.ts';
import { logicSchema } from './logic-schema.ts';
import { filtersSchema } from './segment-schema.ts';
import { overlaySchema, placementSchema, stylingSchema } from './settings-schema.ts';

export { clearBlanks } from './blank-schema.ts';

const media = z
  .string()
  .refine(
    (url) => url === '' || url.startsWith('/storage/') || /^https?:\/\//i.test(url),
    'Must be a valid http(s) URL or a relative storage path (/storage/...)',
  );
const link = z.string().regex(/^https?:\/\//i, 'URL must start with http:// or https://');
const flag = z.boolean();
const instant = boundedSchema(MAX_DATE_CHARS)
  .pipe(z.iso.datetime({ offset: true }))
  .nullish();

const block = z.object({
  id: idSchema,
  name: z.string().min(1, 'Block name is required').optional(),
  elements: z.array(elementSchema).min(1, 'Block must have at least one element'),
  logic: z.array(logicSchema).optional(),
  logicFallback: idSchema.optional(),
  buttonLabel: text.optional(),
  backButtonLabel: text.optional(),
});

const ending = z.discriminatedUnion('type', [
  z.object({
    id: idSchema,
    type: z.literal('endScreen'),
    headline: text.optional(),
    subheader: text.optional(),
    buttonLabel: text.optional(),
    buttonLink: link.optional(),
    imageUrl: media.optional(),
    videoUrl: media.optional(),
  }),
  z.object({ id: idSchema, type: z.literal('redirectToUrl'), url: link, label: z.string() }),
]);

const welcomeCard = z
  .object({
    enabled: flag,
    headline: text.optional(),
    subheader: text.optional(),
    buttonLabel: text.optional(),
    fileUrl: media.optional(),
    videoUrl: media.optional(),
    timeToFinish: flag.default(true),
    showResponseCount: flag.default(false),
  })
  .refine((card) => !card.enabled || card.headline !== undefined, {
    path: ['headline'],
    message: 'Welcome card must have a headline',
  });

const variableBase = { id: idSchema, name: z.string().regex(/^[a-z0-9_]+$/) };
const variable = z.discriminatedUnion('type', [
  z.object({ ...variableBase, type: z.literal('number'), value: z.number().default(0) }),
  z.object({ ...variableBase, type: z.literal('text'), value: z.string().default('') }),
]);

const trigger = z.object({
  actionClass: z.object({ id: z.string().optional(), name: z.string().optional() }),
  occurrence: z.int().min(1).max(1000).nullish(),
});

// Dates are ISO texts when a survey from a reply is sent back; they are validated and ignored.
const stamps = { createdAt: instant, updatedAt: instant };

const language = z.object({
  default: flag,
  enabled: flag,
  language: z.object({
    id: z.string().optional(),
    code: languageSchema.min(1),
    alias: languageSchema.nullish(),
    ...stamps,
  }),
});

const segment = z.object({
  id: idSchema.optional(),
  title: textSchema.max(255).optional(),
  description: textSchema.nullish(),
  isPrivate: flag.optional(),
  filters: filtersSchema,
  ...stamps,
});

const color = z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})$/i, 'Invalid colour');
/** Settings by which a survey overrides those of its environment (management-api.md 9.7). */
export const overwritesSchema = z.object({
  brandColor: color.nullish(),
  highlightBorderColor: color.nullish(),
  placement: placementSchema.nullish(),
  clickOutsideClose: flag.nullish(),
  overlay: overlaySchema.nullish(),
});

/** Every field of a survey document by itself; rules on several fields are added below. */
export const surveyFieldsSchema = z.object({
  name: textSchema,
  type: z.enum(['link', 'app']).default('link'),
  status: z.enum(['draft', 'inProgress', 'paused', 'completed']).default('draft'),
  questions: z.array(questionSchema).default([]),
  blocks: z.array(block).default([]),
  endings: z.array(ending).default([]),
  welcomeCard: welcomeCard.default({ enabled: false, timeToFinish: true, showResponseCount: false }),
  hiddenFields: z
    .object({ enabled: flag, fieldIds: z.array(z.string()).optional() })
    .default({ enabled: false }),
  variables: z.array(variable).default([]),
  displayOption: z
    .enum(['displayOnce', 'displayMultiple', 'respondMultiple', 'displaySome'])
    .default('displayOnce'),
  recontactDays: z.number().min(0).nullable().default(null),
  displayLimit: z.number().nullable().default(null),
  autoClose: z.number().nullable().default(null),
  delay: z.number().min(0).default(0),
  displayPercentage: z.number().min(0).max(100).nullable().default(null),
  autoComplete: z.number().min(1, 'Response limit must be greater than 0').nullable().default(null),
  /** `verified`: only people whom identity verification has proven count, each of them once. */
  autoCompleteCounts: z.enum(['all', 'verified']).default('all'),
  /** Responses are erased after this number of days; null keeps them. */
  retentionDays: z.int().min(1).max(36_500).nullable().default(null),
  publishOn: instant,
  closeOn: instant,
  triggers: z.array(trigger).default([]),
  styling: stylingSchema.nullable().default(null),
  surveyClosedMessage: z
    .object({ enabled: flag.optional(), heading: z.string().optional(), subheading: z.string().optional() })
    .nullable()
    .default(null),
  singleUse: z
    .object({
      enabled: flag,
      isEncrypted: flag,
      heading: z.string().optional(),
      subheading: z.string().optional(),
    })
    .nullable()
    .default({ enabled: false, isEncrypted: true }),
  recaptcha: z
    .object({ enabled: flag, threshold: z.number().min(0.1).max(0.9) })
    .nullable()
    .default({ enabled: false, threshold: 0.1 }),
  pin: z.string().length(4, 'PIN must be a four digit number').nullable().default(null),
  slug: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .nullable()
    .default(null),
  isVerifyEmailEnabled: flag.default(false),
  isSingleResponsePerEmailEnabled: flag.default(false),
  isBackButtonHidden: flag.default(false),
  isAutoProgressingEnabled: flag.default(false),
  isCaptureIpEnabled: flag.default(false),
  showLanguageSwitch: flag.nullable().default(null),
  languages: z.array(language).max(MAX_LANGUAGES).default([]),
  segment: segment.nullable().default(null),
  metadata: z.looseObject({}).default({}),
  workspaceOverwrites: overwritesSchema.nullable().default(null),
});

/**
 * A survey document as its owner sends it (management-api.md 9.3). Unknown keys are dropped; an error names its field.
 */
export const surveySchema = surveyFieldsSchema.superRefine((given, context) => {
  const report = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const { questions, blocks } = given;
  if (questions.length > 0 && blocks.length > 0) {
    report(
      ['questions'],
      'Cannot provide both questions and blocks. Please provide only one of these fields.',
    );
    report(['blocks'], 'Survey cannot have both questions and blocks. Use one model.');
  }
  if (questions.length === 0 && blocks.length === 0) {
    report(['questions'], 'Must provide either questions or blocks. Both cannot be empty.');
  }
  reportDuplicates(questions, ['questions'], 'Question IDs must be unique', report);
  reportDuplicates(blocks, ['blocks'], 'Block IDs must be unique', report);
  reportDuplicates(
    blocks.flatMap(({ elements }): readonly ParsedElement[] => elements),
    ['blocks'],
    'Element IDs must be unique',
    report,
  );
  reportDuplicates(given.endings, ['endings'], 'Ending IDs must be unique', report);
  reportDuplicates(given.variables, ['variables'], 'Variable IDs must be unique', report);
  for (const [index, trigger] of given.triggers.entries()) {
    if (!trigger.actionClass.id && !trigger.actionClass.name) {
      report(['triggers', index, 'actionClass', 'id'], 'Invalid input: expected string, received undefined');
    }
  }
});

/** The body of `PUT …/surveys/{id}`: absent fields stay unchanged; the merged document must pass `surveySchema`. */
export const surveyUpdateSchema = surveyFieldsSchema.partial();

/** The body of `POST …/surveys`, with its environment. */
export const surveyRequestSchema = surveyFieldsSchema.extend(environmentRefSchema.shape);

/** Blocks with the defaults of absent fields, as a reply has them; those that are refused stay as they are. */
export function completeBlocks(blocks: readonly unknown[]): readonly unknown[] {
  return surveyFieldsSchema.shape.blocks.safeParse(blocks).data ?? blocks;
}

/** A validated survey document. */
export type ParsedSurvey = z.output<typeof surveySchema>;

function reportDuplicates(
  items: readonly { readonly id: string }[],
  path: string[],
  message: string,
  report: (path: string[], message: string) => void,
): void {
  if (new Set(items.map(({ id }) => id)).size < items.length) report(path, message);
}
