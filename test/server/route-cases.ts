import type { ParamKind } from '../../server/http/routes.ts';
import { newId } from '../../server/repo/new-id.ts';

/** Whose an id is, seen from the environment that a request is made in. */
export const OWNERSHIPS = ['own', 'foreign', 'random', 'malformed'] as const;
/** One of them. */
export type Ownership = (typeof OWNERSHIPS)[number];

/** What a template of a request asks for. */
export interface Places {
  /** An id that is varied; `place` is its path in the body, or `?name` in the query. */
  id(place: string, kind: ParamKind): string;
  /** A text that no other request carries. */
  text(): string;
}

/** What a route is sent, and how it answers ids that are not one's own. */
export interface RouteCase {
  /** One template per way of naming what the route is about. */
  readonly requests: readonly {
    readonly query?: (places: Places) => Readonly<Record<string, string>>;
    readonly body?: (places: Places) => Readonly<Record<string, unknown>>;
  }[];
  /** The place that says which environment is meant, where the path has none: what stands there is one's own. */
  readonly environmentOf?: string;
  /** Whatever the body is, it is not read (`never`), or nothing at all is fine too (`optional`). */
  readonly readsBody?: 'never' | 'optional';
  /** Statuses of a place that differ from `USUAL`. */
  readonly statuses?: Readonly<Record<string, Readonly<Partial<Record<Ownership, number>>>>>;
}

type Statuses = Readonly<Record<Ownership, number>>;

/** How an id of a path is answered (client-api.md 2.1 and 3, management-api.md 1.3, differences.md 1.14). */
export const USUAL: Statuses = { own: 200, foreign: 404, random: 404, malformed: 400 };
/** An environment of a client route: whatever it is, it is the caller's own; most routes don't look at its format. */
export const USUAL_ENVIRONMENT: Statuses = { own: 200, foreign: 200, random: 404, malformed: 404 };
/** An environment that a management body names: too little permission, or nothing of this name. */
export const NAMED_ENVIRONMENT: Statuses = { own: 200, foreign: 401, random: 404, malformed: 404 };

const NO_BODY: RouteCase = { requests: [{}] };
const LISTED: RouteCase = { requests: [{}, { query: () => ({ limit: '5', skip: '0' }) }] };
const CHECKED_ENVIRONMENT = { environmentId: { malformed: 400 } };
/** An unknown person is nobody or a new one, never an error. */
const ANYBODY = { foreign: 200, random: 200 };
const UNKNOWN_DISPLAY = { foreign: 400, random: 400 };

const display = (places: Places) => ({ surveyId: places.id('surveyId', 'survey') });
const response = (places: Places) => ({
  ...display(places),
  finished: false,
  data: { q1: places.text(), note: [places.text()] },
});

const displayCase = (person: 'userId' | 'contactId', kind: ParamKind): RouteCase => ({
  requests: [
    {
      body: (places) => ({
        ...display(places),
        [person]: places.id(person, kind),
        responseId: places.id('responseId', 'response'),
      }),
    },
    { body: (places) => ({ ...display(places), id: places.id('id', 'display') }) },
  ],
  statuses: { [person]: ANYBODY, responseId: ANYBODY, id: ANYBODY },
});

const responseCase = (person: 'userId' | 'contactId', kind: ParamKind): RouteCase => ({
  requests: [
    {
      body: (places) => ({
        ...response(places),
        [person]: places.id(person, kind),
        displayId: places.id('displayId', 'display'),
        singleUseId: places.text(),
        variables: { score: 1, label: places.text() },
        ttc: { q1: 1200 },
        language: 'de',
        endingId: null,
        meta: { source: places.text(), url: 'https://example.com/', action: places.text() },
      }),
    },
    { body: (places) => ({ ...response(places), id: places.id('id', 'response'), seq: 1 }) },
  ],
  statuses: { [person]: ANYBODY, displayId: UNKNOWN_DISPLAY, id: ANYBODY },
});

const updateCase: RouteCase = {
  requests: [{ body: ({ text }) => ({ finished: false, data: { q1: text() }, ttc: { q1: 3 } }) }],
};

const userCase: RouteCase = {
  requests: [
    {
      body: ({ id, text }) => ({
        userId: id('userId', 'user'),
        attributes: { firstName: text(), score: 3, member: true },
      }),
    },
  ],
  statuses: { ...CHECKED_ENVIRONMENT, userId: ANYBODY },
};

const attributes = ({ text }: Places) => ({ attributes: { firstName: text(), score: 3 } });

const personCase = (places?: (places: Places) => Readonly<Record<string, unknown>>): RouteCase => ({
  requests: [places ? { body: places } : {}],
  statuses: { userId: ANYBODY },
});

const actionClass = ({ text }: Places) => ({ name: text(), type: 'code', key: text() });

/** Names are unique within an environment; what others use is free. */
const namedActionClass = ({ id, text }: Places) => ({ name: id('name', 'text'), type: 'code', key: text() });
const keyedActionClass = ({ id, text }: Places) => ({ name: text(), type: 'code', key: id('key', 'text') });
const NOBODYS_NAME = { foreign: 200, random: 200, malformed: 200 };
const TAKEN_NAME = { own: 409, ...NOBODYS_NAME };
const NAMES = { name: TAKEN_NAME, key: TAKEN_NAME };

const survey = ({ id, text }: Places) => ({
  name: text(),
  type: 'app',
  status: 'inProgress',
  triggers: [{ actionClass: { id: id('triggers.0.actionClass.id', 'action-class') } }],
  blocks: [
    {
      id: 'b1',
      elements: [{ id: 'q1', type: 'openText', headline: { default: text() }, required: false }],
    },
  ],
});

const segment = ({ id }: Places) => ({
  segment: { id: id('segment.id', 'segment'), isPrivate: false, filters: [] },
});

const UNKNOWN_TRIGGER = {
  'triggers.0.actionClass.id': { foreign: 400, random: 400, malformed: 400 },
};

/** Any text may be asked for: what can't be an id is simply unknown. */
const MALFORMED_IS_UNKNOWN = { id: { malformed: 404 } };

const MANAGEMENT = '/api/v1/management';
const PRIVATE_FILE = '/storage/:environmentId/private/surveys/:surveyId/elements/:elementId/:file';
const PUBLIC_FILE = '/storage/:environmentId/public/:file';

/** Every route of the server; one that is missing here fails the tests. */
export const ROUTE_CASES: Readonly<Record<string, RouteCase>> = {
  'GET /health': NO_BODY,
  'GET /health/live': NO_BODY,
  'GET /health/ready': NO_BODY,
  'GET /openapi.json': NO_BODY,
  'GET /docs/api': NO_BODY,
  'GET /docs/api.css': NO_BODY,
  'GET /api/v2/health': NO_BODY,

  ...both('GET', '/environment', { ...NO_BODY, statuses: CHECKED_ENVIRONMENT }),
  ...both('POST', '/user', userCase),
  'POST /api/v1/client/:environmentId/displays': displayCase('userId', 'user'),
  'POST /api/v2/client/:environmentId/displays': displayCase('contactId', 'contact'),
  ...both('GET', '/displays/:displayId/response', NO_BODY),
  'POST /api/v1/client/:environmentId/responses': responseCase('userId', 'user'),
  'POST /api/v2/client/:environmentId/responses': responseCase('contactId', 'contact'),
  ...both('PUT', '/responses/:responseId', updateCase),
  ...both('POST', '/storage', {
    requests: [
      {
        body: ({ id, text }) => ({
          fileName: `${text()}.png`,
          fileType: 'image/png',
          surveyId: id('surveyId', 'survey'),
          elementId: id('elementId', 'element'),
        }),
      },
    ],
    statuses: { elementId: { foreign: 400, random: 400 } },
  }),
  // Nobody is let in without a signature; upload-handler.test.ts knows whose signature opens what.
  ...both('POST', '/storage/local', {
    requests: [
      {
        body: ({ text }) => ({
          fileName: `${text()}.png`,
          fileType: 'image/png',
          surveyId: text(),
          signature: text(),
          timestamp: 1,
          uuid: text(),
          fileBase64String: '',
        }),
      },
    ],
    statuses: { environmentId: { own: 401 } },
  }),
  [`GET ${PRIVATE_FILE}`]: NO_BODY,
  [`DELETE ${PRIVATE_FILE}`]: NO_BODY,
  // The file of the environment is a private one: here it is as unknown as any.
  [`GET ${PUBLIC_FILE}`]: { ...NO_BODY, statuses: { file: { own: 404 } } },
  [`DELETE ${PUBLIC_FILE}`]: { ...NO_BODY, statuses: { file: { own: 404 } } },

  ...both('GET', '/app/environment', { ...NO_BODY, statuses: CHECKED_ENVIRONMENT }),
  ...both('GET', '/website/environment', { ...NO_BODY, statuses: CHECKED_ENVIRONMENT }),
  ...both('GET', '/identify/contacts/:userId', personCase()),
  ...both('GET', '/identify/people/:userId', personCase()),
  ...both('GET', '/app/people/:userId', personCase()),
  ...both('PUT', '/contacts/:userId/attributes', { requests: [{ body: attributes }] }),
  ...both('PUT', '/people/:userId/attributes', { requests: [{ body: attributes }] }),
  ...both('POST', '/update/contacts/:userId', {
    ...personCase((places) => ({ ...attributes(places), language: 'de' })),
    readsBody: 'optional',
  }),
  ...both(
    'POST',
    '/people',
    personCase(({ id }) => ({ userId: id('userId', 'user') })),
  ),
  ...both('POST', '/people/:userId', personCase(attributes)),
  ...both(
    'POST',
    '/actions',
    personCase(({ text }) => ({ name: text(), userId: text() })),
  ),
  ...both('PUT', '/displays/:displayId', {
    requests: [
      { body: ({ id }) => ({ responseId: id('responseId', 'response') }) },
      { body: ({ id }) => ({ userId: id('userId', 'user') }) },
    ],
    statuses: {
      displayId: { malformed: 404 },
      // The display has a person already, and the response a display.
      responseId: { own: 400 },
      userId: { foreign: 400, random: 400 },
    },
  }),
  'POST /api/v1/client/displays': {
    requests: [{ body: (places) => ({ ...display(places), personId: places.id('personId', 'contact') }) }],
    environmentOf: 'surveyId',
    statuses: { personId: { ...ANYBODY, malformed: 200 } },
  },
  'POST /api/v1/client/displays/:displayId/responded': {
    requests: [{ body: () => ({}) }],
    readsBody: 'never',
    environmentOf: 'displayId',
    statuses: { displayId: { malformed: 404 } },
  },
  'POST /api/v1/client/responses': {
    requests: [{ body: (places) => ({ ...response(places), personId: places.id('personId', 'contact') }) }],
    environmentOf: 'surveyId',
    statuses: { personId: { ...ANYBODY, malformed: 200 } },
  },
  'PUT /api/v1/client/responses/:responseId': {
    ...updateCase,
    environmentOf: 'responseId',
    statuses: { responseId: { malformed: 404 } },
  },

  [`GET ${MANAGEMENT}/me`]: NO_BODY,
  [`GET ${MANAGEMENT}/environment`]: {
    requests: [
      { query: ({ id }) => ({ environmentId: id('?environmentId', 'environment') }) },
      { query: ({ id }) => ({ workspaceId: id('?workspaceId', 'environment') }) },
    ],
  },
  [`PUT ${MANAGEMENT}/environment`]: {
    requests: [
      {
        body: ({ id, text }) => ({
          environmentId: id('environmentId', 'environment'),
          recontactDays: 7,
          overlay: 'none',
          styling: { note: text() },
        }),
      },
      { body: ({ id }) => ({ workspaceId: id('workspaceId', 'environment') }) },
    ],
  },

  [`GET ${MANAGEMENT}/environment/identity-secret`]: {
    requests: [
      { query: ({ id }) => ({ environmentId: id('?environmentId', 'environment') }) },
      { query: ({ id }) => ({ workspaceId: id('?workspaceId', 'environment') }) },
    ],
  },
  [`POST ${MANAGEMENT}/environment/identity-secret`]: {
    requests: inEitherName(() => ({ endsNow: false })),
  },

  [`GET ${MANAGEMENT}/action-classes`]: { requests: [{ query: () => ({ limit: '5', skip: '0' }) }] },
  [`POST ${MANAGEMENT}/action-classes`]: {
    requests: [
      ...['environmentId', 'workspaceId'].map((name) => ({
        body: (places: Places) => ({ [name]: places.id(name, 'environment'), ...actionClass(places) }),
      })),
      { body: namedActionClass },
      { body: keyedActionClass },
    ],
    statuses: NAMES,
  },
  [`GET ${MANAGEMENT}/action-classes/:id`]: NO_BODY,
  [`PUT ${MANAGEMENT}/action-classes/:id`]: {
    requests: [{ body: actionClass }, { body: namedActionClass }, { body: keyedActionClass }],
    statuses: NAMES,
  },
  [`DELETE ${MANAGEMENT}/action-classes/:id`]: NO_BODY,

  [`GET ${MANAGEMENT}/contact-attribute-keys`]: LISTED,
  [`POST ${MANAGEMENT}/contact-attribute-keys`]: {
    requests: inEitherName(({ text }) => ({
      key: `key_${newId()}`,
      type: 'custom',
      name: text(),
      description: text(),
    })),
  },
  ...attributeKey('contact-attribute-keys', ({ text }) => ({ name: text(), description: text() })),
  [`GET ${MANAGEMENT}/attribute-classes`]: LISTED,
  [`POST ${MANAGEMENT}/attribute-classes`]: {
    requests: [
      { body: ({ text }) => ({ name: text(), type: 'code', description: text() }) },
      ...inEitherName(() => ({ key: `key_${newId()}`, type: 'custom' })),
    ],
  },
  ...attributeKey('attribute-classes', ({ text }) => ({ name: text(), description: text() })),
  [`GET ${MANAGEMENT}/contact-attributes`]: LISTED,
  [`GET ${MANAGEMENT}/contacts`]: LISTED,
  [`GET ${MANAGEMENT}/contacts/:id`]: NO_BODY,
  [`GET ${MANAGEMENT}/contacts/:id/export`]: NO_BODY,
  [`DELETE ${MANAGEMENT}/contacts/:id`]: NO_BODY,
  [`GET ${MANAGEMENT}/people`]: LISTED,
  [`GET ${MANAGEMENT}/people/:id`]: NO_BODY,
  [`DELETE ${MANAGEMENT}/people/:id`]: NO_BODY,
  [`GET ${MANAGEMENT}/segments`]: LISTED,
  [`POST ${MANAGEMENT}/segments`]: {
    requests: inEitherName(({ text }) => ({ title: text(), description: text(), filters: [] })),
  },
  [`GET ${MANAGEMENT}/segments/:id`]: NO_BODY,
  [`PUT ${MANAGEMENT}/segments/:id`]: {
    requests: [
      { body: ({ text }) => ({ title: text(), description: text() }) },
      { body: () => ({ filters: [] }) },
    ],
  },
  [`DELETE ${MANAGEMENT}/segments/:id`]: NO_BODY,

  [`GET ${MANAGEMENT}/surveys`]: { requests: [{}, { query: () => ({ limit: '2', offset: '1' }) }] },
  [`POST ${MANAGEMENT}/surveys`]: {
    requests: [
      {
        body: (places) => ({
          environmentId: places.id('environmentId', 'environment'),
          ...survey(places),
          ...segment(places),
        }),
      },
      {
        body: (places) => ({
          ...survey(places),
          segment: { title: places.id('segment.title', 'text'), isPrivate: false, filters: [] },
        }),
      },
    ],
    statuses: { ...UNKNOWN_TRIGGER, 'segment.title': NOBODYS_NAME },
  },
  [`GET ${MANAGEMENT}/surveys/:id`]: NO_BODY,
  [`PUT ${MANAGEMENT}/surveys/:id`]: {
    requests: [{ body: survey }, { body: segment }],
    statuses: UNKNOWN_TRIGGER,
  },
  [`DELETE ${MANAGEMENT}/surveys/:id`]: NO_BODY,
  // The survey of the environment is an app survey: whatever is asked for, it has no links.
  [`GET ${MANAGEMENT}/surveys/:id/singleUseIds`]: {
    requests: [{ query: ({ id }) => ({ limit: id('?limit', 'text') }) }],
    statuses: { '?limit': { own: 400, foreign: 400, random: 400, malformed: 400 } },
  },
  [`POST ${MANAGEMENT}/storage`]: {
    requests: inEitherName(({ text }) => ({ fileName: `${text()}.png`, fileType: 'image/png' })),
  },

  [`GET ${MANAGEMENT}/responses`]: {
    requests: [
      {},
      { query: ({ id }) => ({ surveyId: id('?surveyId', 'survey'), finished: 'false', limit: '3' }) },
      { query: ({ id }) => ({ contactId: id('?contactId', 'contact'), createdAfter: '2020-01-01' }) },
    ],
    // Whose responses are asked for is a filter: of a person who is not there, there are none.
    statuses: { '?contactId': ANYBODY },
  },
  [`POST ${MANAGEMENT}/responses`]: {
    requests: [
      {
        body: (places) => ({
          environmentId: places.id('environmentId', 'environment'),
          ...response(places),
          userId: places.id('userId', 'user'),
          singleUseId: places.text(),
          variables: { score: 1, label: places.text() },
          ttc: { q1: 1200 },
          language: 'de',
          endingId: places.text(),
          createdAt: '2026-01-02T03:04:05.000Z',
          meta: { source: places.text(), userAgent: { browser: places.text() } },
        }),
      },
      { body: (places) => ({ ...response(places), displayId: places.id('displayId', 'display') }) },
    ],
    statuses: { userId: ANYBODY, displayId: { ...UNKNOWN_DISPLAY, malformed: 400 } },
  },
  [`GET ${MANAGEMENT}/responses/:id`]: NO_BODY,
  [`PUT ${MANAGEMENT}/responses/:id`]: {
    requests: [
      { body: ({ text }) => ({ finished: false, data: { q1: text() }, ttc: { q1: 3 }, endingId: text() }) },
      { body: ({ text }) => ({ variables: { label: text() }, language: text() }) },
    ],
  },
  [`DELETE ${MANAGEMENT}/responses/:id`]: NO_BODY,

  'GET /api/v1/webhooks': LISTED,
  'POST /api/v1/webhooks': {
    requests: inEitherName(({ id, text }) => ({
      name: text(),
      url: 'https://93.184.216.34/',
      triggers: ['responseFinished'],
      surveyIds: [id('surveyIds.0', 'survey')],
    })),
    // Whose survey it is nobody asks: nothing of others is ever sent.
    statuses: { 'surveyIds.0': ANYBODY },
  },
  'GET /api/v1/webhooks/:id': { ...NO_BODY, statuses: MALFORMED_IS_UNKNOWN },
  'DELETE /api/v1/webhooks/:id': { ...NO_BODY, statuses: MALFORMED_IS_UNKNOWN },
  'GET /api/v1/webhooks/:id/deliveries': {
    requests: [{}, { query: () => ({ limit: '5', status: 'pending' }) }],
    statuses: MALFORMED_IS_UNKNOWN,
  },
  'POST /api/v1/webhooks/:id/deliveries/:deliveryId/replay': {
    ...NO_BODY,
    statuses: { ...MALFORMED_IS_UNKNOWN, deliveryId: { malformed: 404 } },
  },
};

/** A body with the environment under each of its two names. */
function inEitherName(body: (places: Places) => Readonly<Record<string, unknown>>): RouteCase['requests'] {
  return ['environmentId', 'workspaceId'].map((name) => ({
    body: (places: Places) => ({ [name]: places.id(name, 'environment'), ...body(places) }),
  }));
}

/** The routes of one attribute key, where whatever can't be an id is simply unknown. */
function attributeKey(
  path: string,
  body: (places: Places) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, RouteCase>> {
  const statuses = MALFORMED_IS_UNKNOWN;
  return {
    [`GET ${MANAGEMENT}/${path}/:id`]: { requests: [{}], statuses },
    [`PUT ${MANAGEMENT}/${path}/:id`]: { requests: [{ body }], statuses },
    [`DELETE ${MANAGEMENT}/${path}/:id`]: { requests: [{}], statuses },
  };
}

function both(method: string, path: string, routeCase: RouteCase): Readonly<Record<string, RouteCase>> {
  return Object.fromEntries(
    ['v1', 'v2'].map((version) => [`${method} /api/${version}/client/:environmentId${path}`, routeCase]),
  );
}
