import type { Step } from './case.ts';
import { anyId, anyObject, anyText, having, like } from './match.ts';
import { answer, display, identify, ok } from './tables/common.ts';
import { state, storedAnswer } from './tables/states.ts';

/** A file as an argument of early versions, or with its bytes in base64 as in later ones. */
export type FileForm = 'File' | 'base64';

/** One call of a client's public method. */
export interface ClientCall {
  /** Path of the method, for instance `response.create`. */
  readonly method: string;
  readonly name: string;
  readonly before?: readonly Step[];
  /** Arguments; `FILE` stands for the file in the form of the version. */
  readonly args: readonly unknown[];
  /** The whole value that the client's promise resolves to. */
  readonly returns: unknown;
  /** Name under which the value is saved for later steps. */
  readonly save?: Readonly<Record<string, string>>;
  readonly afterwards?: readonly Step[];
}

/** A published version with a call of each of its methods. */
export interface ClientVersion {
  readonly version: string;
  /** Name of the installed package. */
  readonly module: string;
  readonly file?: FileForm;
  readonly calls: readonly ClientCall[];
}

/** Placeholder for the file among the arguments. */
export const FILE = Symbol('file');
/** Content of the file. */
export const FILE_TEXT = '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n';

const SUCCESS = (data: unknown) => ({ ok: true, data });
const TAKEN = SUCCESS({ id: anyId, quotaFull: false });
const UPDATED = SUCCESS({ id: '{response}', quotaFull: false });

const stored = (name: string, members: Readonly<Record<string, unknown>>): Step => ({
  send: { path: `/api/v1/management/responses/{${name}}`, key: 'key' },
  expect: ok(storedAnswer(members)),
});
const KNOWN = { contact: { id: anyId, userId: '{me}' }, contactAttributes: anyObject };

/** Failures as the client returns them, by generation. */
type Failing = (failure: {
  readonly status: number;
  readonly statusText: string;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}) => unknown;

// Up to 1.7 a client returns only the status line; later ones read the body.
const bare: Failing = ({ status, statusText }) => ({
  ok: false,
  error: { code: 'network_error', message: statusText, status, url: anyObject },
});
const readable: Failing = ({ status, message, details }) => ({
  ok: false,
  error: { code: 'network_error', status, message, url: anyObject, details },
});
const telling: Failing = ({ status, code, message, details }) => ({
  ok: false,
  error: {
    code: code === 'forbidden' ? 'forbidden' : 'network_error',
    status,
    message,
    url: anyObject,
    details,
  },
});

const ANSWER = { surveyId: '{survey}', userId: '{me}', finished: false, data: { q1: 'a' }, ttc: { q1: 10 } };

function responseCalls(failing: Failing): readonly ClientCall[] {
  return [
    {
      method: 'response.create',
      name: 'a partial answer',
      before: [identify('{me}')],
      args: [{ ...ANSWER, meta: { source: 'mail' } }],
      returns: TAKEN,
      save: { response: 'data.id' },
      afterwards: [stored('response', { ...KNOWN, data: { q1: 'a' }, ttc: { q1: 10 } })],
    },
    {
      method: 'response.create',
      name: 'a closed survey',
      args: [{ ...ANSWER, surveyId: '{pausedSurvey}' }],
      returns: failing({
        status: 403,
        statusText: 'Forbidden',
        code: 'forbidden',
        message: 'Survey is not accepting submissions',
        details: { surveyId: '{pausedSurvey}' },
      }),
    },
    {
      method: 'response.create',
      name: 'an unknown survey',
      args: [{ ...ANSWER, surveyId: '{unknown}' }],
      returns: failing({
        status: 404,
        statusText: 'Not Found',
        code: 'not_found',
        message: 'Survey not found',
        details: { resource_id: '{unknown}', resource_type: 'Survey' },
      }),
    },
    {
      method: 'response.update',
      name: 'more answers, finished',
      before: [answer('response', { data: { q1: 'a' }, ttc: { q1: 10 } })],
      args: [{ responseId: '{response}', finished: true, data: { q2: 'b' }, ttc: { q2: 5 } }],
      returns: UPDATED,
      afterwards: [
        stored('response', {
          finished: true,
          data: { q1: 'a', q2: 'b' },
          ttc: { q1: 10, q2: 5, _total: 15 },
        }),
      ],
    },
    {
      method: 'response.update',
      name: 'a finished response',
      before: [answer('response', { finished: true, data: { q1: 'a' } })],
      args: [{ responseId: '{response}', finished: true, data: { q1: 'b' } }],
      returns: failing({
        status: 400,
        statusText: 'Bad Request',
        code: 'bad_request',
        message: 'Response is already finished',
        details: { code: 'response_already_finished' },
      }),
    },
  ];
}

const displayCreate: ClientCall = {
  method: 'display.create',
  name: 'a display of a person',
  args: [{ surveyId: '{survey}', userId: '{me}' }],
  returns: SUCCESS({ id: anyId, contactId: anyId, surveyId: '{survey}' }),
  afterwards: [
    {
      ...identify('{me}'),
      expect: ok({
        state: {
          data: state({
            displays: [{ surveyId: '{survey}', createdAt: anyText }],
            lastDisplayAt: anyText,
          }),
          expiresAt: anyText,
        },
      }),
    },
  ],
};

const displayUpdate: ClientCall = {
  method: 'display.update',
  name: 'a display gets its response',
  before: [
    identify('{me}'),
    display('seen', { surveyId: '{survey}', userId: '{me}' }),
    answer('response', { userId: '{me}' }),
  ],
  args: ['{seen}', { userId: '{me}', responseId: '{response}' }],
  returns: SUCCESS({}),
  afterwards: [
    {
      send: { path: '/api/v1/client/{env}/displays/{seen}/response' },
      expect: ok({ responseId: '{response}' }),
    },
  ],
};

const actionCreate: ClientCall = {
  method: 'action.create',
  name: 'an action',
  args: [{ userId: '{me}', name: 'Clicked', properties: { button: 'buy' } }],
  returns: SUCCESS({}),
};

const peopleCreate: ClientCall = {
  method: 'people.create',
  name: 'a new person',
  args: ['{me}'],
  returns: SUCCESS({ userId: '{me}' }),
  // A response creates no contact: that it has one shows that the call did.
  afterwards: [answer('probe', { userId: '{me}' }), stored('probe', KNOWN)],
};

const attributesAre = (attributes: Readonly<Record<string, unknown>>): readonly Step[] => [
  answer('probe', { userId: '{me}' }),
  stored('probe', { ...KNOWN, contactAttributes: { userId: '{me}', ...attributes } }),
];

const peopleUpdate = (returns: unknown): ClientCall => ({
  method: 'people.update',
  name: 'attributes of a person',
  before: [identify('{me}')],
  args: ['{me}', { attributes: { firstName: 'Ada' } }],
  returns: SUCCESS(returns),
  afterwards: attributesAre({ firstName: 'Ada' }),
});

const attributeCalls: readonly ClientCall[] = [
  {
    method: 'attribute.update',
    name: 'attributes of a person, all as texts',
    before: [identify('{me}', { seats: 'none' })],
    args: [{ userId: '{me}', attributes: { firstName: 'Ada', seats: 5 } }],
    returns: SUCCESS({ changed: true, message: anyText }),
    afterwards: attributesAre({ firstName: 'Ada', seats: '5' }),
  },
  {
    method: 'attribute.update',
    name: 'attributes that are set already',
    before: [identify('{me}', { firstName: 'Ada' })],
    args: [{ userId: '{me}', attributes: { firstName: 'Ada' } }],
    returns: SUCCESS({ changed: false, message: anyText }),
  },
  {
    method: 'attribute.update',
    name: 'attributes of an unknown person',
    args: [{ userId: '{somebody}', attributes: { firstName: 'Ada' } }],
    returns: { ok: false, error: having({ status: 404, message: 'contact not found' }) },
  },
];

const upload: ClientCall = {
  method: 'storage.uploadFile',
  name: 'a file, whose URL becomes the answer',
  args: [FILE, { surveyId: '{fileSurvey}', allowedFileExtensions: ['pdf'] }],
  returns: like(/\/storage\/[0-9a-z]+\/private\/.+\.pdf$/),
  save: { fileUrl: '' },
  afterwards: [
    { send: { path: '{fileUrl}', key: 'key' }, expect: { status: 200, body: FILE_TEXT } },
    {
      send: {
        method: 'POST',
        path: '/api/v1/client/{env}/responses',
        json: { surveyId: '{fileSurvey}', finished: true, data: { f1: ['{fileUrl}'] } },
      },
      expect: ok({ id: anyId, quotaFull: false }),
    },
  ],
};

const ANONYMOUS = { surveyId: '{survey}', personId: null };

// The first version had neither environments in paths nor user ids.
const first: readonly ClientCall[] = [
  {
    method: 'response.create',
    name: 'an answer',
    args: [{ ...ANONYMOUS, finished: false, data: { q1: 'a' } }],
    returns: SUCCESS(having({ id: anyId })),
    save: { response: 'data.id' },
    afterwards: [stored('response', { data: { q1: 'a' } })],
  },
  {
    method: 'response.update',
    name: 'more answers, finished',
    before: [answer('response', { data: { q1: 'a' } })],
    args: [{ responseId: '{response}', finished: true, data: { q2: 'b' } }],
    returns: SUCCESS(having({ id: '{response}' })),
    afterwards: [stored('response', { finished: true, data: { q1: 'a', q2: 'b' }, ttc: { _total: 0 } })],
  },
  {
    method: 'display.markDisplayedForPerson',
    name: 'a display',
    args: [ANONYMOUS],
    returns: SUCCESS(having({ id: anyId, surveyId: '{survey}' })),
    save: { seen: 'data.id' },
    afterwards: [
      { send: { path: '/api/v1/client/{env}/displays/{seen}/response' }, expect: ok({ responseId: null }) },
    ],
  },
  {
    method: 'display.markResponded',
    name: 'a display that was answered',
    before: [display('seen', { surveyId: '{survey}' })],
    args: [{ displayId: '{seen}' }],
    returns: SUCCESS(having({ id: '{seen}', surveyId: '{survey}' })),
  },
  {
    method: 'response.create',
    name: 'an unknown survey',
    args: [{ ...ANONYMOUS, surveyId: '{unknown}', finished: false, data: {} }],
    returns: bare({
      status: 404,
      statusText: 'Not Found',
      code: 'not_found',
      message: '',
      details: {},
    }),
  },
];

/** The published versions of `@formbricks/api` with a call of each of their methods (management-api.md 16.1). */
export const CLIENTS: readonly ClientVersion[] = [
  { version: '1.0.0', module: 'formbricks-api-1.0', calls: first },
  {
    version: '1.4.0',
    module: 'formbricks-api-1.4',
    file: 'File',
    calls: [
      ...responseCalls(bare),
      displayCreate,
      displayUpdate,
      actionCreate,
      peopleCreate,
      peopleUpdate(anyObject),
      upload,
    ],
  },
  {
    version: '1.7.0',
    module: 'formbricks-api-1.7',
    file: 'File',
    calls: [
      ...responseCalls(bare),
      displayCreate,
      displayUpdate,
      actionCreate,
      peopleCreate,
      peopleUpdate({ changed: true, message: anyText }),
      upload,
    ],
  },
  {
    version: '1.9.0',
    module: 'formbricks-api-1.9',
    file: 'base64',
    calls: [...responseCalls(readable), displayCreate, peopleCreate, ...attributeCalls, upload],
  },
  {
    version: '3.0.0',
    module: 'formbricks-api-3.0',
    file: 'base64',
    calls: [
      ...responseCalls(telling),
      {
        method: 'response.update',
        name: 'every field that it may change',
        before: [answer('response', {})],
        args: [
          {
            responseId: '{response}',
            finished: false,
            endingId: 'e1',
            data: { q1: 'a' },
            ttc: { q1: 5 },
            variables: { v: 1 },
            language: 'de',
          },
        ],
        returns: UPDATED,
        afterwards: [
          stored('response', {
            endingId: 'e1',
            data: { q1: 'a' },
            ttc: { q1: 5 },
            variables: { v: 1 },
            language: 'de-DE',
          }),
        ],
      },
      displayCreate,
      ...attributeCalls,
      upload,
    ],
  },
];
