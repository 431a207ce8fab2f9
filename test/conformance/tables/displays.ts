import type { Case, Expected, Request, Table } from '../case.ts';
import { anyId, anyText } from '../match.ts';
import {
  answer,
  CLIENT_HEADERS,
  closed,
  display,
  failure,
  fieldsWrong,
  identify,
  identifyExpecting,
  notFound,
  ok,
  stored,
} from './common.ts';
import { state, storedAnswer } from './states.ts';

const taken = (contactId: unknown, surveyId = '{survey}'): Expected => ok({ id: anyId, contactId, surveyId });

function refused(name: string, json: unknown, paths: readonly string[], more: Partial<Case> = {}): Case {
  return { name, spec: '3.2', send: { json }, expect: fieldsWrong(...paths), ...more };
}

const at = (environment: string): Request => ({ path: `/api/{v}/client/${environment}/displays` });
const FOREIGN_CONTACT = {
  send: { method: 'POST', path: '/api/v1/client/{other}/user', json: { userId: '{me}' } },
  save: { foreign: 'data.state.data.contactId' },
};

const refusals: readonly Case[] = [
  {
    name: 'unknown id',
    spec: '3.2',
    send: { ...at('{unknown}'), json: { surveyId: '{survey}' } },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'malformed id',
    spec: '2.1',
    send: { ...at('ABC!'), json: { surveyId: '{survey}' } },
    expect: notFound('Workspace', 'ABC!'),
  },
  {
    name: 'unknown id before a malformed body',
    spec: '3.2',
    send: { ...at('{unknown}'), text: '{' },
    expect: notFound('Workspace', '{unknown}'),
  },
  refused('{}', {}, ['surveyId'], { covers: ['display empty'] }),
  refused('a survey id in capitals', { surveyId: 'ABC' }, ['surveyId'], {
    covers: ['display malformed survey'],
  }),
  refused('an empty survey id', { surveyId: '' }, ['surveyId']),
  refused('a number for a survey id', { surveyId: 7 }, ['surveyId']),
  refused('null', null, ['surveyId'], { spec: '2.3, differences.md 1.17' }),
  refused('a list', [], ['surveyId'], { spec: '2.3' }),
  refused('a text', 'survey', ['surveyId'], { spec: '2.3' }),
  refused('userId null', { surveyId: '{survey}', userId: null }, ['userId'], {
    versions: ['v1'],
    covers: ['display null user'],
  }),
  refused('a number for a userId', { surveyId: '{survey}', userId: 7 }, ['userId'], { versions: ['v1'] }),
  refused('a userId of 256 characters', { surveyId: '{survey}', userId: 'u'.repeat(256) }, ['userId'], {
    versions: ['v1'],
  }),
  refused('contactId null', { surveyId: '{survey}', contactId: null }, ['contactId'], { versions: ['v2'] }),
  refused('a contactId in capitals', { surveyId: '{survey}', contactId: 'ABC' }, ['contactId'], {
    versions: ['v2'],
  }),
  refused('a responseId in capitals', { surveyId: '{survey}', responseId: 'ABC' }, ['responseId']),
  refused('two things wrong at once', { surveyId: 'ABC', responseId: 'ABC' }, ['surveyId', 'responseId']),
  refused('a client-made id that is too short', { surveyId: '{survey}', id: 'short' }, ['id'], {
    spec: 'differences.md 1.6',
  }),
  {
    name: 'schema before the survey',
    spec: '3.2',
    versions: ['v1'],
    send: { json: { surveyId: '{unknown}', userId: null } },
    expect: fieldsWrong('userId'),
  },
  {
    name: 'unknown survey',
    spec: '3.2',
    send: { json: { surveyId: '{unknown}' } },
    expect: notFound('Survey', '{unknown}'),
  },
  {
    name: "another environment's survey",
    spec: '3.2',
    covers: ['display foreign survey'],
    send: { json: { surveyId: '{otherSurvey}' } },
    expect: notFound('Survey', '{otherSurvey}'),
  },
  ...(['paused', 'draft', 'completed'] as const).map(
    (status): Case => ({
      name: `${status} survey`,
      spec: '3.2',
      covers: status === 'paused' ? ['display closed survey'] : [],
      send: { json: { surveyId: `{${status}Survey}` } },
      expect: closed(`{${status}Survey}`),
    }),
  ),
];

const successes: readonly Case[] = [
  { name: 'anonymous', spec: '3.2', send: { json: { surveyId: '{survey}' } }, expect: taken(null) },
  {
    name: 'text/plain',
    spec: '2.3',
    covers: ['display plain text'],
    send: { json: { surveyId: '{survey}' }, headers: { 'content-type': 'text/plain;charset=UTF-8' } },
    expect: taken(null),
  },
  {
    name: 'a link survey',
    spec: '3.2',
    send: { json: { surveyId: '{linkSurvey}' } },
    expect: taken(null, '{linkSurvey}'),
  },
  {
    name: 'unknown members are ignored',
    spec: '2.2',
    send: { json: { surveyId: '{survey}', createdAt: '2020-01-01', colour: { a: 1 } } },
    expect: taken(null),
  },
  {
    name: 'a responseId is accepted and ignored',
    spec: '3.2',
    send: { json: { surveyId: '{survey}', responseId: '{unknown}' } },
    expect: taken(null),
    save: { seen: 'data.id' },
    afterwards: [
      { send: { path: '/api/v1/client/{env}/displays/{seen}/response' }, expect: ok({ responseId: null }) },
    ],
  },
  {
    name: 'every request creates a display, with an instant of the server',
    spec: '3.2',
    versions: ['v1'],
    before: [display('first', { surveyId: '{survey}', userId: '{me}' })],
    send: { json: { surveyId: '{survey}', userId: '{me}' } },
    expect: taken(anyId),
    afterwards: [
      identifyExpecting(
        '{me}',
        state({
          displays: [
            { surveyId: '{survey}', createdAt: '{now}' },
            { surveyId: '{survey}', createdAt: '{firstAt}' },
          ],
          lastDisplayAt: '{now}',
        }),
      ),
    ],
  },
];

const people: readonly Case[] = [
  {
    name: 'a new userId creates the contact',
    spec: '3.2',
    versions: ['v1'],
    covers: ['display makes contact'],
    send: { json: { surveyId: '{survey}', userId: '{me}' } },
    expect: taken(anyId),
    save: { contact: 'data.contactId' },
    afterwards: [
      identifyExpecting(
        '{me}',
        state({
          contactId: '{contact}',
          displays: [{ surveyId: '{survey}', createdAt: '{now}' }],
          lastDisplayAt: '{now}',
        }),
      ),
    ],
  },
  {
    name: 'a userId of 255 characters',
    spec: '3.2',
    versions: ['v1'],
    send: { json: { surveyId: '{survey}', userId: 'u'.repeat(255) } },
    expect: taken(anyId),
  },
  {
    name: 'a new userId creates the contact even when the survey is unknown',
    spec: '3.2',
    versions: ['v1'],
    send: { json: { surveyId: '{unknown}', userId: '{me}' } },
    expect: notFound('Survey', '{unknown}'),
    afterwards: [
      answer('response', { userId: '{me}' }),
      stored(
        'response',
        storedAnswer({ contact: { id: anyId, userId: '{me}' }, contactAttributes: { userId: '{me}' } }),
      ),
    ],
  },
  {
    name: 'a known userId',
    spec: '3.2',
    versions: ['v1'],
    before: [{ ...identify('{me}'), save: { contact: 'data.state.data.contactId' } }],
    send: { json: { surveyId: '{survey}', userId: '{me}' } },
    expect: taken('{contact}'),
  },
  {
    name: 'the same userId in another environment is another contact',
    spec: '3.2',
    versions: ['v1'],
    before: [FOREIGN_CONTACT],
    send: { json: { surveyId: '{survey}', userId: '{me}' } },
    expect: taken(anyId),
    save: { contact: 'data.contactId' },
    afterwards: [
      {
        send: { method: 'POST', path: '/api/v1/client/{other}/user', json: { userId: '{me}' } },
        expect: ok({ state: { data: state({ contactId: '{foreign}' }), expiresAt: anyText } }),
      },
    ],
  },
  {
    name: 'contactId is ignored in v1',
    spec: '3.2',
    versions: ['v1'],
    send: { json: { surveyId: '{survey}', contactId: null } },
    expect: taken(null),
  },
  {
    name: 'userId is ignored in v2',
    spec: '3.2',
    versions: ['v2'],
    send: { json: { surveyId: '{survey}', userId: null } },
    expect: taken(null),
  },
  {
    name: 'a known contactId',
    spec: '3.2',
    versions: ['v2'],
    before: [{ ...identify('{me}'), save: { contact: 'data.state.data.contactId' } }],
    send: { json: { surveyId: '{survey}', contactId: '{contact}' } },
    expect: taken('{contact}'),
    afterwards: [
      identifyExpecting(
        '{me}',
        state({ displays: [{ surveyId: '{survey}', createdAt: '{now}' }], lastDisplayAt: '{now}' }),
      ),
    ],
  },
  {
    name: 'an unknown contactId',
    spec: '3.2',
    versions: ['v2'],
    covers: ['unknown contact display'],
    send: { json: { surveyId: '{survey}', contactId: '{unknown}' } },
    expect: taken(null),
  },
  {
    name: "another environment's contactId",
    spec: '3.2',
    versions: ['v2'],
    before: [FOREIGN_CONTACT],
    send: { json: { surveyId: '{survey}', contactId: '{foreign}' } },
    expect: taken(null),
  },
];

const clientMade: readonly Case[] = [
  {
    name: 'a client-made id',
    spec: 'differences.md 1.6',
    send: { json: { id: '{clientMade}', surveyId: '{survey}' } },
    expect: ok({ id: '{clientMade}', contactId: null, surveyId: '{survey}' }),
  },
  {
    name: 'the same id again is the same display',
    spec: 'differences.md 1.6',
    before: [display('first', { id: '{clientMade}', surveyId: '{survey}' })],
    send: { json: { id: '{clientMade}', surveyId: '{survey}' } },
    expect: ok({ id: '{clientMade}', contactId: null, surveyId: '{survey}' }),
  },
  {
    name: 'the same id for another survey',
    spec: 'differences.md 1.6',
    before: [display('first', { id: '{clientMade}', surveyId: '{survey}' })],
    send: { json: { id: '{clientMade}', surveyId: '{secondSurvey}' } },
    expect: failure(409, 'conflict'),
  },
  {
    name: 'a client-made id that another environment has is ignored',
    spec: 'differences.md 1.6',
    before: [
      {
        send: {
          method: 'POST',
          path: '/api/v1/client/{other}/displays',
          json: { id: '{clientMade}', surveyId: '{otherSurvey}' },
        },
      },
    ],
    send: { json: { id: '{clientMade}', surveyId: '{survey}' } },
    expect: taken(null),
    save: { own: 'data.id' },
    afterwards: [
      { send: { path: '/api/v1/client/{env}/displays/{own}/response' }, expect: ok({ responseId: null }) },
      {
        send: { path: '/api/v1/client/{env}/displays/{clientMade}/response' },
        expect: notFound('Display', '{clientMade}'),
      },
    ],
  },
];

/** `POST displays` (client-api.md 3.2). */
export const displayTable: Table = {
  endpoint: 'POST /api/{v}/client/{env}/displays',
  headers: CLIENT_HEADERS,
  cases: [...refusals, ...successes, ...people, ...clientMade],
};
