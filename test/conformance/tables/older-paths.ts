import type { Case, Expected, Step, Table } from '../case.ts';
import { anyId, anyText, having, like } from '../match.ts';
import { answer, CLIENT_HEADERS, display, fieldsWrong, identify, notFound, ok, stored } from './common.ts';
import { state, storedAnswer } from './states.ts';

const ONLY_V1 = ['v1'] as const;
const at = (environment: string, path: string) => ({ path: `/api/v1/client/${environment}/${path}` });

const SEEN = display('seen', { surveyId: '{survey}', userId: '{me}' });
const UNCHANGED = ok({ changed: false, message: anyText });

/** `GET identify/…`: the state without a lifetime. */
const identifying: readonly Case[] = ['identify/contacts', 'identify/people', 'app/people'].flatMap(
  (path): readonly Case[] => [
    {
      name: 'a new person is created',
      spec: '3.8',
      send: at('{env}', `${path}/{me}`),
      expect: ok(state()),
    },
    {
      name: 'a known person with history',
      spec: '3.8',
      before: [SEEN],
      send: at('{env}', `${path}/{me}`),
      expect: ok(
        state({ displays: [{ surveyId: '{survey}', createdAt: '{seenAt}' }], lastDisplayAt: '{seenAt}' }),
      ),
    },
    {
      name: 'unknown id',
      spec: '3.8',
      send: at('{unknown}', `${path}/{me}`),
      expect: notFound('Workspace', '{unknown}'),
    },
    {
      name: 'a userId of 256 characters',
      spec: '3.8',
      send: at('{env}', `${path}/${'u'.repeat(256)}`),
      expect: { status: 400, body: { code: 'bad_request', message: anyText, details: having({}) } },
    },
  ],
);

/** `PUT …/attributes`. */
const attributes: readonly Case[] = ['contacts', 'people'].flatMap((path): readonly Case[] => {
  const send = (json: unknown) => ({ ...at('{env}', `${path}/{me}/attributes`), json });
  return [
    {
      name: 'an unknown person',
      spec: '3.8',
      send: send({ attributes: { firstName: 'Ada' } }),
      expect: notFound('contact', '{me}'),
    },
    {
      name: 'a changed value',
      spec: '3.8',
      before: [identify('{me}')],
      send: send({ attributes: { firstName: 'Ada' } }),
      expect: ok({ changed: true, message: anyText }),
      afterwards: [
        answer('probe', { userId: '{me}' }),
        stored(
          'probe',
          storedAnswer({
            contact: { id: anyId, userId: '{me}' },
            contactAttributes: { userId: '{me}', firstName: 'Ada' },
          }),
        ),
      ],
    },
    {
      name: 'no changed value',
      spec: '3.8',
      before: [identify('{me}', { firstName: 'Ada' })],
      send: send({ attributes: { firstName: 'Ada' } }),
      expect: UNCHANGED,
    },
    {
      name: 'only ignored attributes',
      spec: 'management-api.md 15',
      before: [identify('{me}')],
      send: send({ attributes: { userId: 'x', id: 'y' } }),
      expect: UNCHANGED,
    },
    {
      name: 'an invalid key',
      spec: '3.8, 4.3',
      before: [identify('{me}')],
      send: send({ attributes: { Plan: 'x' } }),
      expect: ok({ changed: false, message: anyText, errors: [like(/Plan/)] }),
    },
    {
      name: '{}',
      spec: 'management-api.md 15',
      before: [identify('{me}')],
      send: send({}),
      expect: fieldsWrong('attributes'),
    },
    {
      name: 'unknown id',
      spec: '3.8',
      send: { ...at('{unknown}', `${path}/{me}/attributes`), json: { attributes: {} } },
      expect: notFound('Workspace', '{unknown}'),
    },
  ];
});

const updating: readonly Case[] = [
  {
    name: 'attributes and a language',
    spec: '3.8',
    send: { json: { attributes: { firstName: 'Ada' }, language: 'de' } },
    expect: ok({ state: state({ language: 'de' }) }),
  },
  { name: 'no body', spec: '3.8', expect: ok({ state: state() }) },
  {
    name: 'unknown id',
    spec: '3.8',
    send: { ...at('{unknown}', 'update/contacts/{me}'), json: {} },
    expect: notFound('Workspace', '{unknown}'),
  },
];

const ENVIRONMENT: Expected = {
  status: 200,
  body: { data: { data: having({ workspace: having({ id: '{env}' }), surveys: [] }), expiresAt: anyText } },
  headers: { 'cache-control': like(/^public, /) },
};

const FOREIGN: Step = {
  send: {
    method: 'POST',
    path: '/api/v1/client/{other}/displays',
    json: { surveyId: '{otherSurvey}' },
  },
  save: { foreign: 'data.id' },
};

const linking: readonly Case[] = [
  {
    name: 'a display is linked to its person',
    spec: '3.8',
    before: [display('seen', { surveyId: '{survey}' })],
    send: { ...at('{env}', 'displays/{seen}'), json: { userId: '{me}' } },
    expect: ok({}),
    afterwards: [
      {
        ...identify('{me}'),
        expect: ok({
          state: {
            data: state({
              displays: [{ surveyId: '{survey}', createdAt: '{seenAt}' }],
              lastDisplayAt: '{seenAt}',
            }),
            expiresAt: anyText,
          },
        }),
      },
    ],
  },
  {
    name: 'a display is linked to its response',
    spec: '3.8',
    before: [display('seen', { surveyId: '{survey}' }), answer('response', {})],
    send: { ...at('{env}', 'displays/{seen}'), json: { responseId: '{response}' } },
    expect: ok({}),
    afterwards: [
      {
        send: { path: '/api/v1/client/{env}/displays/{seen}/response' },
        expect: ok({ responseId: '{response}' }),
      },
    ],
  },
  {
    name: 'an unknown display',
    spec: '3.8',
    send: { ...at('{env}', 'displays/{unknown}'), json: {} },
    expect: notFound('Display', '{unknown}'),
  },
  {
    name: "another environment's display",
    spec: '3.8, differences.md 1.14',
    before: [FOREIGN],
    send: { ...at('{env}', 'displays/{foreign}'), json: {} },
    expect: notFound('Display', '{foreign}'),
  },
];

const people: readonly Case[] = [
  {
    name: 'a person is created once, by repeated requests',
    spec: 'management-api.md 15',
    before: [identify('{me}')],
    send: { json: { environmentId: '{env}', userId: '{me}' } },
    expect: ok({ userId: '{me}' }),
  },
  {
    name: 'no userId',
    spec: 'management-api.md 15',
    send: { json: {} },
    expect: { status: 400, body: { code: 'bad_request', message: anyText, details: having({}) } },
  },
];

function table(endpoint: string, cases: readonly Case[]): Table {
  return { endpoint, headers: CLIENT_HEADERS, cases: cases.map((row) => ({ ...row, versions: ONLY_V1 })) };
}

/** Paths of older clients (client-api.md 3.8, management-api.md 15). */
export const olderPathTables: readonly Table[] = [
  table('GET /api/v1/client/{env}/identify/contacts/{me}', identifying),
  table('PUT /api/v1/client/{env}/contacts/{me}/attributes', attributes),
  table('POST /api/v1/client/{env}/update/contacts/{me}', updating),
  ...['app', 'website'].map((kind) =>
    table(`GET /api/v1/client/{env}/${kind}/environment`, [
      { name: 'the environment', spec: '3.8', alone: true, expect: ENVIRONMENT },
      {
        name: 'unknown id',
        spec: '3.8',
        send: at('{unknown}', `${kind}/environment`),
        expect: notFound('Workspace', '{unknown}'),
      },
    ]),
  ),
  table('PUT /api/v1/client/{env}/displays/{seen}', linking),
  table('POST /api/v1/client/{env}/people', people),
  table('POST /api/v1/client/{env}/people/{me}', [
    {
      name: 'attributes of a person who is created',
      spec: 'management-api.md 15',
      send: { json: { attributes: { firstName: 'Ada' } } },
      expect: ok({ changed: true, message: anyText }),
    },
  ]),
];
