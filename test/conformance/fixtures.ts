import type { Step } from './case.ts';

const block = (...elements: readonly unknown[]) => [{ id: 'block1', name: 'Block 1', elements }];

/** An open question without rules, the default in these surveys. */
export const OPEN_TEXT = { id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false };

/** A survey document: a live app survey with one open question; `change` replaces top-level fields. */
export function survey(
  change: Readonly<Record<string, unknown>> = {},
  ...elements: readonly unknown[]
): Readonly<Record<string, unknown>> {
  return {
    name: 'Internal name',
    type: 'app',
    status: 'inProgress',
    triggers: [{ actionClass: { id: '{action}' } }],
    blocks: block(...(elements.length > 0 ? elements : [OPEN_TEXT])),
    ...change,
  };
}

/** Creates a survey and saves its id under a name, and the id of its segment under the name with `Segment` appended. */
export function addSurvey(name: string, document: unknown): Step {
  return {
    send: { method: 'POST', path: '/api/v1/management/surveys', key: 'key', json: document },
    save: { [name]: 'data.id', [`${name}Segment`]: 'data.segment.id' },
  };
}

/** Creates a link survey as older versions have stored them, and saves its id under a name. */
export function addLinkSurvey(name: string, change: Readonly<Record<string, unknown>> = {}): Step {
  return { ...addSurvey(name, survey(change)), storeAsLink: name };
}

function fixture(path: string, key: 'key' | 'otherKey', json: unknown): Step {
  return { send: { method: 'POST', path: `/api/v1/management/${path}`, key, json } };
}

const SURVEYS = 'surveys';
const choices = [
  { id: 'c1', label: { default: 'Red' } },
  { id: 'c2', label: { default: 'Blue' } },
];
const choice = {
  id: 'q2',
  type: 'multipleChoiceSingle',
  headline: { default: 'Which?' },
  required: false,
  choices: [...choices, { id: 'other', label: { default: 'Other' } }],
};

/**
 * Objects that exist before a case, each created by one call of the management API when a case first contains its name
 * in braces. The name stands for `data.id` of the reply.
 */
export const FIXTURES: Readonly<Record<string, Step>> = {
  action: fixture('action-classes', 'key', { name: 'Clicked', type: 'code', key: 'clicked' }),
  otherAction: fixture('action-classes', 'otherKey', { name: 'Clicked', type: 'code', key: 'clicked' }),
  survey: fixture(SURVEYS, 'key', survey()),
  secondSurvey: fixture(SURVEYS, 'key', survey()),
  otherSurvey: fixture(SURVEYS, 'otherKey', survey({ triggers: [{ actionClass: { id: '{otherAction}' } }] })),
  pausedSurvey: fixture(SURVEYS, 'key', survey({ status: 'paused' })),
  draftSurvey: fixture(SURVEYS, 'key', survey({ status: 'draft' })),
  completedSurvey: fixture(SURVEYS, 'key', survey({ status: 'completed' })),
  linkSurvey: addLinkSurvey('linkSurvey'),
  choiceSurvey: fixture(SURVEYS, 'key', survey({}, choice)),
  multiSurvey: fixture(SURVEYS, 'key', survey({}, { ...choice, type: 'multipleChoiceMulti' })),
  closedChoiceSurvey: fixture(SURVEYS, 'key', survey({}, { ...choice, choices })),
  emailSurvey: fixture(SURVEYS, 'key', survey({}, { ...OPEN_TEXT, inputType: 'email' })),
  urlSurvey: fixture(SURVEYS, 'key', survey({}, { ...OPEN_TEXT, inputType: 'url' })),
  phoneSurvey: fixture(SURVEYS, 'key', survey({}, { ...OPEN_TEXT, inputType: 'phone' })),
  requiredSurvey: fixture(SURVEYS, 'key', survey({}, { ...OPEN_TEXT, required: true })),
  longTextSurvey: fixture(
    SURVEYS,
    'key',
    survey(
      {},
      {
        ...OPEN_TEXT,
        validation: { logic: 'and', rules: [{ id: 'r1', type: 'minLength', params: { min: 5 } }] },
      },
    ),
  ),
  fileSurvey: fixture(
    SURVEYS,
    'key',
    survey(
      {},
      {
        id: 'f1',
        type: 'fileUpload',
        headline: { default: 'Show us' },
        required: false,
        allowMultipleFiles: false,
      },
      OPEN_TEXT,
    ),
  ),
  pdfSurvey: fixture(
    SURVEYS,
    'key',
    survey(
      {},
      {
        id: 'f1',
        type: 'fileUpload',
        headline: { default: 'Show us' },
        required: false,
        allowMultipleFiles: false,
        allowedFileExtensions: ['pdf'],
      },
    ),
  ),
  otherFileSurvey: fixture(
    SURVEYS,
    'otherKey',
    survey(
      { triggers: [{ actionClass: { id: '{otherAction}' } }] },
      {
        id: 'f1',
        type: 'fileUpload',
        headline: { default: 'Show us' },
        required: false,
        allowMultipleFiles: false,
      },
    ),
  ),
};
