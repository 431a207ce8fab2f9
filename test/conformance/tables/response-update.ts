import type { Case, Step, Table } from '../case.ts';
import { addLinkSurvey } from '../fixtures.ts';
import { anyObject, anyText, like } from '../match.ts';
import {
  answer,
  badRequest,
  CLIENT_HEADERS,
  closed,
  failure,
  fieldsWrong,
  notFound,
  ok,
  stored,
} from './common.ts';
import { storedAnswer } from './states.ts';

const TAKEN = ok({ id: '{response}', quotaFull: false });
const START = answer('response', {
  data: { q1: 'a', q2: 'b' },
  variables: { v: 'x', n: 1 },
  ttc: { q1: 10 },
  language: 'de',
  endingId: 'e1',
  meta: { source: 'mail' },
});
const FINISHED = answer('response', { finished: true, data: { q1: 'a' }, ttc: { q1: 10 } });
const BEFORE = {
  data: { q1: 'a', q2: 'b' },
  variables: { v: 'x', n: 1 },
  ttc: { q1: 10 },
  language: 'de-DE',
  endingId: 'e1',
};

const at = (environment: string, id: string) => ({ path: `/api/{v}/client/${environment}/responses/${id}` });

/** A change, and the stored response afterwards. */
function merged(
  name: string,
  json: Readonly<Record<string, unknown>>,
  members: Readonly<Record<string, unknown>>,
  more: Partial<Case> = {},
): Case {
  return {
    name,
    spec: '3.5',
    before: [START],
    send: { json },
    expect: TAKEN,
    afterwards: [stored('response', storedAnswer({ ...BEFORE, ...members }))],
    ...more,
  };
}

function refused(name: string, json: unknown, ...paths: readonly string[]): Case {
  return { name, spec: '3.5 row 2', before: [START], send: { json }, expect: fieldsWrong(...paths) };
}

const FOREIGN: Step = {
  send: {
    method: 'POST',
    path: '/api/v1/client/{other}/responses',
    json: { surveyId: '{otherSurvey}', finished: false, data: {} },
  },
  save: { foreign: 'data.id' },
};
const pause: Step = {
  send: {
    method: 'PUT',
    path: '/api/v1/management/surveys/{survey}',
    key: 'key',
    json: { status: 'paused' },
  },
};

const refusals: readonly Case[] = [
  {
    name: 'unknown id',
    spec: '3.5 row 1',
    before: [START],
    send: { ...at('{unknown}', '{response}'), json: {} },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'unknown id before a malformed body',
    spec: '3.5 row 1',
    send: { ...at('{unknown}', '{clientMade}'), text: '{' },
    expect: notFound('Workspace', '{unknown}'),
  },
  refused('null', null, ''),
  refused('finished null', { finished: null }, 'finished'),
  refused('language null', { language: null }, 'language'),
  refused('data null', { data: null }, 'data'),
  refused('true as an answer', { data: { q1: true } }, 'data.q1'),
  refused('null as an answer', { data: { q1: null } }, 'data.q1'),
  refused('a flag among the variables', { variables: { v: true } }, 'variables.v'),
  refused('text among the times', { ttc: { q1: 'long' } }, 'ttc.q1'),
  refused('a number for an endingId', { endingId: 7 }, 'endingId'),
  {
    name: 'schema before a malformed response',
    spec: '3.5 row 2',
    send: { ...at('{env}', 'ABC'), json: { finished: null } },
    expect: fieldsWrong('finished'),
  },
  {
    name: 'malformed response',
    spec: '3.5 row 3',
    send: { ...at('{env}', 'ABC'), json: {} },
    expect: badRequest(like(/^Validation failed: ./)),
  },
  {
    name: 'unknown response',
    spec: '3.5 row 4',
    send: { ...at('{env}', '{unknown}'), json: {} },
    expect: notFound('Response', '{unknown}'),
  },
  {
    name: "another environment's response",
    spec: '3.5 row 5',
    covers: ['update foreign'],
    before: [FOREIGN],
    send: { ...at('{env}', '{foreign}'), json: { data: { q1: 'x' } } },
    expect: notFound('Response', '{foreign}'),
  },
  {
    name: 'survey closed after the response began',
    spec: '3.5 row 7',
    alone: true,
    before: [START, pause],
    send: { json: { data: { q1: 'x' } } },
    expect: closed('{survey}'),
  },
  {
    name: 'survey with a PIN since the response began',
    spec: '3.5 row 6',
    before: [
      addLinkSurvey('pinned'),
      answer('response', { surveyId: '{pinned}' }),
      {
        send: {
          method: 'PUT',
          path: '/api/v1/management/surveys/{pinned}',
          key: 'key',
          json: { pin: '1234' },
        },
      },
    ],
    send: { json: { data: { q1: 'x' } } },
    expect: failure(403, 'forbidden', { details: { surveyId: '{pinned}' } }),
  },
  {
    name: 'survey closed before finished',
    spec: '3.5 row 7',
    alone: true,
    before: [FINISHED, pause],
    send: { json: { data: { q1: 'x' } } },
    expect: closed('{survey}'),
  },
  {
    name: 'finished already',
    spec: '3.5 row 8',
    covers: ['update finished code', 'update finished message'],
    before: [FINISHED],
    send: { json: { data: { q1: 'other' }, finished: true } },
    expect: badRequest('Response is already finished', { code: 'response_already_finished' }),
    afterwards: [
      stored('response', storedAnswer({ finished: true, data: { q1: 'a' }, ttc: { q1: 10, _total: 10 } })),
    ],
  },
  {
    name: 'an "other" answer of 251 characters in the merged response',
    spec: '3.5 row 9',
    before: [answer('response', { surveyId: '{choiceSurvey}', data: {} })],
    send: { json: { data: { q2: 'x'.repeat(251) } } },
    expect: badRequest(anyText, { questionId: 'q2' }),
  },
  {
    name: 'a broken validation rule in the merged response',
    spec: '3.5 row 9',
    before: [answer('response', { surveyId: '{emailSurvey}', data: {} })],
    send: { json: { data: { q1: 'nope' } } },
    expect: badRequest('Validation failed', { 'response.data.q1': anyText }),
  },
  {
    name: 'a file that was never uploaded',
    spec: '3.5 row 9',
    before: [answer('response', { surveyId: '{fileSurvey}', data: {} })],
    send: { json: { data: { f1: ['/storage/{env}/private/surveys/{survey}/elements/f1/a--fid--0.pdf'] } } },
    expect: badRequest(like(/^Invalid file upload response/), anyObject),
  },
];

const merges: readonly Case[] = [
  merged('{} changes nothing', {}, {}),
  merged(
    'answers key by key',
    { data: { q2: 'c', q3: ['d'] } },
    { data: { q1: 'a', q2: 'c', q3: ['d'] } },
    {
      covers: ['update merges'],
    },
  ),
  merged('variables key by key', { variables: { n: 2, w: 'y' } }, { variables: { v: 'x', n: 2, w: 'y' } }),
  merged(
    'times key by key, cut to 0 and a day',
    { ttc: { q2: -5, q3: 1e12 } },
    {
      ttc: { q1: 10, q2: 0, q3: 86_400_000 },
    },
  ),
  merged(
    'finished: with the sum of all times',
    { finished: true, ttc: { q2: 5 } },
    {
      finished: true,
      ttc: { q1: 10, q2: 5, _total: 15 },
    },
  ),
  merged('finished false stays open', { finished: false }, {}),
  merged('an ending is cleared', { endingId: null }, { endingId: null }),
  merged('a language', { language: 'EN_us' }, { language: 'en-US' }),
  merged(
    'what cannot be changed is dropped',
    {
      meta: { source: 'x' },
      displayId: '{unknown}',
      userId: '{me}',
      singleUseId: 'x',
      surveyId: '{secondSurvey}',
      pinAuthToken: null,
    },
    {},
  ),
  {
    name: 'the last change repeated after a lost reply',
    spec: 'differences.md 1.8',
    before: [FINISHED],
    send: { json: { finished: true, data: { q1: 'a' }, ttc: { q1: 10 } } },
    expect: TAKEN,
    afterwards: [
      stored('response', storedAnswer({ finished: true, data: { q1: 'a' }, ttc: { q1: 10, _total: 10 } })),
    ],
  },
];

/** `PUT responses/{responseId}` (client-api.md 3.5). */
export const responseUpdateTable: Table = {
  endpoint: 'PUT /api/{v}/client/{env}/responses/{response}',
  headers: CLIENT_HEADERS,
  cases: [...refusals, ...merges],
};
