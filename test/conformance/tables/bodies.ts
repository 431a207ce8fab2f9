import type { Case, Expected, Request, Step, Table } from '../case.ts';
import { anyId, anyText, having } from '../match.ts';
import { answer, CLIENT_HEADERS, MALFORMED, malformed, ok, TOO_LARGE } from './common.ts';

const LIMIT = 2_097_152;

interface BodyRoute {
  readonly endpoint: string;
  readonly json: unknown;
  readonly taken: Expected;
  readonly message: Readonly<Record<'v1' | 'v2', string>>;
  readonly before?: readonly Step[];
}

const SAME = { v1: MALFORMED, v2: MALFORMED };
const BY_VERSION = { v1: MALFORMED, v2: 'Invalid JSON in request body' };
const UPDATE = 'Malformed JSON in request body';

const ROUTES: readonly BodyRoute[] = [
  {
    endpoint: 'POST /api/{v}/client/{env}/displays',
    json: { surveyId: '{survey}' },
    taken: ok({ id: anyId, contactId: null, surveyId: '{survey}' }),
    message: BY_VERSION,
  },
  {
    endpoint: 'POST /api/{v}/client/{env}/responses',
    json: { surveyId: '{survey}', finished: false, data: { q1: 'x' } },
    taken: ok({ id: anyId, quotaFull: false }),
    message: BY_VERSION,
  },
  {
    endpoint: 'PUT /api/{v}/client/{env}/responses/{response}',
    json: { data: { q1: 'x' } },
    taken: ok({ id: '{response}', quotaFull: false }),
    message: { v1: UPDATE, v2: UPDATE },
    before: [answer('response', {})],
  },
  {
    endpoint: 'POST /api/{v}/client/{env}/user',
    json: { userId: '{me}' },
    taken: ok({ state: { data: having({ userId: '{me}', contactId: anyId }), expiresAt: anyText } }),
    message: SAME,
  },
  {
    endpoint: 'POST /api/{v}/client/{env}/storage',
    json: { fileName: 'a.pdf', fileType: 'application/pdf', surveyId: '{fileSurvey}', elementId: 'f1' },
    taken: ok(having({ signedUrl: anyText, fileUrl: anyText })),
    message: SAME,
  },
];

function casesOf({ json, taken, message, before = [] }: BodyRoute): readonly Case[] {
  const row = (name: string, send: Request, expect: Expected, more: Partial<Case> = {}): Case => ({
    name,
    spec: '2.3',
    before,
    send,
    expect,
    ...more,
  });
  const wrong = (name: string, text: string): readonly Case[] =>
    (['v1', 'v2'] as const).map((version) =>
      row(name, { text }, malformed(message[version]), { versions: [version] }),
    );
  return [
    row('2,097,152 bytes pass', { json, bytes: LIMIT }, taken),
    row('2,097,152 bytes in chunks pass', { json, bytes: LIMIT, chunked: true }, taken),
    row('2,097,153 bytes', { json, bytes: LIMIT + 1 }, TOO_LARGE, { covers: ['body too large'] }),
    row('2,097,153 bytes in chunks', { json, bytes: LIMIT + 1, chunked: true }, TOO_LARGE, {
      covers: ['body too large chunked'],
    }),
    row('text/plain', { json, headers: { 'content-type': 'text/plain;charset=UTF-8' } }, taken),
    row(
      'a form type around JSON',
      { json, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      taken,
    ),
    row('no content type', { json, headers: { 'content-type': '' } }, taken),
    ...wrong('half an object', '{"surveyId":'),
    ...wrong('an empty body', ''),
    ...wrong('not JSON at all', 'surveyId=1'),
    ...wrong('two values', '{} {}'),
  ];
}

/** Sizes, types and broken bodies on every route with a body (client-api.md 2.3). */
export const bodyTables: readonly Table[] = ROUTES.map((route) => ({
  endpoint: route.endpoint,
  headers: CLIENT_HEADERS,
  cases: casesOf(route),
}));
