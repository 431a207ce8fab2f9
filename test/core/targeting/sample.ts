import type { Survey } from '../../../src/core/survey/document.ts';
import type { Showing } from '../../../src/core/targeting/history.ts';

/** A survey that passes every gate; tests change one thing at a time. */
export function survey(change: Partial<Survey> = {}): Survey {
  return {
    id: 's1',
    type: 'app',
    status: 'inProgress',
    welcomeCard: { enabled: false },
    blocks: [
      {
        id: 'b1',
        elements: [{ id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false }],
      },
    ],
    questions: [],
    endings: [],
    variables: [],
    hiddenFields: { enabled: false },
    languages: [],
    triggers: [{ actionClass: { name: 'Finished' } }],
    segment: null,
    displayOption: 'displayOnce',
    displayLimit: null,
    displayPercentage: null,
    recontactDays: null,
    delay: 0,
    autoClose: null,
    ...change,
  };
}

/** A showing that was seen and delivered. */
export function showing(change: Partial<Showing> = {}): Showing {
  return {
    id: 'r1',
    surveyId: 's1',
    who: null,
    displayId: 'd1',
    shownAt: 1_000,
    activeAt: 1_000,
    seq: 1,
    ackedSeq: 1,
    ackedAt: 1_000,
    finished: false,
    closed: true,
    language: 'default',
    meta: { url: 'https://site.test/', action: 'Finished' },
    ...change,
  };
}
