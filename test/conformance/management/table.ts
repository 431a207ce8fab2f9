import { absent, anyId, anyList, anyObject, anyText, anything, having, like } from '../match.ts';
import type { Kind } from './context.ts';

/** A call that is refused whoever makes it, for what it says. */
export interface Invalid {
  readonly name: string;
  /** Members in place of those of a valid body; `undefined` takes one away. */
  readonly change?: Readonly<Record<string, unknown>>;
  /** The whole body as text. */
  readonly text?: string;
  readonly query?: string;
  readonly status?: number;
  readonly code?: string;
  readonly message?: unknown;
  /** Expected `details`, or the paths in them. */
  readonly details?: unknown;
}

/** One row of the endpoint matrix (management-api.md 0). */
export interface Endpoint {
  readonly row: number | string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{id}` stands for the id of an object of `kind`, `{path}` for the path of a file. */
  readonly path: string;
  readonly needs: 'none' | 'read' | 'write' | 'manage';
  /** Kind of the object in the path; `type` is its name in replies. */
  readonly kind?: Kind;
  readonly type?: string;
  /** Status for a malformed id. Default: 400. */
  readonly malformed?: 400 | 404;
  /** A valid body; the number makes each one unique. */
  readonly body?: (unique: number, made: (kind: Kind) => string) => Readonly<Record<string, unknown>>;
  /** Kinds of objects that bodies refer to. */
  readonly uses?: readonly Kind[];
  /** The whole reply to a valid request. */
  readonly reply?: unknown;
  /** Why even a valid request is refused. */
  readonly refusal?: Invalid;
  readonly invalid?: readonly Invalid[];
  /** Reply to a key of the other environment, where it differs from `reply`. */
  readonly otherReply?: { readonly status: number; readonly body: unknown };
}

const stamps = { id: anyId, createdAt: anyText, updatedAt: anyText };
const owner = { workspaceId: '{env}', environmentId: '{env}' };
const PAGES: readonly Invalid[] = [
  { name: 'limit=x', query: 'limit=x', message: like(/received NaN/), details: {} },
  { name: 'limit=-1', query: 'limit=-1', message: anyText, details: {} },
  { name: 'skip=x', query: 'skip=x', message: like(/received NaN/), details: {} },
  { name: 'offset=1.5', query: 'offset=1.5', message: anyText, details: {} },
];
const MALFORMED = 'Malformed JSON input, please check your request body';
const NO_JSON: readonly Invalid[] = [
  { name: 'no body', text: '', message: MALFORMED, details: anyObject },
  { name: 'a truncated body', text: '{"name":', message: MALFORMED, details: anyObject },
];
const PLACES: readonly Invalid[] = [
  ...NO_JSON,
  {
    name: 'a workspaceId that is not a text',
    change: { workspaceId: 5 },
    message: 'workspaceId must be a string',
    details: {},
  },
  {
    name: 'an unknown workspaceId',
    change: { workspaceId: 'unknown1' },
    status: 404,
    code: 'not_found',
    message: 'Workspace not found',
    details: { resource_id: 'unknown1', resource_type: 'Workspace' },
  },
];
const paths = (...names: readonly string[]): unknown =>
  Object.fromEntries(names.map((name) => [name, anyText]));
const field = (
  name: string,
  change: Readonly<Record<string, unknown>>,
  ...at: readonly string[]
): Invalid => ({
  name,
  change,
  details: paths(...at),
});

const action = {
  ...stamps,
  name: anyText,
  description: null,
  type: 'code',
  key: anyText,
  noCodeConfig: null,
  ...owner,
};
const actionBody = (unique: number) => ({ name: `made${unique}`, type: 'code', key: `made${unique}` });
const pageView = (value: string, rule = 'exactMatch') => ({
  type: 'noCode',
  key: undefined,
  noCodeConfig: { type: 'pageView', urlFilters: [{ rule, value }] },
});
const ACTION_FIELDS: readonly Invalid[] = [
  // The examples of management-api.md 19.
  { name: 'only the environment', text: '{}', details: { type: 'Invalid input' } },
  field('no name', { name: undefined }, 'name'),
  field('an empty name', { name: '' }, 'name'),
  field('a name of blanks', { name: '  ' }, 'name'),
  field('a name that is a number', { name: 5 }, 'name'),
  field('an unknown type', { type: 'automatic' }, 'type'),
  {
    name: 'code without a key',
    change: { key: undefined },
    details: { key: 'Invalid input: expected string, received undefined' },
  },
  field('an empty key', { key: '' }, 'key'),
  field('a description that is a number', { description: 5 }, 'description'),
  field('no-code without a configuration', { type: 'noCode', key: undefined }, 'noCodeConfig'),
  field('an address that is none', pageView('welcome'), 'noCodeConfig.urlFilters.0.value'),
  field('an empty address', pageView('', 'contains'), 'noCodeConfig.urlFilters.0.value'),
];

const attributeKey = {
  ...stamps,
  isUnique: false,
  key: anyText,
  name: anyText,
  description: '',
  type: 'custom',
  dataType: 'string',
  ...owner,
};
const KEY_FIELDS: readonly Invalid[] = [
  field('a capital in the key', { key: 'Plan' }, 'key'),
  field('a digit first', { key: '1plan' }, 'key'),
  field('a reserved key', { key: 'user_id' }, 'key'),
  field('a name that is null', { name: null }, 'name'),
  field('a description that is null', { description: null }, 'description'),
  field('an unknown data type', { dataType: 'boolean' }, 'dataType'),
];
const attributeClass = {
  ...stamps,
  name: anyText,
  description: null,
  archived: false,
  type: 'code',
  ...owner,
};
const contact = { ...stamps, userId: anyText, ...owner };

const response = {
  ...stamps,
  surveyId: anyId,
  displayId: null,
  contact: null,
  contactAttributes: null,
  finished: false,
  endingId: null,
  data: { q1: 'one' },
  variables: {},
  ttc: {},
  tags: [],
  meta: anyObject,
  singleUseId: null,
  language: null,
};
const RESPONSE_FIELDS: readonly Invalid[] = [
  field('a flag as an answer', { data: { q1: true } }, 'data.q1'),
  field('null as an answer', { data: { q1: null } }, 'data.q1'),
  field('finished that is a text', { finished: 'yes' }, 'finished'),
  field('variables that are a list', { variables: ['a'] }, 'variables'),
  field('a time that is a text', { ttc: { q1: 'long' } }, 'ttc.q1'),
  field('a language that is null', { language: null }, 'language'),
  field('an ending that is a number', { endingId: 5 }, 'endingId'),
  {
    name: 'a file that was never uploaded',
    change: { data: { f1: ['https://elsewhere.example/a.png'] } },
    message: like(/^Invalid file upload response/),
    details: anyObject,
  },
];

const question = {
  id: 'q1',
  type: 'openText',
  headline: { default: 'Hi' },
  required: true,
  inputType: 'text',
};
const survey = having({ ...stamps, name: anyText, ...owner, projectOverwrites: null, languages: [] });
const SURVEY_FIELDS: readonly Invalid[] = [
  field('a name that is null', { name: null }, 'name'),
  field('an unknown type', { type: 'web' }, 'type'),
  field('an unknown status', { status: 'live' }, 'status'),
  field(
    'a question without a headline',
    { questions: [{ ...question, headline: undefined }] },
    'questions.0.headline',
  ),
  field('hidden fields without enabled', { hiddenFields: {} }, 'hiddenFields.enabled'),
  field('a percentage above 100', { displayPercentage: 101 }, 'displayPercentage'),
  field('a delay that is null', { delay: null }, 'delay'),
  field('no answer at all wanted', { autoComplete: 0 }, 'autoComplete'),
  field('a pin of five', { pin: '12345' }, 'pin'),
  field('an unknown display option', { displayOption: 'always' }, 'displayOption'),
  field('a date that is none', { publishOn: 'soon' }, 'publishOn'),
  field('days that are none', { retentionDays: 0 }, 'retentionDays'),
  {
    name: 'the end before the beginning',
    change: { publishOn: '2030-01-02T00:00:00Z', closeOn: '2030-01-01T00:00:00Z' },
    message: 'Close date must be after publish date',
    details: {},
  },
  {
    name: 'an unknown trigger',
    change: { type: 'app', triggers: [{ actionClass: { id: 'unknown1' } }] },
    message: 'Invalid trigger id',
    details: {},
  },
  {
    name: 'a live app survey without a trigger',
    change: { type: 'app', status: 'inProgress', triggers: [] },
    message: 'An app survey must have at least one trigger to be set to a non-draft status.',
    details: {},
  },
];

const webhook = {
  ...stamps,
  name: anyText,
  url: 'https://93.184.216.34/',
  source: 'user',
  triggers: ['responseCreated'],
  surveyIds: [],
  ...owner,
};

const data = (item: unknown): unknown => ({ data: item });

/** Every row of management-api.md 0. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    row: 1,
    method: 'GET',
    path: '/api/v1/management/me',
    needs: 'read',
    reply: {
      ...stamps,
      id: '{env}',
      type: 'production',
      appSetupCompleted: false,
      workspace: { id: '{env}', name: anyText },
      project: { id: '{env}', name: anyText },
    },
    otherReply: { status: 200, body: having({ id: '{other}' }) },
  },
  { row: 2, method: 'GET', path: '/health', needs: 'none', reply: { status: 'ok' } },
  ...list(3, 'management/action-classes'),
  {
    row: 4,
    method: 'POST',
    path: '/api/v1/management/action-classes',
    needs: 'write',
    body: actionBody,
    reply: data(action),
    invalid: [...PLACES, ...ACTION_FIELDS],
  },
  ...item(5, 'management/action-classes', { kind: 'action', type: 'Action Class', reply: action }),
  {
    row: 6,
    method: 'PUT',
    path: '/api/v1/management/action-classes/{id}',
    needs: 'write',
    kind: 'action',
    type: 'Action Class',
    body: actionBody,
    reply: data({ ...action, surveyTriggers: [] }),
    invalid: [...NO_JSON, ...ACTION_FIELDS],
  },
  ...removal(7, 'management/action-classes', { kind: 'action', type: 'Action Class', reply: action }),

  ...list(8, 'management/contact-attribute-keys'),
  {
    row: 9,
    method: 'POST',
    path: '/api/v1/management/contact-attribute-keys',
    needs: 'write',
    body: (unique) => ({ key: `made_${unique}`, type: 'custom' }),
    reply: data(attributeKey),
    invalid: [
      ...PLACES,
      ...KEY_FIELDS,
      field('no key', { key: undefined }, 'key'),
      field('a default key', { type: 'default' }, 'type'),
      {
        name: 'a key that is taken',
        change: { key: 'email' },
        message: 'Attribute key already exists',
        details: {},
      },
    ],
  },
  ...item(10, 'management/contact-attribute-keys', {
    kind: 'attributeKey',
    type: 'Attribute Key',
    malformed: 404,
    reply: attributeKey,
  }),
  {
    row: 11,
    method: 'PUT',
    path: '/api/v1/management/contact-attribute-keys/{id}',
    needs: 'write',
    kind: 'attributeKey',
    type: 'Attribute Key',
    malformed: 404,
    body: () => ({ name: 'Renamed' }),
    reply: data({ ...attributeKey, name: 'Renamed' }),
    invalid: [
      ...NO_JSON,
      ...KEY_FIELDS,
      {
        name: 'a key that is taken',
        change: { key: 'email' },
        message: 'Attribute key already exists',
        details: {},
      },
    ],
  },
  ...removal(12, 'management/contact-attribute-keys', {
    kind: 'attributeKey',
    type: 'Attribute Key',
    malformed: 404,
    reply: attributeKey,
  }),

  ...list(13, 'management/contact-attributes'),
  ...list(14, 'management/contacts'),
  ...item(15, 'management/contacts', { kind: 'contact', type: 'Contact', reply: contact }),
  ...removal(16, 'management/contacts', {
    kind: 'contact',
    type: 'Contact',
    reply: { success: 'Contact deleted successfully' },
  }),

  {
    ...list(17, 'management/responses')[0],
    invalid: [
      ...PAGES,
      { name: 'surveyId=A', query: 'surveyId=A', message: 'Validation failed: Invalid cuid2', details: {} },
      {
        name: 'an unknown survey',
        query: 'surveyId=unknown1',
        status: 404,
        code: 'not_found',
        message: 'Survey not found',
        details: { resource_id: 'unknown1', resource_type: 'Survey' },
      },
      { name: 'contactId=A', query: 'contactId=A', message: 'Validation failed: Invalid cuid2', details: {} },
      { name: 'finished=maybe', query: 'finished=maybe', details: paths('finished') },
      { name: 'createdAfter=soon', query: 'createdAfter=soon', details: paths('createdAfter') },
      {
        name: 'createdBefore=2026-13-01',
        query: 'createdBefore=2026-13-01',
        details: paths('createdBefore'),
      },
    ],
  } as Endpoint,
  {
    row: 18,
    method: 'POST',
    path: '/api/v1/management/responses',
    needs: 'write',
    uses: ['survey'],
    body: (_unique, made) => ({ surveyId: made('survey'), finished: false, data: { q1: 'one' } }),
    reply: data(response),
    invalid: [
      ...PLACES,
      ...RESPONSE_FIELDS,
      { name: 'only the environment', text: '{}', details: paths('surveyId', 'finished', 'data') },
      { name: 'surveyId BAD_ID', change: { surveyId: 'BAD_ID' }, details: { surveyId: 'Invalid cuid2' } },
      {
        name: 'an unknown survey',
        change: { surveyId: 'unknown1' },
        status: 404,
        code: 'not_found',
        message: 'Survey not found',
        details: { resource_id: 'unknown1', resource_type: 'Survey' },
      },
      field('a date that is none', { createdAt: 'soon' }, 'createdAt'),
      {
        name: 'an unknown display',
        change: { displayId: 'unknown1' },
        message: anyText,
        details: paths('displayId'),
      },
    ],
  },
  ...item(19, 'management/responses', { kind: 'response', type: 'Response', reply: response }),
  {
    row: 20,
    method: 'PUT',
    path: '/api/v1/management/responses/{id}',
    needs: 'write',
    kind: 'response',
    type: 'Response',
    body: () => ({ finished: true, variables: { score: 1 }, ttc: { q1: 5, q2: -1 }, language: 'de' }),
    reply: data({
      ...response,
      finished: true,
      variables: { score: 1 },
      ttc: { q1: 5, q2: 0, _total: 5 },
      language: 'de-DE',
    }),
    invalid: [...NO_JSON, ...RESPONSE_FIELDS],
  },
  ...removal(21, 'management/responses', { kind: 'response', type: 'Response', reply: response }),

  {
    row: 22,
    method: 'POST',
    path: '/api/v1/management/storage',
    needs: 'write',
    body: () => ({ fileName: 'a.png', fileType: 'image/png' }),
    reply: data({
      signedUrl: like(/^http/),
      presignedFields: anyObject,
      fileUrl: like(/^\/storage\/[0-9a-z]+\/public\//),
      signingData: null,
      updatedFileName: like(/^a--fid--.*\.png$/),
    }),
    invalid: [
      ...PLACES,
      field('no name', { fileName: undefined }, 'fileName'),
      field('no type', { fileType: undefined }, 'fileType'),
      {
        name: 'a.svg',
        change: { fileName: 'a.svg', fileType: 'image/svg+xml' },
        details: { fileName: 'File extension is not allowed for security reasons' },
      },
      field('no extension', { fileName: 'a' }, 'fileName'),
      field('another type', { fileType: 'text/plain' }, 'fileType'),
      field('a list without it', { allowedFileExtensions: ['jpg'] }, 'fileName'),
      field('an unknown extension', { allowedFileExtensions: ['svg'] }, 'allowedFileExtensions.0'),
      {
        name: 'a name of dots',
        change: { fileName: '..png' },
        message: 'Invalid input',
        details: paths('fileName'),
      },
    ],
  },

  ...list(23, 'management/surveys'),
  {
    row: 24,
    method: 'POST',
    path: '/api/v1/management/surveys',
    needs: 'write',
    body: (unique) => ({ name: `Survey ${unique}`, type: 'app', questions: [question] }),
    reply: data(survey),
    invalid: [
      ...PLACES,
      ...SURVEY_FIELDS,
      { name: 'no name', change: { name: undefined }, details: paths('name') },
      field('a link survey', { type: 'link' }, 'type'),
      field('no type, which means a link survey', { type: undefined }, 'type'),
      {
        name: 'no questions',
        change: { questions: undefined },
        details: { questions: 'Must provide either questions or blocks. Both cannot be empty.' },
      },
      field(
        'questions and blocks',
        { blocks: [{ id: 'b1', name: 'B', elements: [{ ...question, id: 'q2' }] }] },
        'questions',
        'blocks',
      ),
    ],
  },
  ...item(25, 'management/surveys', { kind: 'survey', type: 'Survey', reply: survey }),
  {
    row: 26,
    method: 'PUT',
    path: '/api/v1/management/surveys/{id}',
    needs: 'write',
    kind: 'survey',
    type: 'Survey',
    body: () => ({ status: 'paused' }),
    reply: data(survey),
    invalid: [...NO_JSON, ...SURVEY_FIELDS.filter(({ name }) => name !== 'a question without a headline')],
  },
  ...removal(27, 'management/surveys', { kind: 'survey', type: 'Survey', reply: survey }),
  {
    row: 28,
    method: 'GET',
    path: '/api/v1/management/surveys/{id}/singleUseIds',
    needs: 'write',
    kind: 'linkSurvey',
    type: 'Survey',
    refusal: { name: 'always', message: like(/^Link surveys have no page on this server/), details: {} },
  },

  ...list(29, 'webhooks'),
  {
    row: 30,
    method: 'POST',
    path: '/api/v1/webhooks',
    needs: 'write',
    body: (unique) => ({
      url: 'https://93.184.216.34/',
      triggers: ['responseCreated'],
      name: `hook${unique}`,
    }),
    reply: data({ ...webhook, secret: like(/^whsec_[A-Za-z0-9+/]{43}=$/) }),
    invalid: [
      ...PLACES,
      { name: 'only the environment', text: '{}', details: paths('url', 'triggers') },
      {
        name: 'three wrong fields',
        change: { url: 'foo', triggers: [], surveyIds: ['BAD ID'] },
        details: {
          url: 'Invalid URL',
          triggers: 'At least one trigger is required',
          'surveyIds.0': 'Invalid cuid2',
        },
      },
      field('an unknown trigger', { triggers: ['responseDeleted'] }, 'triggers.0'),
      field('an unknown source', { source: 'other' }, 'source'),
      field('a name that is a number', { name: 5 }, 'name'),
      {
        name: 'ftp',
        change: { url: 'ftp://93.184.216.34/' },
        message: 'Webhook URL must use HTTPS or HTTP protocol',
        details: {},
      },
      {
        name: 'localhost',
        change: { url: 'http://localhost/' },
        message: 'Webhook URL must not point to localhost or internal services',
        details: {},
      },
      {
        name: 'a private address',
        change: { url: 'http://[::ffff:10.0.0.1]/' },
        message: 'Webhook URL must not point to private or internal IP addresses',
        details: {},
      },
    ],
  },
  ...item(31, 'webhooks', {
    kind: 'webhook',
    type: 'Webhook',
    malformed: 404,
    reply: { ...webhook, secret: absent },
  }),
  ...removal(32, 'webhooks', { kind: 'webhook', type: 'Webhook', malformed: 404, reply: webhook }),

  ...list(34, 'management/attribute-classes'),
  {
    row: 34,
    method: 'POST',
    path: '/api/v1/management/attribute-classes',
    needs: 'write',
    body: (unique) => ({ name: `Made ${unique}`, type: 'code' }),
    reply: data(attributeClass),
    invalid: [
      ...PLACES,
      field('no name', { name: undefined }, 'name'),
      field('an unknown type', { type: 'automatic' }, 'type'),
      {
        name: 'a name that is taken',
        change: { name: 'email' },
        message: like(/Unique constraint failed on the fields:.*name.*environmentId/),
        details: {},
      },
    ],
  },
  ...item(34, 'management/attribute-classes', {
    kind: 'attributeKey',
    type: 'Attribute Class',
    malformed: 404,
    reply: { ...attributeClass, description: anything },
  }),
  {
    row: 34,
    method: 'PUT',
    path: '/api/v1/management/attribute-classes/{id}',
    needs: 'write',
    kind: 'attributeKey',
    type: 'Attribute Class',
    malformed: 404,
    body: () => ({ name: 'ignored', description: 'D', archived: true }),
    reply: data({ ...attributeClass, description: 'D', archived: true }),
    invalid: [
      ...NO_JSON,
      field('no name', { name: undefined }, 'name'),
      field('archived that is a text', { archived: 'yes' }, 'archived'),
    ],
  },
  ...removal(34, 'management/attribute-classes', {
    kind: 'attributeKey',
    type: 'Attribute Class',
    malformed: 404,
    reply: { ...attributeClass, description: anything },
  }),

  ...list(35, 'management/people'),
  ...item(35, 'management/people', {
    kind: 'contact',
    type: 'Person',
    reply: { ...contact, attributes: { firstName: 'Ada' } },
  }),
  ...removal(35, 'management/people', {
    kind: 'contact',
    type: 'Person',
    reply: { success: 'Person deleted successfully' },
  }),
];

interface Thing {
  readonly kind: Kind;
  readonly type: string;
  readonly malformed?: 400 | 404;
  readonly reply: unknown;
}

function list(row: number, path: string): readonly Endpoint[] {
  const reply = { data: anyList };
  return [{ row, method: 'GET', path: `/api/v1/${path}`, needs: 'read', reply, invalid: PAGES }];
}

function item(row: number, path: string, { reply, ...thing }: Thing): readonly Endpoint[] {
  return [{ row, method: 'GET', path: `/api/v1/${path}/{id}`, needs: 'read', reply: data(reply), ...thing }];
}

function removal(row: number, path: string, { reply, ...thing }: Thing): readonly Endpoint[] {
  return [
    { row, method: 'DELETE', path: `/api/v1/${path}/{id}`, needs: 'manage', reply: data(reply), ...thing },
  ];
}
