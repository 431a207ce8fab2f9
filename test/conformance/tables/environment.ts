import type { Case, Expected, Step, Table } from '../case.ts';
import { addLinkSurvey, addSurvey, survey } from '../fixtures.ts';
import { absent, anyFlag, anyId, anyList, anyText, having, instant, like, without } from '../match.ts';
import { badRequest, CLIENT_HEADERS, notFound } from './common.ts';

const CACHING = 'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60';
const SLOT_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

// The end of the slot of five minutes, and an hour: the same for all requests in the slot.
const EXPIRY = instant(
  'the end of the slot and 60 min',
  (now) => (Math.floor(now / SLOT_MS) + 1) * SLOT_MS + HOUR_MS,
);

const SETTINGS = {
  id: '{env}',
  recontactDays: 7,
  clickOutsideClose: true,
  overlay: 'none',
  darkOverlay: false,
  placement: 'bottomRight',
  inAppSurveyBranding: true,
  styling: having({ allowStyleOverwrite: anyFlag }),
};

const SURVEY = {
  id: '{survey}',
  name: anyText,
  type: 'app',
  status: 'inProgress',
  welcomeCard: having({ enabled: false }),
  questions: anyList,
  blocks: [
    {
      id: 'block1',
      name: anyText,
      elements: [having({ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false })],
    },
  ],
  endings: anyList,
  variables: [],
  languages: [],
  showLanguageSwitch: null,
  autoClose: null,
  styling: null,
  recaptcha: having({ enabled: false }),
  segment: {
    id: anyId,
    title: anyText,
    description: null,
    isPrivate: true,
    filters: [],
    environmentId: '{env}',
    workspaceId: '{env}',
    createdAt: '1970-01-01T00:00:00.000Z',
    updatedAt: '1970-01-01T00:00:00.000Z',
    surveys: [],
    hasFilters: false,
  },
  recontactDays: null,
  displayLimit: null,
  displayOption: 'displayOnce',
  hiddenFields: having({ enabled: false }),
  isBackButtonHidden: false,
  isAutoProgressingEnabled: false,
  triggers: [{ actionClass: { name: 'Clicked' } }],
  displayPercentage: null,
  delay: 0,
  workspaceOverwrites: null,
  projectOverwrites: null,
};

const ACTION = { id: '{action}', type: 'code', name: 'Clicked', key: 'clicked', noCodeConfig: null };

function environment(
  members: { readonly surveys?: unknown; readonly actionClasses?: unknown } = {},
): Expected {
  const { surveys = anyList, actionClasses = anyList } = members;
  return {
    status: 200,
    body: {
      data: {
        data: { surveys, actionClasses, workspace: SETTINGS, project: SETTINGS, inkling: 1 },
        expiresAt: EXPIRY,
      },
    },
    headers: { 'cache-control': CACHING, etag: like(/^"[^"]+"$/), vary: like(/(^|, ?)Accept-Encoding/i) },
  };
}

const get = (headers: Readonly<Record<string, string>> = {}): Step => ({
  send: { path: '/api/{v}/client/{env}/environment', headers },
});

const language = (code: string, more: Readonly<Record<string, unknown>> = {}) => ({
  default: false,
  enabled: true,
  language: { code },
  ...more,
});
const wireLanguage = (code: string, flags: Readonly<Record<string, unknown>> = {}) => ({
  default: false,
  enabled: true,
  ...flags,
  language: {
    id: anyId,
    code,
    alias: null,
    createdAt: anyText,
    updatedAt: anyText,
    workspaceId: '{env}',
    projectId: '{env}',
  },
});

function withLanguages(name: string, sent: readonly unknown[], expected: unknown): Case {
  return {
    name,
    spec: '3.1',
    alone: true,
    before: [addSurvey('tongues', survey({ languages: sent }))],
    expect: environment({ surveys: [having({ id: '{tongues}', languages: expected })] }),
  };
}

const interaction = (operator: string, surveyIds: readonly string[]) => [
  {
    id: 'i1',
    connector: null,
    resource: {
      id: 'i1',
      root: { type: 'surveyInteraction' },
      value: {
        surveyScope: surveyIds.length > 0 ? 'specific' : 'any',
        surveyIds,
        within: { amount: 7, unit: 'days' },
      },
      qualifier: { operator },
    },
  },
];

function refreshCase(
  operator: string,
  surveyIds: readonly string[],
  flags: readonly [string, unknown][],
): Case {
  return {
    name: `interactionRefresh for ${operator} of ${surveyIds.length > 0 ? 'one survey' : 'any survey'}`,
    spec: '3.1',
    alone: true,
    before: [
      addSurvey('first', survey()),
      addSurvey('asking', survey({ segment: { filters: interaction(operator, surveyIds) } })),
    ],
    expect: environment({
      surveys: flags.toReversed().map(([id, interactionRefresh]) => having({ id, interactionRefresh })),
    }),
  };
}

const refresh = (...names: readonly string[]) => ({
  onDisplay: names.includes('onDisplay'),
  onResponse: names.includes('onResponse'),
  onFinished: names.includes('onFinished'),
});
const NOTHING = refresh();

const cases: readonly Case[] = [
  {
    name: 'unknown id',
    spec: '3.1',
    covers: ['environment unknown', 'environment errors readable'],
    send: { path: '/api/{v}/client/{unknown}/environment' },
    expect: notFound('Workspace', '{unknown}'),
  },
  ...['ABC!', 'ABC', 'with-hyphen', 'with_underscore', '%C3%A9'].map(
    (id): Case => ({
      name: `id ${id}`,
      spec: '2.1, 3.1',
      covers: ['environment malformed', 'environment errors readable'],
      send: { path: `/api/{v}/client/${id}/environment` },
      expect: badRequest('Invalid ID format'),
    }),
  ),
  {
    name: 'id of 500 letters',
    spec: '2.1',
    send: { path: `/api/{v}/client/${'a'.repeat(500)}/environment` },
    expect: notFound('Workspace', 'a'.repeat(500)),
  },
  {
    name: 'id of one letter',
    spec: '2.1',
    send: { path: '/api/{v}/client/a/environment' },
    expect: notFound('Workspace', 'a'),
  },
  {
    name: 'id between spaces',
    spec: '2.1',
    send: { path: '/api/{v}/client/%20{env}%20/environment' },
    expect: environment(),
  },
  {
    name: 'an empty environment',
    spec: '3.1',
    alone: true,
    covers: ['environment workspace', 'environment project', 'environment expiry', 'environment caching'],
    expect: environment({ surveys: [], actionClasses: [] }),
  },
  {
    name: 'one survey, one action',
    spec: '3.1, 7',
    alone: true,
    covers: ['environment surveys', 'environment action classes'],
    before: [addSurvey('survey', survey())],
    expect: environment({ surveys: [SURVEY], actionClasses: [ACTION] }),
  },
  {
    name: 'HEAD',
    spec: '2.5',
    covers: ['environment head'],
    send: { method: 'HEAD' },
    expect: { status: 200, headers: { 'cache-control': CACHING } },
  },
  {
    name: 'HEAD of an unknown id',
    spec: '2.5',
    send: { method: 'HEAD', path: '/api/{v}/client/{unknown}/environment' },
    expect: { status: 404 },
  },
  {
    name: 'draft, paused, completed and link surveys are left out',
    spec: '3.1',
    alone: true,
    before: [
      addSurvey('survey', survey()),
      addSurvey('draft', survey({ status: 'draft' })),
      addSurvey('paused', survey({ status: 'paused' })),
      addSurvey('completed', survey({ status: 'completed' })),
      addLinkSurvey('link'),
    ],
    expect: environment({ surveys: [having({ id: '{survey}' })] }),
  },
  {
    name: 'newest first',
    spec: '3.1',
    alone: true,
    before: [addSurvey('first', survey()), addSurvey('second', survey()), addSurvey('third', survey())],
    expect: environment({
      surveys: [having({ id: '{third}' }), having({ id: '{second}' }), having({ id: '{first}' })],
    }),
  },
  {
    name: 'the newest 30 of 31',
    spec: '3.1, differences.md 1.20',
    alone: true,
    versions: ['v1'],
    before: Array.from({ length: 31 }, (_, index) => addSurvey(`s${index}`, survey())),
    expect: environment({
      surveys: Array.from({ length: 30 }, (_, index) => having({ id: `{s${30 - index}}` })),
    }),
  },
  {
    name: 'all action classes, used or not',
    spec: '3.1',
    alone: true,
    before: [
      {
        send: {
          method: 'POST',
          path: '/api/v1/management/action-classes',
          key: 'key',
          json: {
            name: 'Price seen',
            type: 'noCode',
            noCodeConfig: { type: 'pageView', urlFilters: [{ value: '/price', rule: 'startsWith' }] },
          },
        },
        save: { seen: 'data.id' },
      },
    ],
    expect: environment({
      actionClasses: [
        {
          id: '{seen}',
          type: 'noCode',
          name: 'Price seen',
          key: null,
          noCodeConfig: having({ type: 'pageView', urlFilters: [{ value: '/price', rule: 'startsWith' }] }),
        },
      ],
    }),
  },
  {
    name: 'filters are never sent',
    spec: '3.1',
    alone: true,
    before: [
      addSurvey(
        'targeted',
        survey({
          segment: {
            filters: [
              {
                id: 'f1',
                connector: null,
                resource: {
                  id: 'f1',
                  root: { type: 'attribute', contactAttributeKey: 'plan' },
                  value: 'top-secret',
                  qualifier: { operator: 'equals' },
                },
              },
            ],
          },
        }),
      ),
    ],
    expect: environment({
      surveys: [
        having({
          segment: {
            ...SURVEY.segment,
            id: '{targetedSegment}',
            hasFilters: true,
            filters: [having({ resource: having({ root: having({ type: 'device' }) }) })],
          },
        }),
      ],
    }),
  },
  {
    name: 'the real name of a survey is never sent',
    spec: '3.1, differences.md 1.21',
    alone: true,
    before: [addSurvey('survey', survey({ name: 'Churn risk list' }))],
    expect: environment({ surveys: [having({ name: like(/^(?!.*Churn)/) })] }),
  },
  {
    name: 'a percentage of 0 is sent',
    spec: '3.1, differences.md 2.3',
    alone: true,
    before: [addSurvey('survey', survey({ displayPercentage: 0 }))],
    expect: environment({ surveys: [having({ displayPercentage: 0 })] }),
  },
  {
    name: 'fields that are set are sent unchanged',
    spec: '3.1, 7',
    alone: true,
    before: [
      addSurvey(
        'survey',
        survey({
          autoClose: 20,
          delay: 3,
          displayOption: 'displaySome',
          displayLimit: 4,
          displayPercentage: 12.5,
          recontactDays: 0,
          workspaceOverwrites: { placement: 'center', overlay: 'dark', clickOutsideClose: false },
        }),
      ),
    ],
    expect: environment({
      surveys: [
        having({
          autoClose: 20,
          delay: 3,
          displayOption: 'displaySome',
          displayLimit: 4,
          displayPercentage: 12.5,
          recontactDays: 0,
          workspaceOverwrites: having({
            placement: 'center',
            overlay: 'dark',
            darkOverlay: true,
            clickOutsideClose: false,
          }),
          projectOverwrites: having({
            placement: 'center',
            overlay: 'dark',
            darkOverlay: true,
            clickOutsideClose: false,
          }),
        }),
      ],
    }),
  },
  {
    name: 'a dark overlay in both forms',
    spec: '7',
    alone: true,
    before: [
      {
        send: {
          method: 'PUT',
          path: '/api/v1/management/environment',
          key: 'key',
          json: { overlay: 'dark', recontactDays: 3 },
        },
      },
    ],
    expect: {
      status: 200,
      body: {
        data: {
          data: {
            surveys: [],
            actionClasses: [],
            workspace: { ...SETTINGS, overlay: 'dark', darkOverlay: true, recontactDays: 3 },
            project: { ...SETTINGS, overlay: 'dark', darkOverlay: true, recontactDays: 3 },
            inkling: 1,
          },
          expiresAt: EXPIRY,
        },
      },
      headers: { 'cache-control': CACHING },
    },
  },
  {
    name: 'a change is sent at once',
    spec: '2.5, differences.md 1.13',
    alone: true,
    before: [
      addSurvey('survey', survey()),
      get(),
      {
        send: {
          method: 'PUT',
          path: '/api/v1/management/surveys/{survey}',
          key: 'key',
          json: { status: 'paused' },
        },
      },
    ],
    expect: environment({ surveys: [] }),
  },
  withLanguages(
    'one language stays alone',
    [language('de-DE', { default: true })],
    [wireLanguage('de-DE', { default: true })],
  ),
  withLanguages(
    'two languages are repeated under their short codes',
    [language('en-US', { default: true }), language('de-DE')],
    [
      wireLanguage('en-US', { default: true }),
      wireLanguage('de-DE'),
      wireLanguage('en', { default: anyFlag }),
      wireLanguage('de'),
    ],
  ),
  withLanguages(
    'a short code that is used already is not repeated',
    [language('de', { default: true }), language('de-DE')],
    [wireLanguage('de', { default: true }), wireLanguage('de-DE')],
  ),
  withLanguages(
    'a language with a script has two short codes',
    [language('en-US', { default: true }), language('zh-Hant-TW')],
    [
      wireLanguage('en-US', { default: true }),
      wireLanguage('zh-Hant-TW'),
      wireLanguage('en', { default: anyFlag }),
      wireLanguage('zh-Hant'),
      wireLanguage('zh-TW'),
    ],
  ),
  refreshCase(
    'haveSeen',
    ['{first}'],
    [
      ['{first}', refresh('onDisplay')],
      ['{asking}', NOTHING],
    ],
  ),
  refreshCase(
    'haveNotSeen',
    ['{first}'],
    [
      ['{first}', refresh('onDisplay')],
      ['{asking}', NOTHING],
    ],
  ),
  refreshCase(
    'haveStartedRespondingTo',
    ['{first}'],
    [
      ['{first}', refresh('onResponse')],
      ['{asking}', NOTHING],
    ],
  ),
  refreshCase(
    'haveCompleted',
    ['{first}'],
    [
      ['{first}', refresh('onFinished')],
      ['{asking}', NOTHING],
    ],
  ),
  refreshCase(
    'haveNotCompleted',
    [],
    [
      ['{first}', refresh('onFinished')],
      ['{asking}', refresh('onFinished')],
    ],
  ),
  {
    name: 'interactionRefresh is absent when no segment refers to interactions',
    spec: '3.1',
    alone: true,
    before: [addSurvey('survey', survey())],
    expect: environment({ surveys: [having({ interactionRefresh: absent })] }),
  },
  {
    name: 'its ETag gets 304',
    spec: 'differences.md 1.13',
    alone: true,
    before: [{ ...get(), keep: { tag: 'etag' } }],
    send: { headers: { 'if-none-match': '{tag}' } },
    expect: {
      status: 304,
      headers: {
        'cache-control': CACHING,
        etag: '{tag}',
        vary: like(/(^|, ?)Accept-Encoding/i),
        'content-type': absent,
      },
    },
  },
  {
    name: 'another ETag gets the whole body',
    spec: 'differences.md 1.13',
    send: { headers: { 'if-none-match': '"old"' } },
    expect: environment(),
  },
  ...(['br', 'gzip'] as const).map(
    (encoding): Case => ({
      name: `compressed with ${encoding}`,
      spec: 'differences.md 1.13',
      send: { headers: { 'accept-encoding': encoding } },
      expect: {
        ...environment(),
        headers: { ...environment().headers, 'content-encoding': encoding, etag: like(/^"[^"]+"$/) },
      },
    }),
  ),
  {
    name: 'nothing of another environment',
    spec: '3.1',
    alone: true,
    before: [addSurvey('survey', survey())],
    send: { path: '/api/{v}/client/{other}/environment' },
    expect: {
      status: 200,
      body: {
        data: {
          data: {
            surveys: without(having({ id: '{survey}' })),
            actionClasses: [],
            workspace: { ...SETTINGS, id: '{other}' },
            project: { ...SETTINGS, id: '{other}' },
            inkling: 1,
          },
          expiresAt: EXPIRY,
        },
      },
      headers: { 'cache-control': CACHING },
    },
  },
];

/** `GET environment` (client-api.md 3.1 and 7). */
export const environmentTable: Table = {
  endpoint: 'GET /api/{v}/client/{env}/environment',
  headers: CLIENT_HEADERS,
  cases,
};
