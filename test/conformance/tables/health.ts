import type { Table } from '../case.ts';
import { anyFlag, like } from '../match.ts';
import { failure, ok } from './common.ts';

const JSON_TYPE = { 'content-type': like(/^application\/json/) };

/** Health (client-api.md 3.9). */
export const healthTables: readonly Table[] = [
  {
    endpoint: 'GET /health',
    headers: JSON_TYPE,
    cases: [
      { name: 'answers without an envelope', spec: '3.9', expect: { status: 200, body: { status: 'ok' } } },
      { name: 'HEAD', spec: '2.5', send: { method: 'HEAD' }, expect: { status: 200 } },
      {
        name: 'POST',
        spec: '2.5, differences.md 1.18',
        send: { method: 'POST' },
        expect: {
          ...failure(405, 'method_not_allowed', { details: { allowed_methods: ['GET', 'HEAD'] } }),
          headers: { allow: 'GET, HEAD' },
        },
      },
    ],
  },
  ...['GET /health/live', 'GET /health/ready'].map((endpoint) => ({
    endpoint,
    headers: JSON_TYPE,
    cases: [
      {
        name: 'answers without an envelope',
        spec: '3.9',
        expect: { status: 200, body: { status: 'ok' } },
      },
    ],
  })),
  {
    endpoint: 'GET /api/v2/health',
    headers: JSON_TYPE,
    cases: [
      {
        name: 'reports that the database answers',
        spec: '3.9',
        expect: ok({ main_database: true, cache_database: anyFlag }),
      },
    ],
  },
];
