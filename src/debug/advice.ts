import { findMisspelt, nearestCall } from './misspelt.ts';

/** Facts about a problem that its advice names. */
export interface ProblemFacts {
  /** The value that was given, or the reply; may be empty. */
  readonly detail: string;
  readonly environmentId?: string;
  readonly appUrl: string;
}

/** Advice for the developer of the page, by the problem's code: what is wrong, and the fix. */
const ADVICE: Readonly<Record<string, (facts: ProblemFacts) => string>> = {
  'environment-id': ({ detail, appUrl }) =>
    detail
      ? `data-environment-id (setup: environmentId) is lowercase letters and digits; it is ${detail}.`
      : `data-environment-id (setup: environmentId) is missing, so nothing is started${misspelt(appUrl)}. Add it to the script tag; where a tag manager strips it, write inkling.js?environment=…; or call setup.`,
  'app-url': ({ detail }) =>
    `data-app-url (setup: appUrl) is the server's address, https://…; it is ${detail || 'missing'}.`,
  'second-setup': ({ detail, environmentId }) =>
    `This page is set up for ${environmentId}; ${detail} is ignored. Remove one of the two tags.`,
  'not-found': ({ environmentId, appUrl }) =>
    `${appUrl} has no environment ${environmentId}: check data-environment-id.`,
  'mixed-content': ({ appUrl }) =>
    `A page on https may not ask ${appUrl}: serve it on https and change data-app-url.`,
  csp: ({ appUrl, detail }) =>
    `The page's Content-Security-Policy refuses ${appUrl}: add it to ${detail || 'connect-src and script-src'}.`,
  unreachable: ({ appUrl, detail }) =>
    `${appUrl} answered ${detail || 'nothing'}: check data-app-url and the server. It is asked again.`,
  renderer: ({ appUrl, detail }) =>
    `The survey's script could not be loaded, neither beside inkling.js nor from ${appUrl}/chunks/…: is it blocked, or not deployed? ${detail}`,
  render: ({ detail }) => `render drew nothing: ${detail}`,
  clock: ({ detail }) =>
    `This device's clock and the server's are ${detail} days apart: set the wrong one. Surveys work all the same.`,
  'user-id': () => 'identify needs a user id: a text of 1 to 255 characters.',
  'identify-refused': ({ detail }) =>
    detail.includes('userHash')
      ? `${detail}. Make it on your server, and pass it to identify or as data-user-hash.`
      : detail,
  attributes: ({ detail }) =>
    `Attributes and hidden fields are texts, numbers, booleans and dates; this is left out: ${detail}`,
  language: () => 'setLanguage needs a language tag, such as de.',
  consent: () => 'consent needs granted, denied or required.',
  handler: ({ detail }) => `on('${detail}', …) needs a function.`,
  'unknown-action': ({ detail }) =>
    `track('${detail}'): the environment has no code action with this key. A new one is known within an hour.`,
  'unknown-survey': ({ detail }) =>
    `showSurvey('${detail}'): the environment has no such survey that is in progress.`,
  'unknown-call': ({ detail }) => {
    const name = detail.slice(0, 60);
    return `inkling('${name}', …): there is no such call; the nearest is '${nearestCall(name)}'.`;
  },
};

/** What the tag has in the place of the attribute, where it has something like it. */
function misspelt(appUrl: string): string {
  const name = findMisspelt(document.scripts, appUrl);
  return name ? `: the tag has ${name} instead` : '';
}

/** Returns the line for the console: what is wrong, the fix and the code. A code without advice gets its detail. */
export function advise(code: string, facts: ProblemFacts): string {
  return `${ADVICE[code]?.(facts) ?? facts.detail} (${code})`;
}
