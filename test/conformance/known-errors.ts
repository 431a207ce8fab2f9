/** An error of the public description of the client API. */
export interface KnownError {
  /** Place of the error, as a JSON pointer. */
  readonly at: string;
  readonly says: string;
  /** The correct fact, and the section of the specification. */
  readonly holds: string;
  /** The value in the corrected description. */
  readonly correction: unknown;
  /** The report of a proxy with the published description; absent where it can't detect the error. */
  readonly report?: string;
}

const CLIENT = '/paths/~1api~1v1~1client~1{workspaceId}~1';
const ENVIRONMENT = `${CLIENT}environment/get/responses/200/content/application~1json/schema/properties/data`;
const SURVEY = `${ENVIRONMENT}/properties/data/properties/surveys/items/properties/`;
const USER = `${CLIENT}user/post/responses/200/content/application~1json/schema/properties/data/properties/`;
const RESPONSE = `${CLIENT}responses/post/requestBody/content/application~1json/schema/`;

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };
const ERROR = {
  description: 'The envelope of errors',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['code', 'message', 'details'],
        additionalProperties: false,
        properties: { code: { type: 'string' }, message: { type: 'string' }, details: { type: 'object' } },
      },
    },
  },
};

function status(method: string, path: string, code: number, section: string): KnownError {
  return {
    at: `${CLIENT}${path.replaceAll('/', '~1')}/${method}/responses/${code}`,
    says: `there is no reply ${code}`,
    holds: `${code} in the envelope of errors (client-api.md ${section})`,
    correction: ERROR,
    report: `${method} ${path} ${code}: status`,
  };
}

function member(path: string, says: string, holds: string, correction: unknown): KnownError {
  const place = path.replaceAll('/properties', '').replaceAll('/items', '').replaceAll('/', '.');
  return {
    at: `${SURVEY}${path}`,
    says: `a survey's ${place} is ${says}`,
    holds: `${holds} (client-api.md 3.1)`,
    correction,
    report: `get environment 200: response.body.data.data.surveys.${place}`,
  };
}

function missingPath(method: string, path: string, section: string, operation: object): KnownError {
  return {
    at: `${CLIENT}${path.replaceAll('/', '~1')}`,
    says: 'there is no such path',
    holds: `the clients call it (client-api.md ${section})`,
    correction: { [method]: operation },
    report: `${method} ${path}: path`,
  };
}

const parameter = (name: string) => ({ in: 'path', name, required: true, schema: { type: 'string' } });

function success(required: readonly string[]): object {
  const data = { type: 'object', required };
  const schema = { type: 'object', required: ['data'], properties: { data } };
  return { description: 'Done', content: { 'application/json': { schema } } };
}

function operation(parameters: readonly string[], required: readonly string[]): object {
  return {
    parameters: parameters.map(parameter),
    requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
    responses: { 200: success(required), 400: ERROR, 404: ERROR },
  };
}

/** Errors that hide others: corrected in every description that a test uses. */
export const HIDING_ERRORS: readonly KnownError[] = [
  {
    at: ENVIRONMENT,
    says: 'surveys, actionClasses and project stand in `data`',
    holds: 'they are in `data.data`, beside `data.expiresAt` (client-api.md 3.1)',
    correction: {
      type: 'object',
      required: ['data', 'expiresAt'],
      properties: { data: '{there}', expiresAt: { type: 'string' } },
    },
  },
  {
    at: `${RESPONSE}required`,
    says: 'a response needs only a surveyId',
    holds: 'it needs `finished` and `data` too (client-api.md 3.4)',
    correction: ['surveyId', 'finished', 'data'],
  },
];

/** Every other known error; the proxy reports each of them, and nothing else. */
export const KNOWN_ERRORS: readonly KnownError[] = [
  member('autoClose', 'a flag', 'seconds or null', { type: 'integer', nullable: true }),
  member('displayLimit', 'a number', 'a number or null', { type: 'integer', nullable: true }),
  member('displayPercentage', 'a whole number', 'a number or null', { type: 'number', nullable: true }),
  member('recontactDays', 'a number', 'a number or null', { type: 'integer', nullable: true }),
  member('showLanguageSwitch', 'a flag', 'a flag or null', { type: 'boolean', nullable: true }),
  member('styling', 'an object', 'an object or null', { type: 'object', nullable: true }),
  member('languages/items', 'a list of texts', 'a list of objects', {
    type: 'object',
    required: ['default', 'enabled', 'language'],
  }),
  member('variables/items', 'a list of texts', 'a list of objects', { type: 'object' }),
  member('triggers/items/properties/actionClass', 'a text', 'an object with a name', {
    type: 'object',
    required: ['name'],
  }),
  member('segment/properties/description', 'a text', 'always null', { type: 'string', nullable: true }),
  member('segment/properties/filters/items', 'a list of texts', 'empty or one object', { type: 'object' }),
  member('welcomeCard/properties/headline', 'a text', 'texts by language', TEXTS),
  member('welcomeCard/properties/buttonLabel', 'a text', 'texts by language', TEXTS),
  member('endings/items/properties/headline', 'a text', 'texts by language', TEXTS),
  member('endings/items/properties/subheader', 'a text', 'texts by language', TEXTS),
  member('endings/items/properties/buttonLabel', 'a text', 'texts by language', TEXTS),
  {
    at: `${USER}state/properties/data/properties/lastDisplayAt`,
    says: 'lastDisplayAt is a text',
    holds: 'null for a person without displays (client-api.md 3.7)',
    correction: { type: 'string', nullable: true },
    report: 'post user 200: response.body.data.state.data.lastDisplayAt',
  },
  {
    at: `${RESPONSE}properties/language`,
    says: 'language is en, de, pt or etc..',
    holds: 'any text (client-api.md 3.4)',
    correction: { type: 'string' },
    report: 'post responses 200: body.language',
  },
  {
    at: `${RESPONSE}properties/userId`,
    says: 'userId is a text',
    holds: 'a text or null (client-api.md 3.4)',
    correction: { type: 'string', nullable: true },
    report: 'post responses 200: body.userId',
  },
  {
    at: '/paths/~1health/get/responses/200/content',
    says: 'health is plain text',
    holds: 'health is JSON (client-api.md 3.9)',
    correction: {
      'application/json': {
        schema: { type: 'object', required: ['status'], properties: { status: { type: 'string' } } },
      },
    },
    report: 'get health 200: response.body',
  },
  status('get', 'environment', 400, '3.1'),
  status('post', 'displays', 400, '3.2'),
  status('post', 'displays', 403, '3.2'),
  status('post', 'displays', 404, '3.2'),
  status('post', 'responses', 403, '3.4'),
  status('post', 'responses', 409, '3.4'),
  status('put', 'responses/{responseId}', 400, '3.5'),
  status('put', 'responses/{responseId}', 403, '3.5'),
  missingPath(
    'put',
    'contacts/{userId}/attributes',
    '3.8',
    operation(['workspaceId', 'userId'], ['changed', 'message']),
  ),
  missingPath('post', 'storage', '3.6', operation(['workspaceId'], ['signedUrl', 'fileUrl'])),
];

/** Returns a copy of a description with these errors corrected. */
export function correct(description: object, errors: readonly KnownError[]): object {
  const copy = structuredClone(description) as Record<string, unknown>;
  for (const { at, correction } of errors) {
    const keys = at.split('/').slice(1).map(unescapeKey);
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Record<string, unknown>>(
      (place, key) => place[key] as Record<string, unknown>,
      copy,
    );
    parent[last] = putThere(correction, parent[last]);
  }
  return copy;
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A correction may wrap the previous value. */
function putThere(correction: unknown, there: unknown): unknown {
  const text = JSON.stringify(correction).replace('"{there}"', () => JSON.stringify(there));
  return JSON.parse(text);
}
