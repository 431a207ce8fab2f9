import type { Case, Table } from '../case.ts';
import { addLinkSurvey, addSurvey, survey } from '../fixtures.ts';
import { absent, after, anyId, anyText, including, like } from '../match.ts';
import {
  answer,
  badRequest,
  CLIENT_HEADERS,
  display,
  identify,
  MALFORMED,
  malformed,
  notFound,
  ok,
  stored,
} from './common.ts';
import { state, storedAnswer } from './states.ts';

const HALF_AN_HOUR = after(30 * 60_000);

const known = (data: unknown = state(), more: Readonly<Record<string, unknown>> = {}) =>
  ok({ state: { data, expiresAt: HALF_AN_HOUR }, ...more });

const NO_USER = badRequest('userId is required and must be a string');
const BAD_EMAIL = badRequest('Invalid email format');
const INVALID = badRequest(like(/^Validation failed: ./));

/** The attributes of a request, as the next response of the person contains them. */
const attributesAre = (attributes: Readonly<Record<string, unknown>>) => [
  answer('probe', { userId: '{me}' }),
  stored(
    'probe',
    storedAnswer({
      contact: { id: anyId, userId: '{me}' },
      contactAttributes: { userId: '{me}', ...attributes },
    }),
  ),
];

const at = (environment: string) => ({ path: `/api/{v}/client/${environment}/user` });

const refusals: readonly Case[] = [
  ...['ABC!', 'ABC', 'with-hyphen'].map(
    (id): Case => ({
      name: `id ${id}`,
      spec: '3.7 row 1',
      send: { ...at(id), json: { userId: '{me}' } },
      expect: badRequest('Invalid workspace ID format'),
    }),
  ),
  {
    name: 'malformed id before a malformed body',
    spec: '3.7 row 1',
    send: { ...at('ABC'), text: '{' },
    expect: badRequest('Invalid workspace ID format'),
  },
  {
    name: 'unknown id',
    spec: '3.7 row 2',
    send: { ...at('{unknown}'), json: { userId: '{me}' } },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'unknown id before a malformed body',
    spec: '3.7 row 2',
    send: { ...at('{unknown}'), text: '{' },
    expect: notFound('Workspace', '{unknown}'),
  },
  { name: 'malformed body', spec: '3.7 row 3', send: { text: '{' }, expect: malformed(MALFORMED) },
  ...(
    [
      ['null', null],
      ['a list', []],
      ['a text', 'me'],
      ['{}', {}],
      ['userId empty', { userId: '' }],
      ['userId a number', { userId: 7 }],
      ['userId null', { userId: null }],
      ['userId a list', { userId: ['a'] }],
    ] as const
  ).map(([name, json]): Case => ({ name, spec: '3.7 row 4', send: { json }, expect: NO_USER })),
  {
    name: 'userId before the e-mail',
    spec: '3.7 row 4',
    send: { json: { attributes: { email: 'x' } } },
    expect: NO_USER,
  },
  ...(
    [
      ['email without @', 'x'],
      ['email of two characters', 'a@'],
      ['email a number', 7],
      ['email true', true],
      ['email null', null],
      ['email empty', ''],
    ] as const
  ).map(
    ([name, email]): Case => ({
      name,
      spec: '3.7 row 5',
      covers: email === 'x' ? ['user email'] : [],
      send: { json: { userId: '{me}', attributes: { email } } },
      expect: BAD_EMAIL,
    }),
  ),
  ...(
    [
      ['an attribute null', { plan: null }],
      ['an attribute that is an object', { plan: { a: 1 } }],
      ['an attribute that is a list', { plan: ['a'] }],
      ['an email without a domain', { email: 'a@b' }],
      ['an email of 256 characters', { email: `${'a'.repeat(244)}@example.com` }],
    ] as const
  ).map(
    ([name, attributes]): Case => ({
      name,
      spec: '3.7 row 7',
      send: { json: { userId: '{me}', attributes } },
      expect: INVALID,
      // The contact exists all the same: a response can refer to it.
      afterwards: attributesAre({}),
    }),
  ),
];

const states: readonly Case[] = [
  {
    name: 'a new person',
    spec: '3.7 row 9',
    covers: ['user expiry', 'user language', 'user messages', 'user errors'],
    send: { json: { userId: '{me}' } },
    expect: known(),
  },
  {
    name: 'the same person again',
    spec: '3.7 row 9',
    covers: ['user twice'],
    before: [{ ...identify('{me}'), save: { contact: 'data.state.data.contactId' } }],
    send: { json: { userId: '{me}' } },
    expect: known(state({ contactId: '{contact}' })),
  },
  {
    name: 'id between spaces',
    spec: '2.1',
    send: { ...at('%20{env}%20'), json: { userId: '{me}' } },
    expect: known(),
  },
  {
    name: 'text/plain',
    spec: '2.3',
    send: { json: { userId: '{me}' }, headers: { 'content-type': 'text/plain' } },
    expect: known(),
  },
  ...(
    [
      ['attributes null', null],
      ['attributes a text', 'plan=free'],
      ['attributes a number', 7],
      ['attributes {}', {}],
    ] as const
  ).map(
    ([name, attributes]): Case => ({
      name,
      spec: '3.7',
      send: { json: { userId: '{me}', attributes } },
      expect: known(),
      afterwards: attributesAre({}),
    }),
  ),
  {
    name: 'unknown members are ignored',
    spec: '2.2',
    send: { json: { userId: '{me}', colour: { a: 1 } } },
    expect: known(),
  },
  {
    name: 'a userId of 300 characters',
    spec: '3.7',
    send: { json: { userId: `{me}${'u'.repeat(300)}` } },
    expect: known(state({ userId: `{me}${'u'.repeat(300)}` })),
  },
  {
    name: 'userId and id among the attributes are ignored',
    spec: '3.7, 4.1',
    send: { json: { userId: '{me}', attributes: { userId: 'x', id: 'y', firstName: 'Ada' } } },
    expect: known(),
    afterwards: attributesAre({ firstName: 'Ada' }),
  },
  {
    name: 'the whole history, newest first',
    spec: '3.7 row 9',
    before: [
      display('first', { surveyId: '{survey}', userId: '{me}' }),
      display('second', { surveyId: '{secondSurvey}', userId: '{me}' }),
      display('third', { surveyId: '{survey}', userId: '{me}' }),
      answer('one', { userId: '{me}' }),
      answer('two', { userId: '{me}', finished: true }),
      answer('three', { userId: '{me}', surveyId: '{secondSurvey}' }),
    ],
    send: { json: { userId: '{me}' } },
    expect: known(
      state({
        displays: [
          { surveyId: '{survey}', createdAt: '{thirdAt}' },
          { surveyId: '{secondSurvey}', createdAt: '{secondAt}' },
          { surveyId: '{survey}', createdAt: '{firstAt}' },
        ],
        responses: ['{secondSurvey}', '{survey}', '{survey}'],
        lastDisplayAt: '{thirdAt}',
      }),
    ),
  },
  {
    name: 'without the history of another person',
    spec: '3.7 row 9',
    before: [
      display('first', { surveyId: '{survey}', userId: '{somebody}' }),
      display('second', { surveyId: '{survey}' }),
      answer('one', { userId: '{somebody}' }),
    ],
    send: { json: { userId: '{me}' } },
    expect: known(),
  },
  {
    name: 'segments of untargeted surveys contain everybody',
    spec: '4.6',
    alone: true,
    covers: ['untargeted segment'],
    before: [addSurvey('first', survey()), addSurvey('second', survey({ status: 'paused' }))],
    send: { json: { userId: '{me}' } },
    expect: known(state({ segments: including('{firstSegment}', '{secondSegment}') })),
  },
  {
    name: 'a link survey has no segment',
    spec: '4.6',
    alone: true,
    before: [addLinkSurvey('link')],
    send: { json: { userId: '{me}' } },
    expect: known(state({ segments: [] })),
  },
  {
    name: 'the same userId in another environment is another person',
    spec: '3.7',
    before: [
      {
        send: {
          method: 'POST',
          path: '/api/v1/client/{other}/user',
          json: { userId: '{me}', attributes: { firstName: 'Eve' } },
        },
        save: { foreign: 'data.state.data.contactId' },
      },
    ],
    send: { json: { userId: '{me}' } },
    expect: known(state({ contactId: like(/^[0-9a-z]+$/) })),
    afterwards: [
      ...attributesAre({}),
      {
        send: { method: 'POST', path: '/api/v1/client/{other}/user', json: { userId: '{me}' } },
        expect: ok({
          state: { data: state({ contactId: '{foreign}', segments: [] }), expiresAt: anyText },
        }),
      },
    ],
  },
  {
    name: 'language, once it is set',
    spec: '3.7 row 9',
    send: { json: { userId: '{me}', attributes: { language: 'de' } } },
    expect: known(state({ language: 'de' })),
  },
  {
    name: 'a blank language is not set',
    spec: '4.4',
    send: { json: { userId: '{me}', attributes: { language: '  ' } } },
    expect: known(state({ language: absent })),
  },
];

/** `POST user` (client-api.md 3.7). */
export const userTable: Table = {
  endpoint: 'POST /api/{v}/client/{env}/user',
  headers: CLIENT_HEADERS,
  cases: [...refusals, ...states],
};
