import type { Table } from '../case.ts';
import { like } from '../match.ts';
import { answer, badRequest, CLIENT_HEADERS, display, notFound, ok } from './common.ts';

const of = (environment: string, id: string) => ({
  path: `/api/{v}/client/${environment}/displays/${id}/response`,
});
const SEEN = display('seen', { surveyId: '{survey}' });

/** `GET displays/{displayId}/response`: recovers the response of a display whose reply was lost (client-api.md 3.3). */
export const displayResponseTable: Table = {
  endpoint: 'GET /api/{v}/client/{env}/displays/{seen}/response',
  headers: CLIENT_HEADERS,
  cases: [
    { name: 'no response yet', spec: '3.3', before: [SEEN], expect: ok({ responseId: null }) },
    {
      name: 'its response',
      spec: '3.3',
      covers: ['display response'],
      before: [SEEN, answer('response', { displayId: '{seen}' })],
      expect: ok({ responseId: '{response}' }),
    },
    {
      name: 'unknown display',
      spec: '3.3',
      send: of('{env}', '{unknown}'),
      expect: notFound('Display', '{unknown}'),
    },
    {
      name: "another environment's display",
      spec: '3.3',
      before: [
        {
          send: {
            method: 'POST',
            path: '/api/v1/client/{other}/displays',
            json: { surveyId: '{otherSurvey}' },
          },
          save: { foreign: 'data.id' },
        },
      ],
      send: of('{env}', '{foreign}'),
      expect: notFound('Display', '{foreign}'),
    },
    {
      name: 'unknown id',
      spec: '3.3',
      before: [SEEN],
      send: of('{unknown}', '{seen}'),
      expect: notFound('Workspace', '{unknown}'),
    },
    {
      name: 'unknown id before a malformed display',
      spec: '3.3',
      send: of('{unknown}', 'ABC'),
      expect: notFound('Workspace', '{unknown}'),
    },
    {
      name: 'malformed display',
      spec: '3.3',
      send: of('{env}', 'ABC'),
      expect: badRequest(like(/^Validation failed: ./)),
    },
    { name: 'HEAD', spec: '2.5', before: [SEEN], send: { method: 'HEAD' }, expect: { status: 200 } },
  ],
};
