import type { Case, Expected, Table } from '../case.ts';
import { absent, like } from '../match.ts';
import { CLIENT_HEADERS, failure, NO_SUCH_PATH, ok } from './common.ts';

const ROUTES = [
  ['environment', 'GET, HEAD'],
  ['user', 'POST'],
  ['displays', 'POST'],
  ['displays/{clientMade}/response', 'GET, HEAD'],
  ['responses', 'POST'],
  ['responses/{clientMade}', 'PUT'],
  ['storage', 'POST'],
] as const;

// Every header that one of the original's two lists allows, and those that clients send in debug mode.
const ALLOWED = [
  'X-CSRF-Token',
  'X-Requested-With',
  'Accept',
  'Accept-Version',
  'Content-Length',
  'Content-MD5',
  'Content-Type',
  'Date',
  'X-Api-Version',
  'Cache-Control',
  'Authorization',
];
const naming = (...words: readonly string[]) =>
  like(new RegExp(words.map((word) => `(?=.*(^|, ?)${word}(,|$))`).join(''), 'i'));

const BRIEF = 'public, s-maxage=3600, max-age=3600';
const preflight = (cacheControl: string): Expected => ({
  ...ok({}),
  headers: {
    'access-control-allow-methods': naming('GET', 'OPTIONS', 'PATCH', 'DELETE', 'POST', 'PUT'),
    'access-control-allow-headers': naming(...ALLOWED),
    'access-control-max-age': '7200',
    'cache-control': cacheControl,
  },
});

function optionsCases(): readonly Case[] {
  const each = ROUTES.map(
    ([route]): Case => ({
      name: `preflight of ${route.replace('clientMade', 'any')}`,
      spec: '2.4',
      covers: ['preflight status', 'preflight content type', 'preflight cache control'],
      send: { path: `/api/{v}/client/{env}/${route}` },
      expect: preflight(route.includes('/') ? 'private, no-store' : BRIEF),
    }),
  );
  return [
    ...each,
    {
      name: 'preflight with any id',
      spec: '2.4',
      send: { path: '/api/{v}/client/ABC!/responses' },
      expect: preflight(BRIEF),
    },
    {
      name: 'preflight as a browser sends it',
      spec: '2.4',
      send: {
        path: '/api/{v}/client/{env}/user',
        headers: {
          origin: 'https://shop.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,cache-control',
        },
      },
      expect: preflight(BRIEF),
    },
  ];
}

function wrongMethod(route: string, method: string, allow: string): Case {
  return {
    name: `${method} ${route.replace('clientMade', 'any')}`,
    spec: '2.5, differences.md 1.18',
    covers: route === 'environment' && method === 'POST' ? ['environment method'] : [],
    send: { method, path: `/api/{v}/client/{env}/${route}`, ...(method === 'POST' ? { json: {} } : {}) },
    expect: {
      ...failure(405, 'method_not_allowed', { details: { allowed_methods: allow.split(', ') } }),
      headers: { allow },
    },
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const errors: readonly Case[] = [
  ...ROUTES.flatMap(([route, allow]) =>
    METHODS.filter((method) => !allow.includes(method)).map((method) => wrongMethod(route, method, allow)),
  ),
  {
    name: 'unknown path below an environment',
    spec: '2.5, differences.md 1.18',
    send: { path: '/api/{v}/client/{env}/nothing' },
    expect: NO_SUCH_PATH,
  },
  {
    name: 'unknown path below the client API',
    spec: '2.5, differences.md 1.18',
    send: { path: '/api/{v}/client/' },
    expect: NO_SUCH_PATH,
  },
  {
    name: 'longer path than any route has',
    spec: '2.5, differences.md 1.18',
    send: { path: '/api/{v}/client/{env}/environment/more' },
    expect: NO_SUCH_PATH,
  },
];

/** Methods, preflights and unknown paths (client-api.md 2.4 and 2.5). */
export const methodTables: readonly Table[] = [
  { endpoint: 'OPTIONS /api/{v}/client/{env}/…', headers: CLIENT_HEADERS, cases: optionsCases() },
  { endpoint: 'ANY /api/{v}/client/{env}/…', headers: CLIENT_HEADERS, cases: errors.map(withMethod) },
  {
    endpoint: 'GET /api/nothing',
    headers: { 'content-type': like(/^application\/json/) },
    cases: [
      { name: 'unknown path', spec: '2.5, differences.md 1.18', expect: NO_SUCH_PATH },
      {
        name: 'management has no CORS headers: pages of other origins cannot read it',
        spec: '2.4, differences.md 1.12',
        send: { path: '/api/v1/management/me' },
        expect: {
          ...failure(401, 'not_authenticated', {
            message: 'Not authenticated',
            details: { 'x-Api-Key': 'Header not provided or API Key invalid' },
          }),
          headers: { 'access-control-allow-origin': absent },
        },
      },
    ],
  },
];

function withMethod(row: Case): Case {
  return { ...row, send: { method: 'GET', ...row.send } };
}
