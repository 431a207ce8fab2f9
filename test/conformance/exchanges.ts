import type { Expected, Request, Step } from './case.ts';
import { addSurvey, survey } from './fixtures.ts';
import { anyId, anyObject, anyText, anything } from './match.ts';
import { answer, display, identify } from './tables/common.ts';

/** A request whose reply is validated against the public description, with its name in reports. */
export interface Exchange {
  readonly name: string;
  readonly send: Request;
  readonly expect: Expected;
}

const text = (value: string) => ({ default: value });
const FILTER = {
  id: 'f1',
  connector: null,
  resource: {
    id: 'f1',
    root: { type: 'attribute', contactAttributeKey: 'email' },
    value: '',
    qualifier: { operator: 'isSet' },
  },
};

// Members that the description lists; null in the other survey where they may be null.
const RICH = survey({
  autoClose: 20,
  delay: 3,
  displayOption: 'displaySome',
  displayLimit: 4,
  displayPercentage: 12.5,
  recontactDays: 0,
  showLanguageSwitch: true,
  welcomeCard: {
    enabled: true,
    headline: text('Hello'),
    buttonLabel: text('Start'),
    timeToFinish: false,
    showResponseCount: false,
  },
  endings: [
    {
      id: 'e1',
      type: 'endScreen',
      headline: text('Thanks'),
      subheader: text('Goodbye'),
      buttonLabel: text('Home'),
      buttonLink: 'https://shop.example/',
    },
  ],
  variables: [{ id: 'v1', name: 'count', type: 'number', value: 1 }],
  languages: [{ default: true, enabled: true, language: { code: 'en-US' } }],
  segment: { filters: [FILTER] },
});

const CLOSING: Step = {
  send: {
    method: 'PUT',
    path: '/api/v1/management/surveys/{closed}',
    key: 'key',
    json: { status: 'paused' },
  },
};

/** Requests that create what the exchanges need; they do not pass the proxy. */
export const PREPARATION: readonly Step[] = [
  addSurvey('rich', RICH),
  addSurvey('plain', survey()),
  addSurvey('closed', survey()),
  identify('{me}'),
  answer('open', { surveyId: '{plain}' }),
  answer('late', { surveyId: '{closed}' }),
  answer('finished', { surveyId: '{plain}', finished: true, data: { q1: 'a' } }),
  answer('own', { surveyId: '{plain}', id: '{clientMade}' }),
  display('seen', { surveyId: '{plain}' }),
  CLOSING,
];

const path = (name: string, environment = '{env}') => `/api/v1/client/${environment}/${name}`;
const ok = (data: unknown): Expected => ({ status: 200, body: { data } });
const failure = (status: number): Expected => ({
  status,
  body: { code: anyText, message: anyText, details: anyObject },
});
const BASE = { surveyId: '{plain}', finished: false, data: {} };
const UPDATE = 'responses/{responseId}';

function post(name: string, json: unknown, expect: Expected, environment?: string): Exchange {
  return { name, send: { method: 'POST', path: path(name, environment), json }, expect };
}

function put(id: string, json: unknown, expect: Expected): Exchange {
  return { name: UPDATE, send: { method: 'PUT', path: path(`responses/${id}`), json }, expect };
}

/** Every documented operation with every reply that a client can provoke. */
export const EXCHANGES: readonly Exchange[] = [
  { name: 'environment', send: { method: 'GET', path: path('environment') }, expect: ok(anyObject) },
  {
    name: 'environment',
    send: { method: 'GET', path: path('environment', '{unknown}') },
    expect: failure(404),
  },
  { name: 'environment', send: { method: 'GET', path: path('environment', 'ABC') }, expect: failure(400) },
  post('user', { userId: '{somebody}', attributes: { plan: 'free' } }, ok(anyObject)),
  post('user', {}, failure(400)),
  post('user', { userId: '{me}' }, failure(404), '{unknown}'),
  post('displays', { surveyId: '{plain}', userId: '{me}' }, ok(anyObject)),
  post('displays', {}, failure(400)),
  post('displays', { surveyId: '{closed}' }, failure(403)),
  post('displays', { surveyId: '{unknown}' }, failure(404)),
  post(
    'responses',
    { ...BASE, userId: null, language: 'fr', displayId: '{seen}', meta: { source: 'mail' } },
    ok({ id: anyId, quotaFull: false }),
  ),
  post('responses', { ...BASE, data: { q1: true } }, failure(400)),
  post('responses', { ...BASE, surveyId: '{closed}' }, failure(403)),
  post('responses', { ...BASE, surveyId: '{unknown}' }, failure(404)),
  post('responses', { ...BASE, surveyId: '{rich}', id: '{clientMade}' }, failure(409)),
  put('{open}', { data: { q1: 'a' } }, ok(anything)),
  put('{unknown}', {}, failure(404)),
  put('{finished}', { data: { q1: 'b' } }, failure(400)),
  put('{late}', {}, failure(403)),
  {
    name: 'contacts/{userId}/attributes',
    send: {
      method: 'PUT',
      path: path('contacts/{me}/attributes'),
      json: { attributes: { firstName: 'Ada' } },
    },
    expect: ok(anyObject),
  },
  post(
    'storage',
    { fileName: 'a.pdf', fileType: 'application/pdf', surveyId: '{fileSurvey}' },
    ok(anyObject),
  ),
  {
    name: 'health',
    send: { method: 'GET', path: '/health' },
    expect: { status: 200, body: { status: 'ok' } },
  },
];
