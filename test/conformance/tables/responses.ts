import type { Case, Expected, Request, Step, Table } from '../case.ts';
import { addLinkSurvey } from '../fixtures.ts';
import { anyId, anyObject, anyText, having, like } from '../match.ts';
import {
  answer,
  badRequest,
  CLIENT_HEADERS,
  closed,
  display,
  failure,
  fieldsWrong,
  identify,
  MALFORMED,
  malformed,
  notFound,
  ok,
  stored,
  TOO_LARGE,
} from './common.ts';
import { state, storedAnswer } from './states.ts';

const BASE = { surveyId: '{survey}', finished: false, data: {} };
const TAKEN = ok({ id: anyId, quotaFull: false });
const DAY_MS = 86_400_000;

const at = (environment: string): Request => ({ path: `/api/{v}/client/${environment}/responses` });

/** Body members that are refused, with the paths in the details. */
function refused(name: string, change: Readonly<Record<string, unknown>>, ...paths: readonly string[]): Case {
  return { name, spec: '3.4 row 3', send: { json: { ...BASE, ...change } }, expect: fieldsWrong(...paths) };
}

/** Body members that are accepted, and the stored response afterwards. */
function taken(
  name: string,
  change: Readonly<Record<string, unknown>>,
  members: Readonly<Record<string, unknown>> = {},
  more: Partial<Case> = {},
): Case {
  return {
    name,
    spec: '3.4',
    send: { json: { ...BASE, ...change } },
    expect: TAKEN,
    save: { response: 'data.id' },
    afterwards: [stored('response', storedAnswer(members))],
    ...more,
  };
}

const only = (version: 'v1' | 'v2', row: Case): Case => ({ ...row, versions: [version] });
const ticking = (covers: NonNullable<Case['covers']>, row: Case): Case => ({ ...row, covers });

const order: readonly Case[] = [
  only('v1', {
    name: 'malformed body before an unknown id',
    spec: '3.4 row 1',
    send: { ...at('{unknown}'), text: '{' },
    expect: malformed(MALFORMED),
  }),
  only('v2', {
    name: 'unknown id before a malformed body',
    spec: '3.4 row 1',
    send: { ...at('{unknown}'), text: '{' },
    expect: notFound('Workspace', '{unknown}'),
  }),
  only('v1', {
    name: 'a body that is too large before an unknown id',
    spec: '3.4 row 1',
    send: { ...at('{unknown}'), json: BASE, bytes: 2_097_153 },
    expect: TOO_LARGE,
  }),
  {
    name: 'unknown id',
    spec: '3.4 row 2',
    send: { ...at('{unknown}'), json: BASE },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'malformed id',
    spec: '2.1',
    send: { ...at('ABC!'), json: BASE },
    expect: notFound('Workspace', 'ABC!'),
  },
  {
    name: 'unknown id before the schema',
    spec: '3.4 row 2',
    send: { ...at('{unknown}'), json: {} },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'schema before an unknown survey',
    spec: '3.4 row 3',
    send: { json: { surveyId: '{unknown}', data: {} } },
    expect: fieldsWrong('finished'),
  },
  {
    name: 'closed survey before an unknown display',
    spec: '3.4 row 7',
    send: { json: { ...BASE, surveyId: '{pausedSurvey}', displayId: '{unknown}' } },
    expect: closed('{pausedSurvey}'),
  },
];

const schema: readonly Case[] = [
  { name: '{}', spec: '3.4 row 3', send: { json: {} }, expect: fieldsWrong('surveyId', 'finished', 'data') },
  {
    name: 'null',
    spec: '2.3, differences.md 1.17',
    send: { json: null },
    expect: fieldsWrong('surveyId', 'finished', 'data'),
  },
  { name: 'a list', spec: '2.3', send: { json: [1] }, expect: fieldsWrong('surveyId', 'finished', 'data') },
  ticking(['response unfinished'], refused('no `finished`', { finished: undefined }, 'finished')),
  ticking(['response without data'], refused('no `data`', { data: undefined }, 'data')),
  refused('`finished` as text', { finished: 'yes' }, 'finished'),
  refused('`data` null', { data: null }, 'data'),
  refused('`data` a list', { data: [] }, 'data'),
  refused('a survey id in capitals', { surveyId: 'ABC' }, 'surveyId'),
  ticking(['response flag answer'], refused('true as an answer', { data: { q1: true } }, 'data.q1')),
  refused('null as an answer', { data: { q1: null } }, 'data.q1'),
  refused('numbers in a list as an answer', { data: { q1: [1, 2] } }, 'data.q1'),
  refused('numbers by name as an answer', { data: { q1: { a: 1 } } }, 'data.q1'),
  refused('language null', { language: null }, 'language'),
  refused('a flag among the variables', { variables: { v: true } }, 'variables.v'),
  refused('text among the times', { ttc: { q1: 'long' } }, 'ttc.q1'),
  refused('a number for a displayId', { displayId: 7 }, 'displayId'),
  refused('a number for an endingId', { endingId: 7 }, 'endingId'),
  refused('a number for a singleUseId', { singleUseId: 7 }, 'singleUseId'),
  refused('`meta` as text', { meta: 'x' }, 'meta'),
  refused('a number for a meta url', { meta: { url: 7 } }, 'meta.url'),
  only('v1', refused('a number for a userId', { userId: 7 }, 'userId')),
  only('v2', refused('a contactId in capitals', { contactId: 'ABC' }, 'contactId')),
  only('v1', { ...taken('contactId is not of this version', { contactId: 7 }) }),
  only('v2', { ...taken('userId is not of this version', { userId: 7 }) }),
  taken('null where null is allowed', {
    displayId: null,
    singleUseId: null,
    endingId: null,
    recaptchaToken: null,
    pinAuthToken: null,
    userId: null,
    contactId: null,
  }),
];

const surveys: readonly Case[] = [
  {
    name: 'unknown survey',
    spec: '3.4 row 5',
    send: { json: { ...BASE, surveyId: '{unknown}' } },
    expect: notFound('Survey', '{unknown}'),
  },
  {
    name: "another environment's survey",
    spec: '3.4 row 6, differences.md 1.14',
    send: { json: { ...BASE, surveyId: '{otherSurvey}' } },
    expect: notFound('Survey', '{otherSurvey}'),
  },
  ...(['paused', 'draft', 'completed'] as const).map(
    (status): Case => ({
      name: `${status} survey`,
      spec: '3.4 row 7',
      send: { json: { ...BASE, surveyId: `{${status}Survey}` } },
      expect: closed(`{${status}Survey}`),
    }),
  ),
  taken('a link survey', { surveyId: '{linkSurvey}' }, { surveyId: '{linkSurvey}' }),
];

const BY_ID = 'Answer to the choice other';

function otherCase(length: number, expect: Expected, more: Partial<Case> = {}): Case {
  return {
    name: `${BY_ID} of ${length} characters`,
    spec: '3.4 row 13',
    send: { json: { ...BASE, surveyId: '{choiceSurvey}', data: { q2: 'x'.repeat(length) } } },
    expect,
    ...more,
  };
}

function invalid(name: string, surveyId: string, data: Readonly<Record<string, unknown>>): Case {
  const [id = ''] = Object.keys(data);
  return {
    name,
    spec: '3.4 row 14, management-api.md 10.4',
    send: { json: { ...BASE, surveyId: `{${surveyId}}`, data } },
    expect: badRequest('Validation failed', { [`response.data.${id}`]: anyText }),
  };
}

function valid(name: string, surveyId: string, data: Readonly<Record<string, unknown>>): Case {
  return {
    name,
    spec: '3.4 row 14, management-api.md 10.4',
    send: { json: { ...BASE, surveyId: `{${surveyId}}`, data } },
    expect: TAKEN,
  };
}

const FILE_REFUSED = badRequest(like(/^Invalid file upload response/), anyObject);

function fileAnswer(name: string, f1: unknown): Case {
  return {
    name,
    spec: '3.4 row 12, management-api.md 10.5',
    send: { json: { ...BASE, surveyId: '{fileSurvey}', data: { f1 } } },
    expect: FILE_REFUSED,
  };
}

const answers: readonly Case[] = [
  otherCase(250, TAKEN),
  otherCase(251, badRequest(anyText, { questionId: 'q2' }), { versions: ['v2'] }),
  otherCase(251, TAKEN, { versions: ['v1'] }),
  invalid('no address in an e-mail question', 'emailSurvey', { q1: 'nope' }),
  valid('an address in an e-mail question', 'emailSurvey', { q1: 'ada@example.com' }),
  invalid('no address in a URL question', 'urlSurvey', { q1: 'nope' }),
  invalid('no number in a phone question', 'phoneSurvey', { q1: 'nope' }),
  valid('a number in a phone question', 'phoneSurvey', { q1: '+44 20-7946 0958' }),
  invalid('an empty answer to a required question', 'requiredSurvey', { q1: '' }),
  valid('a required question that is not in `data`', 'requiredSurvey', {}),
  valid('an empty answer to an optional question', 'emailSurvey', { q1: '' }),
  invalid('a text shorter than its rule', 'longTextSurvey', { q1: 'four' }),
  valid('a text as long as its rule', 'longTextSurvey', { q1: 'fives' }),
  invalid('a choice that is not offered', 'closedChoiceSurvey', { q2: 'Green' }),
  valid('a choice by its label', 'closedChoiceSurvey', { q2: 'Red' }),
  valid('a choice by its id', 'closedChoiceSurvey', { q2: 'c1' }),
  valid('choices by their labels, and a text of one’s own', 'multiSurvey', { q2: ['Red', '', 'Green'] }),
  fileAnswer('a file that was never uploaded here', ['https://evil.example/storage/x/private/a.pdf']),
  fileAnswer("another environment's file", [
    '/storage/{other}/private/surveys/{fileSurvey}/elements/f1/a--fid--0.pdf',
  ]),
  fileAnswer("another survey's file", ['/storage/{env}/private/surveys/{survey}/elements/f1/a--fid--0.pdf']),
  fileAnswer("another element's file", [
    '/storage/{env}/private/surveys/{fileSurvey}/elements/q1/a--fid--0.pdf',
  ]),
  fileAnswer('a path that climbs', ['/storage/{env}/private/surveys/{fileSurvey}/elements/f1/../../x.pdf']),
  fileAnswer('a text where a list belongs', 'a.pdf'),
];

const anyDisplayMessage = like(/display/i);
const REFUSED_DISPLAY = badRequest(anyDisplayMessage, anyObject);

function displayCase(name: string, before: readonly Step[], change: Readonly<Record<string, unknown>>): Case {
  return {
    name,
    spec: '3.4 row 15',
    before,
    send: { json: { ...BASE, ...change } },
    expect: REFUSED_DISPLAY,
  };
}

const FOREIGN_DISPLAY: Step = {
  send: { method: 'POST', path: '/api/v1/client/{other}/displays', json: { surveyId: '{otherSurvey}' } },
  save: { foreign: 'data.id' },
};
const KNOWN: Step = { ...identify('{me}'), save: { contact: 'data.state.data.contactId' } };

const displays: readonly Case[] = [
  displayCase('unknown display', [], { displayId: 'cunknown' }),
  displayCase('malformed display', [], { displayId: 'ABC!' }),
  displayCase("another environment's display", [FOREIGN_DISPLAY], { displayId: '{foreign}' }),
  ticking(
    ['display of another survey'],
    displayCase("another survey's display", [display('seen', { surveyId: '{secondSurvey}' })], {
      displayId: '{seen}',
    }),
  ),
  ticking(
    ['display used twice'],
    displayCase(
      'a display that has a response',
      [display('seen', { surveyId: '{survey}' }), answer('first', { displayId: '{seen}' })],
      { displayId: '{seen}' },
    ),
  ),
  displayCase(
    "another contact's display",
    [display('seen', { surveyId: '{survey}', userId: '{me}' }), identify('{somebody}')],
    { displayId: '{seen}', userId: '{somebody}' },
  ),
  only(
    'v2',
    displayCase(
      "a contact's display, anonymously",
      [display('seen', { surveyId: '{survey}', userId: '{me}' })],
      {
        displayId: '{seen}',
      },
    ),
  ),
  taken(
    'an anonymous display, claimed by anybody',
    { displayId: '{seen}' },
    { displayId: '{seen}' },
    { before: [display('seen', { surveyId: '{survey}' })] },
  ),
  only(
    'v1',
    taken(
      'an anonymous display, claimed by a contact',
      { displayId: '{seen}', userId: '{me}' },
      {
        displayId: '{seen}',
        contact: { id: '{contact}', userId: '{me}' },
        contactAttributes: { userId: '{me}' },
      },
      { before: [display('seen', { surveyId: '{survey}' }), KNOWN] },
    ),
  ),
  only(
    'v1',
    taken(
      "one's own display",
      { displayId: '{seen}', userId: '{me}' },
      {
        displayId: '{seen}',
        contact: { id: anyId, userId: '{me}' },
        contactAttributes: { userId: '{me}' },
      },
      { before: [display('seen', { surveyId: '{survey}', userId: '{me}' })] },
    ),
  ),
];

const people: readonly Case[] = [
  only('v1', {
    ...taken('an unknown userId is anonymous', { userId: '{me}' }),
    covers: ['response makes no contact'],
    afterwards: [
      stored('response', storedAnswer()),
      answer('second', { userId: '{me}' }),
      stored('second', storedAnswer()),
      {
        ...identify('{me}'),
        expect: ok({ state: { data: state(), expiresAt: anyText } }),
      },
    ],
  }),
  only(
    'v1',
    taken(
      'a known userId, with its attributes of now',
      { userId: '{me}' },
      {
        contact: { id: '{contact}', userId: '{me}' },
        contactAttributes: { userId: '{me}', plan: 'free' },
      },
      {
        before: [{ ...identify('{me}', { plan: 'free' }), save: { contact: 'data.state.data.contactId' } }],
        afterwards: [
          identify('{me}', { plan: 'pro' }),
          stored(
            'response',
            storedAnswer({
              contact: { id: '{contact}', userId: '{me}' },
              contactAttributes: { userId: '{me}', plan: 'free' },
            }),
          ),
        ],
      },
    ),
  ),
  only('v2', {
    ...taken('an unknown contactId is anonymous', { contactId: '{unknown}' }),
    covers: ['unknown contact response'],
  }),
  only(
    'v2',
    taken(
      'a known contactId',
      { contactId: '{contact}' },
      { contact: { id: '{contact}', userId: '{me}' }, contactAttributes: { userId: '{me}' } },
      { before: [KNOWN] },
    ),
  ),
  only(
    'v2',
    taken(
      'another environment’s contactId is anonymous',
      { contactId: '{foreign}' },
      {},
      {
        before: [
          {
            send: { method: 'POST', path: '/api/v1/client/{other}/user', json: { userId: '{me}' } },
            save: { foreign: 'data.state.data.contactId' },
          },
        ],
      },
    ),
  ),
];

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1';

function metaCase(
  name: string,
  headers: Readonly<Record<string, string>>,
  meta: unknown,
  sent: unknown,
): Case {
  return {
    ...taken(name, { meta: sent }, { meta }),
    send: { json: { ...BASE, meta: sent }, headers },
  };
}

const values: readonly Case[] = [
  ticking(
    ['response unknown keys'],
    taken(
      'every kind of answer, also to unknown elements',
      { data: { q1: 'text', score: 9, picks: ['a', 'b'], rows: { one: 'two' } } },
      { data: { q1: 'text', score: 9, picks: ['a', 'b'], rows: { one: 'two' } } },
    ),
  ),
  ticking(
    ['response negative time', 'response huge time'],
    taken(
      'times are cut to 0 and a day',
      { ttc: { q1: -5, q2: 1e12, q3: 7 } },
      { ttc: { q1: 0, q2: DAY_MS, q3: 7 } },
    ),
  ),
  ticking(
    ['response total time'],
    taken(
      'finished: with the sum of the times',
      { finished: true, ttc: { q1: 100, q2: 250 } },
      { finished: true, ttc: { q1: 100, q2: 250, _total: 350 } },
    ),
  ),
  taken(
    'variables and an ending',
    { variables: { v: 'x', n: 2.5 }, endingId: 'e1' },
    {
      variables: { v: 'x', n: 2.5 },
      endingId: 'e1',
    },
  ),
  taken(
    'dates of the client are ignored',
    { createdAt: '2020-01-01T00:00:00.000Z', updatedAt: '2020-01-01T00:00:00.000Z' },
    { createdAt: '{now}', updatedAt: '{now}' },
  ),
  taken('language de', { language: 'de' }, { language: 'de-DE' }),
  taken('language EN_us', { language: 'EN_us' }, { language: 'en-US' }),
  taken('an unknown language, trimmed', { language: ' klingon ' }, { language: 'klingon' }),
  taken('a blank language', { language: '  ' }, { language: null }),
  metaCase(
    'of meta only source, url and action are the client’s',
    { 'user-agent': CHROME },
    {
      source: 'mail',
      url: 'https://shop.example/cart',
      action: 'Clicked',
      userAgent: having({ browser: like(/chrome/i), os: like(/linux/i), device: 'desktop' }),
    },
    {
      source: 'mail',
      url: 'https://shop.example/cart',
      action: 'Clicked',
      country: 'XX',
      ipAddress: '10.0.0.1',
      userAgent: { browser: 'Netscape', os: 'BeOS', device: 'toaster' },
    },
  ),
  metaCase(
    'country as the edge says',
    { 'user-agent': IPHONE, 'cf-ipcountry': 'DE' },
    having({ country: 'DE', userAgent: having({ browser: like(/safari/i), os: like(/ios/i) }) }),
    {},
  ),
  metaCase(
    'country as the other edge says',
    { 'cloudfront-viewer-country': 'FR' },
    having({ country: 'FR' }),
    {},
  ),
  metaCase('no User-Agent: a desktop', {}, having({ userAgent: having({ device: 'desktop' }) }), {}),
];

const repeats: readonly Case[] = [
  {
    name: 'a single-use id that is used',
    spec: '3.4 row 16',
    before: [answer('first', { singleUseId: 'once-{me}' })],
    send: { json: { ...BASE, singleUseId: 'once-{me}' } },
    expect: failure(409, 'conflict'),
  },
  taken(
    'the same single-use id in another survey',
    { singleUseId: 'once-{me}' },
    { singleUseId: 'once-{me}' },
    { before: [answer('first', { surveyId: '{secondSurvey}', singleUseId: 'once-{me}' })] },
  ),
  {
    name: 'without an id every request creates a response',
    spec: '3.4',
    before: [answer('first', { userId: '{me}' })],
    send: { json: BASE },
    expect: TAKEN,
    save: { second: 'data.id' },
    afterwards: [stored('first', storedAnswer()), stored('second', storedAnswer())],
  },
  {
    name: 'a client-made id, sent twice',
    spec: 'differences.md 1.6',
    before: [answer('first', { id: '{clientMade}', seq: 1, data: { q1: 'a' } })],
    send: { json: { ...BASE, id: '{clientMade}', seq: 1, data: { q1: 'b' } } },
    expect: ok({ id: '{clientMade}', quotaFull: false }),
    afterwards: [stored('clientMade', storedAnswer({ data: { q1: 'a' } }))],
  },
  {
    name: 'a client-made id with a higher seq',
    spec: 'differences.md 1.7',
    before: [answer('first', { id: '{clientMade}', seq: 1, data: { q1: 'a', q2: 'b' } })],
    send: { json: { ...BASE, id: '{clientMade}', seq: 2, finished: true, data: { q1: 'c' } } },
    expect: ok({ id: '{clientMade}', quotaFull: false }),
    afterwards: [
      stored('clientMade', storedAnswer({ finished: true, data: { q1: 'c', q2: 'b' }, ttc: { _total: 0 } })),
    ],
  },
  {
    name: 'a client-made id with a lower seq and finished',
    spec: 'differences.md 1.7',
    before: [answer('first', { id: '{clientMade}', seq: 5, finished: true, data: { q1: 'a' } })],
    send: { json: { ...BASE, id: '{clientMade}', seq: 4, data: { q1: 'b' } } },
    expect: ok({ id: '{clientMade}', quotaFull: false }),
    afterwards: [
      stored('clientMade', storedAnswer({ finished: true, data: { q1: 'a' }, ttc: { _total: 0 } })),
    ],
  },
  {
    name: 'a client-made id of a response to another survey',
    spec: 'differences.md 1.6',
    before: [answer('first', { id: '{clientMade}', seq: 1 })],
    send: { json: { ...BASE, surveyId: '{secondSurvey}', id: '{clientMade}', seq: 2 } },
    expect: failure(409, 'conflict'),
  },
  {
    name: 'a client-made id that another environment has is ignored',
    spec: 'differences.md 1.6',
    before: [
      {
        send: {
          method: 'POST',
          path: '/api/v1/client/{other}/responses',
          json: { ...BASE, surveyId: '{otherSurvey}', id: '{clientMade}', seq: 1 },
        },
      },
    ],
    send: { json: { ...BASE, id: '{clientMade}', seq: 2 } },
    expect: TAKEN,
    save: { own: 'data.id' },
    afterwards: [
      stored('own', storedAnswer({ createdAt: '{now}' })),
      {
        send: { path: '/api/v1/management/responses/{clientMade}', key: 'key' },
        expect: notFound('Response', '{clientMade}'),
      },
    ],
  },
  refused('an id of its own that is too short', { id: 'short' }, 'id'),
];

const SINGLE_USE = addLinkSurvey('single', { singleUse: { enabled: true, isEncrypted: false } });
const refusedLink = badRequest(anyText, having({ surveyId: '{single}' }));

function linkCase(
  name: string,
  row: number,
  document: Readonly<Record<string, unknown>>,
  expect: Expected,
): Case {
  return {
    name,
    spec: `3.4 row ${row}`,
    before: [addLinkSurvey('guarded', document)],
    send: { json: { ...BASE, surveyId: '{guarded}' } },
    expect,
  };
}

const GUARDED = failure(403, 'forbidden', { details: { surveyId: '{guarded}' } });

const gates: readonly Case[] = [
  linkCase('a survey with a PIN, without its token', 8, { pin: '1234' }, GUARDED),
  linkCase('a survey for verified addresses, without a token', 9, { isVerifyEmailEnabled: true }, GUARDED),
  linkCase(
    'a closed survey with a PIN: closed comes first',
    7,
    { pin: '1234', status: 'paused' },
    closed('{guarded}'),
  ),
  {
    name: 'a single-use link without its id',
    spec: '3.4 row 11',
    before: [SINGLE_USE],
    send: { json: { ...BASE, surveyId: '{single}' } },
    expect: refusedLink,
  },
  {
    name: 'a single-use link with another id than in its URL',
    spec: '3.4 row 11',
    before: [SINGLE_USE],
    send: {
      json: {
        ...BASE,
        surveyId: '{single}',
        singleUseId: 'one',
        meta: { url: 'https://shop.example/s/x?suId=two' },
      },
    },
    expect: refusedLink,
  },
  {
    name: 'a single-use link with its id',
    spec: '3.4 row 11',
    before: [SINGLE_USE],
    send: {
      json: {
        ...BASE,
        surveyId: '{single}',
        singleUseId: 'one',
        meta: { url: 'https://shop.example/s/x?suId=one' },
      },
    },
    expect: TAKEN,
  },
];

/** `POST responses` (client-api.md 3.4). */
export const responseTable: Table = {
  endpoint: 'POST /api/{v}/client/{env}/responses',
  headers: CLIENT_HEADERS,
  cases: [
    ...order,
    ...schema,
    ...surveys,
    ...gates,
    ...answers,
    ...displays,
    ...people,
    ...values,
    ...repeats,
  ],
};
