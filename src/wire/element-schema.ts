import * as z from 'zod';
import { i18nSchema as text } from './base-schema.ts';
import { logicSchema } from './logic-schema.ts';

/** Reserved ids: they mean something else in a response or in a URL (survey-model.md 1.3). */
export const RESERVED_IDS: ReadonlySet<string> = new Set([
  'userId',
  'source',
  'suid',
  'end',
  'start',
  'welcomeCard',
  'hidden',
  'verifiedEmail',
  'multiLanguage',
  'embed',
  'verify',
]);

const media = z
  .string()
  .refine(
    (url) => url === '' || url.startsWith('/storage/') || /^https?:\/\//i.test(url),
    'Must be a valid http(s) URL or a relative storage path (/storage/...)',
  );

const base = {
  id: z
    .string()
    .regex(
      /^[a-zA-Z0-9_-]+$/,
      'Element id not allowed, use only alphanumeric characters, hyphens, or underscores.',
    )
    .refine((id) => !RESERVED_IDS.has(id), 'Element id is not allowed'),
  headline: text,
  subheader: text.optional(),
  imageUrl: media.optional(),
  videoUrl: media.optional(),
  required: z.boolean(),
};

const labels = { lowerLabel: text.optional(), upperLabel: text.optional() };
const colours = { isColorCodingEnabled: z.boolean().default(false) };
const validation = { validation: z.looseObject({}).optional() };
const shuffleOption = z.enum([
  'none',
  'all',
  'exceptLast',
  'reverseOrderOccasionally',
  'reverseOrderExceptLast',
]);
const choice = z.object({ id: z.string().min(1), label: text });
const field = z.object({ show: z.boolean(), required: z.boolean(), placeholder: text });
const scale = z.enum(['number', 'smiley', 'star']);

const choices = {
  choices: z.array(choice).min(2, 'Multiple Choice Question must have at least two choices'),
  shuffleOption: shuffleOption.optional(),
  otherOptionPlaceholder: text.optional(),
  displayType: z.enum(['list', 'dropdown']).optional(),
  ...validation,
};

const charLimit = z
  .object({ enabled: z.boolean().optional(), min: z.number().optional(), max: z.number().optional() })
  .refine(({ enabled, min, max }) => !enabled || min !== undefined || max !== undefined, {
    message: 'Enter the values for either minimum or maximum field',
  })
  .refine(({ min = 0, max = 0 }) => min >= 0 && max >= 0, {
    message: 'The character limit values should be positive',
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    message: 'Minimum value cannot be greater than the maximum value',
  });

/** Each element type with its own fields (management-api.md 9.5). */
const SHAPES = {
  openText: {
    ...base,
    placeholder: text.optional(),
    longAnswer: z.boolean().optional(),
    inputType: z.enum(['text', 'email', 'url', 'number', 'phone']).default('text'),
    insightsEnabled: z.boolean().default(false),
    charLimit: charLimit.default({ enabled: false }),
    ...validation,
  },
  multipleChoiceSingle: { ...base, ...choices },
  multipleChoiceMulti: { ...base, ...choices },
  nps: { ...base, ...labels, ...colours },
  rating: {
    ...base,
    ...labels,
    ...colours,
    scale,
    range: z.literal([3, 4, 5, 6, 7, 10]),
  },
  csat: { ...base, ...labels, ...colours, scale, range: z.literal(5) },
  ces: { ...base, ...labels, ...colours, scale, range: z.literal([5, 7]) },
  cta: {
    ...base,
    buttonExternal: z.boolean().optional(),
    buttonUrl: z.string().optional(),
    ctaButtonLabel: text.optional(),
    dismissButtonLabel: text.optional(),
  },
  consent: { ...base, label: text },
  pictureSelection: {
    ...base,
    choices: z.array(z.object({ id: z.string().min(1), imageUrl: media })).min(2),
    allowMulti: z.boolean().default(false),
    ...validation,
  },
  date: { ...base, format: z.enum(['M-d-y', 'd-M-y', 'y-M-d']), html: text.optional(), ...validation },
  fileUpload: {
    ...base,
    allowMultipleFiles: z.boolean(),
    maxSizeInMB: z.number().optional(),
    allowedFileExtensions: z.array(z.string()).min(1).optional(),
    ...validation,
  },
  cal: { ...base, calUserName: z.string().min(1), calHost: z.string().optional() },
  matrix: {
    ...base,
    rows: z.array(choice),
    columns: z.array(choice),
    shuffleOption: shuffleOption.default('none'),
    ...validation,
  },
  ranking: {
    ...base,
    choices: z.array(choice).min(2).max(25),
    shuffleOption: shuffleOption.optional(),
    otherOptionPlaceholder: text.optional(),
    ...validation,
  },
  address: {
    ...base,
    addressLine1: field,
    addressLine2: field,
    city: field,
    state: field,
    zip: field,
    country: field,
    ...validation,
  },
  contactInfo: {
    ...base,
    firstName: field,
    lastName: field,
    email: field,
    phone: field,
    company: field,
    ...validation,
  },
};

type Shapes = typeof SHAPES;
type Kind = keyof Shapes;

/** Fields of a legacy question that belong to the block in the current model. */
const ofBlock = {
  logic: z.array(logicSchema).optional(),
  logicFallback: z.string().optional(),
  buttonLabel: text.optional(),
  backButtonLabel: text.optional(),
};

/** A validated element. */
export type ParsedElement = {
  readonly [K in Kind]: { readonly type: K } & z.output<z.ZodObject<Shapes[K]>>;
}[Kind];

/** An element of a block. */
export const elementSchema = union({});
/** A legacy question: an element with its own logic and labels. */
export const questionSchema = union(ofBlock);

/** Discriminated by `type`, so that an error is reported at its field and not as a union that failed. */
function union(more: Readonly<Record<string, z.ZodType>>): z.ZodType<ParsedElement> {
  const options = Object.entries(SHAPES).map(([kind, shape]) =>
    z.object({ type: z.literal(kind), ...shape, ...more }),
  );
  const [first, ...rest] = options;
  if (!first) throw new Error('no element types');
  return z.discriminatedUnion('type', [first, ...rest]) as unknown as z.ZodType<ParsedElement>;
}
