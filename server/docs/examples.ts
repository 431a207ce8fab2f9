import type { ParamKind, Route } from '../http/routes.ts';

/** Sample ids by kind, as the examples use them. */
export const PARAM_EXAMPLES: Readonly<Record<ParamKind, string>> = {
  environment: 'cmenvironment00000000000',
  survey: 'cmsurvey0000000000000000',
  'action-class': 'cmactionclass00000000000',
  segment: 'cmsegment000000000000000',
  display: 'cmdisplay000000000000000',
  response: 'cmresponse00000000000000',
  contact: 'cmcontact000000000000000',
  'attribute-key': 'cmattributekey0000000000',
  webhook: 'cmwebhook000000000000000',
  delivery: 'cmdelivery00000000000000',
  user: 'user-42',
  element: 'upload-receipt',
  file: 'receipt--fid--2f1c.pdf',
  text: 'private',
};

const { survey: surveyId, display: displayId, contact: contactId, user: userId } = PARAM_EXAMPLES;

const answers = { surveyId, displayId, finished: true, data: { 'why-us': 'The keyboard shortcuts' } };
const survey = {
  name: 'How was the export?',
  type: 'app',
  status: 'inProgress',
  triggers: [{ actionClass: { id: PARAM_EXAMPLES['action-class'] } }],
  blocks: [
    {
      id: 'first',
      elements: [
        {
          id: 'rating',
          type: 'nps',
          headline: { default: 'How likely are you to recommend us?' },
          required: true,
        },
      ],
    },
  ],
};

const payingCustomers = [
  {
    id: 'is-paying',
    connector: null,
    resource: {
      id: 'is-paying',
      root: { type: 'attribute', contactAttributeKey: 'plan' },
      value: 'free',
      qualifier: { operator: 'notEquals' },
    },
  },
];

/** Bodies of valid requests, by method and the end of the path; the first match counts. */
const BODIES: readonly (readonly [method: string, end: RegExp, body: unknown])[] = [
  ['POST', /\/user$/, { userId, attributes: { plan: 'pro', seats: 12, email: 'mara@example.com' } }],
  ['POST', /v1\/client\/displays$/, { surveyId, personId: contactId }],
  ['POST', /v1\/client\/responses$/, { surveyId, personId: contactId, finished: true, data: answers.data }],
  ['POST', /v1\/client\/[^/]+\/displays$/, { surveyId, userId }],
  ['POST', /v2\/client\/[^/]+\/displays$/, { surveyId, contactId }],
  ['POST', /v1\/client\/[^/]+\/responses$/, { ...answers, userId, ttc: { 'why-us': 5200 }, language: 'en' }],
  [
    'POST',
    /v2\/client\/[^/]+\/responses$/,
    { ...answers, contactId, ttc: { 'why-us': 5200 }, language: 'en' },
  ],
  [
    'PUT',
    /\/client\/([^/]+\/)?responses\/:responseId$/,
    { finished: true, data: { 'what-next': 'Dark mode' } },
  ],
  ['POST', /\/management\/storage$/, { fileName: 'logo.png', fileType: 'image/png' }],
  [
    'POST',
    /\/storage$/,
    { fileName: 'receipt.png', fileType: 'image/png', surveyId, elementId: PARAM_EXAMPLES.element },
  ],
  [
    'POST',
    /\/storage\/local$/,
    {
      key: 'receipt--fid--….png',
      'Content-Type': 'image/png',
      success_action_status: '201',
      'X-Timestamp': '1790000000000',
      'X-Signature': '…',
      file: '@receipt.png',
    },
  ],
  ['PUT', /\/attributes$/, { attributes: { plan: 'pro' } }],
  ['POST', /\/update\/contacts\/:userId$/, { attributes: { plan: 'pro' }, language: 'en' }],
  ['POST', /\/people$/, { userId }],
  ['POST', /\/people\/:userId$/, { attributes: { plan: 'pro' } }],
  ['POST', /\/actions$/, { name: 'finished-task', userId }],
  ['PUT', /\/displays\/:displayId$/, { userId }],
  ['POST', /\/responded$/, {}],
  ['PUT', /\/management\/environment$/, { recontactDays: 14, placement: 'bottomRight', overlay: 'none' }],
  ['POST', /\/identity-secret$/, { endsNow: false }],
  ['POST', /\/action-classes$/, { name: 'Finished a task', type: 'code', key: 'finished-task' }],
  [
    'PUT',
    /\/action-classes\/:id$/,
    {
      name: 'Reads the prices',
      type: 'noCode',
      noCodeConfig: { type: 'pageView', urlFilters: [{ rule: 'exactMatch', value: '/prices' }] },
    },
  ],
  [
    'POST',
    /\/contact-attribute-keys$/,
    { key: 'job_title', type: 'custom', name: 'Job title', dataType: 'string' },
  ],
  ['PUT', /\/contact-attribute-keys\/:id$/, { description: 'What the person does' }],
  ['POST', /\/attribute-classes$/, { name: 'Created from', type: 'code' }],
  ['PUT', /\/attribute-classes\/:id$/, { name: 'Created from', description: 'Where from', archived: true }],
  ['POST', /\/segments$/, { title: 'Paying customers', filters: payingCustomers }],
  ['PUT', /\/segments\/:id$/, { description: 'Whoever pays', filters: payingCustomers }],
  [
    'POST',
    /\/management\/responses$/,
    { surveyId, finished: true, data: answers.data, userId, createdAt: '2026-01-31T12:00:00.000Z' },
  ],
  ['PUT', /\/management\/responses\/:id$/, { finished: true, data: { 'what-next': 'Dark mode' } }],
  [
    'POST',
    /\/webhooks$/,
    { url: 'https://93.184.216.34/inkling', triggers: ['responseCreated', 'responseFinished'], name: 'Chat' },
  ],
  ['POST', /\/surveys$/, survey],
  ['PUT', /\/surveys\/:id$/, { status: 'paused' }],
];

const QUERIES: readonly (readonly [end: RegExp, query: Readonly<Record<string, string | number>>])[] = [
  [/\/responses$/, { surveyId, limit: 50 }],
  [
    /\/(surveys|action-classes|contacts|people|contact-attributes|contact-attribute-keys|attribute-classes|segments|webhooks|deliveries)$/,
    { limit: 50 },
  ],
];

/** An example of a body for a route. */
export function exampleOf({ method, path, body }: Route): unknown {
  if (!body) return undefined;
  return BODIES.find(([verb, end]) => verb === method && end.test(path))?.[2];
}

/** Examples of a route's query parameters. */
export function exampleQueryOf({ path, query }: Route): Readonly<Record<string, string | number>> {
  if (!query) return {};
  return QUERIES.find(([end]) => end.test(path))?.[1] ?? {};
}
