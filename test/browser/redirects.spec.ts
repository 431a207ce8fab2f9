import type { Page } from '@playwright/test';
import { startForeignServer } from '../support/foreign-server.ts';
import { type SlowProxy, startSlowProxy } from '../support/slow-proxy.ts';
import {
  test as base,
  call,
  expect,
  type HostSite,
  ratingThenText,
  surveyOn,
  type TestServer,
  whenReady,
} from './support.ts';

/** Ways to end a survey that take the visitor elsewhere in the same tab. */
const ENDINGS = ['a redirect', 'a button'] as const;
type Ending = (typeof ENDINGS)[number];

/** A server of one protocol behind a proxy that delays every request. */
interface Slow extends Pick<SlowProxy, 'setDelay'> {
  /** Puts the survey on every page of the site. */
  readonly begin: (document: object) => Promise<void>;
  /** What the server has stored. */
  readonly stored: () => Promise<readonly { readonly finished: boolean; readonly data: object }[]>;
}
type Begin = (server: TestServer, site: HostSite) => Promise<Slow & { stop: () => Promise<void> }>;

function putTag(site: HostSite, server: TestServer, appUrl: string, environmentId: string): void {
  const head = `<script async src="${server.url}/inkling.js" data-environment-id="${environmentId}" data-app-url="${appUrl}"></script>`;
  site.put('/', { head });
  site.put('/elsewhere', {});
}

const PROTOCOLS: Readonly<Record<string, Begin>> = {
  inkling: async (server, site) => {
    const proxy = await startSlowProxy(server.url);
    let id = '';
    return {
      ...proxy,
      begin: async (document) => {
        ({ id } = await server.createSurvey(document, [await server.createAction('go')]));
        putTag(site, server, proxy.url, server.environmentId);
      },
      stored: () => server.responses(id),
    };
  },
  formbricks: async (server, site) => {
    const actionClasses = [{ id: 'action', name: 'Go', type: 'code', key: 'go', noCodeConfig: null }];
    const foreign = await startForeignServer({ actionClasses });
    const proxy = await startSlowProxy(foreign.url);
    return {
      ...proxy,
      begin: async (document) => {
        const lists = { questions: [], languages: [], variables: [], hiddenFields: { enabled: false } };
        foreign.surveys.push({
          ...{ id: 'survey', name: 'One', type: 'app', status: 'inProgress', recontactDays: 0 },
          ...{ displayOption: 'respondMultiple', welcomeCard: { enabled: false }, ...lists },
          ...{
            triggers: [{ actionClass: { name: 'Go' } }],
            segment: null,
            delay: 0,
            displayPercentage: null,
          },
          ...document,
        });
        putTag(site, server, proxy.url, foreign.environmentId);
      },
      stored: async () => foreign.responses,
      stop: async () => {
        await proxy.stop();
        await foreign.stop();
      },
    };
  },
};

const test = base.extend<{ slow: (protocol: string) => Promise<Slow> }>({
  slow: async ({ server, site }, use) => {
    const begun: { stop: () => Promise<void> }[] = [];
    await use(async (protocol) => {
      const slow = await (PROTOCOLS[protocol] as Begin)(server, site);
      begun.push(slow);
      return slow;
    });
    for (const { stop } of begun) await stop();
  },
});

/** A survey of two cards with one of the endings. */
function surveyWith(ending: Ending, url: string): object {
  const screen = {
    type: 'endScreen',
    headline: { default: 'Thank you!' },
    buttonLabel: { default: 'Go on' },
  };
  const one =
    ending === 'a button' ? { ...screen, buttonLink: url } : { type: 'redirectToUrl', url, label: 'On' };
  return ratingThenText({ endings: [{ id: 'ending', ...one }] }).document;
}

/** Answers the second card, and presses the button of the ending if it has one. */
async function answerAll(page: Page, ending: Ending): Promise<void> {
  const survey = surveyOn(page);
  await survey.getByRole('textbox').fill('Kept');
  await survey.getByRole('button', { name: 'Finish' }).click();
  if (ending === 'a button') await survey.getByRole('link', { name: 'Go on' }).click({ noWaitAfter: true });
}

/** Opens the survey and answers its first card while the server is fast. */
async function begin(page: Page, site: HostSite, slow: Slow): Promise<void> {
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'go');
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect.poll(slow.stored).toMatchObject([{ data: { rating: 4 } }]);
}

for (const protocol of Object.keys(PROTOCOLS)) {
  for (const ending of ENDINGS) {
    test(`${protocol}: ${ending} leads away once a slow server has the whole answer`, async ({
      page,
      site,
      slow,
    }) => {
      const server = await slow(protocol);
      await server.begin(surveyWith(ending, `${site.url}/elsewhere`));
      await begin(page, site, server);
      server.setDelay(400);
      await answerAll(page, ending);
      await page.waitForURL('**/elsewhere');
      await expect
        .poll(server.stored, { timeout: 3_000 })
        .toMatchObject([{ finished: true, data: { rating: 4, text: 'Kept' } }]);
    });

    test(`${protocol}: ${ending} leads away after two seconds when the server does not answer`, async ({
      page,
      site,
      slow,
    }) => {
      const server = await slow(protocol);
      await server.begin(surveyWith(ending, `${site.url}/elsewhere`));
      await begin(page, site, server);
      server.setDelay(Number.POSITIVE_INFINITY);
      const began = Date.now();
      await answerAll(page, ending);
      await page.waitForURL('**/elsewhere');
      expect(Date.now() - began).toBeGreaterThan(1_900);
      expect(Date.now() - began).toBeLessThan(10_000);
      server.setDelay(0);
      // The answer is stored, and arrives with the next visit.
      await page.goto(site.url);
      await expect.poll(server.stored).toMatchObject([{ finished: true, data: { text: 'Kept' } }]);
    });
  }
}

test('a survey that is closed while it waits for the server does not lead away', async ({
  page,
  site,
  slow,
}) => {
  const server = await slow('formbricks');
  await server.begin(surveyWith('a redirect', `${site.url}/elsewhere`));
  await begin(page, site, server);
  server.setDelay(Number.POSITIVE_INFINITY);
  await answerAll(page, 'a redirect');
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await page.waitForTimeout(3_000);
  expect(page.url()).toBe(`${site.url}/`);
});
