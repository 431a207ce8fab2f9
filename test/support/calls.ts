import type { MethodName } from '../../src/api/types.ts';

/** The public calls, each with arguments that a page may pass; a new call is missed by the compiler. */
const CALLS: Readonly<Record<MethodName, readonly unknown[]>> = {
  setup: [{ environmentId: 'abc', appUrl: 'https://surveys.test' }],
  identify: ['mara', { plan: 'pro' }],
  setAttributes: [{ seats: 3 }],
  setLanguage: ['de'],
  track: ['did-it'],
  showSurvey: ['nosuch'],
  closeSurvey: [],
  render: [{ questions: [] }],
  consent: ['granted'],
  logout: [],
  reset: [],
  forget: [],
  explain: [],
  state: [],
  on: ['ready', () => {}],
  destroy: [],
};

/** Every public call by name. */
export const CALL_NAMES = Object.keys(CALLS) as readonly MethodName[];

/** Those that return a promise, with their arguments. */
export const PROMISING = CALL_NAMES.filter(
  (name) => !['explain', 'state', 'on', 'destroy'].includes(name),
).map((name) => [name, CALLS[name]] as const);
