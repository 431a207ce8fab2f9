import type { Page } from '@playwright/test';
import {
  expect,
  type HostSite,
  randomId,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  whenReady,
  withClient,
} from './support.ts';

/** A survey that the action `did-it` opens, as often as it happens, on every page of the site. */
export async function openPage(
  page: Page,
  { server, site }: { readonly server: TestServer; readonly site: HostSite },
  body = '<h1>Host</h1>',
  document: object = ratingThenText({ displayOption: 'respondMultiple' }).document,
): Promise<{ id: string }> {
  const survey = await server.createSurvey(document, [await server.createAction('did-it')]);
  site.put('*', { head: tagFor(server), body });
  await page.goto(site.url);
  await whenReady(page);
  return survey;
}

/** Tracks `did-it` without waiting until its survey is open. */
export function trackWithoutWaiting(page: Page): Promise<void> {
  return withClient(page, (inkling) => void inkling.track('did-it'));
}

/** Waits until a survey is on screen. */
export function expectShown(page: Page): Promise<void> {
  return expect(surveyOn(page)).toBeVisible();
}

/** Waits until no survey is on the page, not even one that is out of sight. */
export function expectGone(page: Page): Promise<void> {
  return expect(page.locator('inkling-survey')).toHaveCount(0);
}

/**
 * Closes the open survey with its button and waits until that is stored: the card is gone before, and a page that is left
 * in between continues the survey.
 */
export async function closeSurvey(page: Page): Promise<void> {
  const closing = await page.evaluateHandle(() => {
    const { inkling, formbricks } = window as typeof window & {
      formbricks?: { on: (name: string, listener: () => void) => void };
    };
    const seen = { isClosed: false };
    const note = (): void => {
      seen.isClosed = true;
    };
    if (inkling) inkling.on('survey-closed', note);
    else formbricks?.on('formbricks_survey_closed', note);
    return seen;
  });
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await expect.poll(async () => (await closing.jsonValue()).isClosed).toBe(true);
  await expectGone(page);
}

/** A survey with one card: a question of each kind of control. */
export function everyField(change: object = {}): object {
  const headline = { default: `Question ${randomId()}` };
  const one = (id: string, type: string, more: object = {}): object => ({
    ...{ id, type, required: false, headline, subheader: { default: `More about ${id}` } },
    ...more,
  });
  const choices = ['red', 'blue', 'other'].map((id) => ({ id, label: { default: `The ${id} one` } }));
  return {
    displayOption: 'respondMultiple',
    blocks: [
      {
        id: randomId(),
        name: 'All',
        elements: [
          one('stars', 'rating', { scale: 'star', range: 5 }),
          one('score', 'nps', { lowerLabel: { default: 'Bad' }, upperLabel: { default: 'Good' } }),
          one('line', 'openText', { longAnswer: false, charLimit: { enabled: false } }),
          one('lines', 'openText', { longAnswer: true, charLimit: { enabled: false } }),
          one('single', 'multipleChoiceSingle', { choices }),
          one('several', 'multipleChoiceMulti', { choices }),
          one('yes', 'consent', { label: { default: 'I agree' } }),
        ],
      },
    ],
    ...change,
  };
}
