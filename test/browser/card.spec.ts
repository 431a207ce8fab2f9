import type { Page } from '@playwright/test';
import { ELEMENTS, surveyOf } from './all-types.ts';
import {
  call,
  expect,
  type HostSite,
  randomId,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  valueIn,
  whenLoaded,
  whenReady,
} from './support.ts';

/** Opens a page with the script but without an environment, to draw documents with `render`. */
async function openPage(page: Page, server: TestServer, site: HostSite): Promise<void> {
  site.put('/', { head: tagFor(server).replace(/data-environment-id="\w+"/, '') });
  await page.goto(site.url);
  await whenLoaded(page);
}

const render = (page: Page, document: object): Promise<unknown> => call(page, 'render', document);

/** One element on a card of its own. */
const one = (element: object, change: object = {}): object => ({
  blocks: [{ id: 'b', elements: [{ id: 'q', type: 'openText', required: false, ...element }] }],
  ...change,
});

test('with auto-progress, picking the only answer of a card leads to the next one, but not after Back', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, server, site);
  const { document } = ratingThenText({ isAutoProgressingEnabled: true });
  await render(page, document);
  const survey = surveyOn(page);
  await expect(survey.getByRole('radio')).toHaveCount(5);
  await expect(survey.getByRole('button', { name: 'Next' })).toHaveCount(0);
  await survey.getByRole('radio', { name: '4', exact: true }).click();
  await expect(survey.getByRole('textbox')).toBeVisible();
  // After Back the visitor decides when to go on.
  await survey.getByRole('button', { name: 'Back' }).click();
  await expect(survey.getByRole('radio', { name: '4', exact: true })).toBeChecked();
});

test('switching the language changes the texts with their lang and dir, and keeps the answers', async ({
  page,
  server,
  site,
}) => {
  const now = new Date().toISOString();
  const language = (code: string, isDefault = false): object => ({
    language: { id: randomId(), code, alias: null, createdAt: now, updatedAt: now },
    default: isDefault,
    enabled: true,
  });
  const text = (en: string, de: string, ar: string): object => ({ default: en, 'de-DE': de, 'ar-SA': ar });
  const action = await server.createAction('did-it');
  const elements = [
    {
      ...{ id: 'color', type: 'multipleChoiceSingle', required: true },
      headline: text('Which colour?', 'Welche Farbe?', 'أي لون؟'),
      choices: [
        { id: 'red', label: text('Red', 'Rot', 'أحمر') },
        { id: 'blue', label: text('Blue', 'Blau', 'أزرق') },
      ],
    },
  ];
  const { id } = await server.createSurvey(
    {
      languages: [language('en-US', true), language('de-DE'), language('ar-SA')],
      showLanguageSwitch: true,
      blocks: [{ id: 'b', name: 'One', elements }],
      endings: [{ id: 'e', type: 'endScreen', headline: text('Thank you!', 'Danke!', 'شكرا!') }],
    },
    [action],
  );
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  const survey = surveyOn(page);
  await survey.getByRole('radio', { name: 'Blue' }).click();
  const choice = survey.getByRole('combobox', { name: 'Language' });
  await expect(choice.getByRole('option')).toHaveText(['American English', /^Deutsch/, /العربية/]);
  const drawn = page.locator('inkling-survey').locator('[lang][dir]').first();

  await choice.selectOption('ar-SA');
  await expect(survey.getByRole('radiogroup', { name: 'أي لون؟' })).toBeVisible();
  await expect(survey.getByRole('radio', { name: 'أزرق' })).toBeChecked();
  await expect(drawn).toHaveAttribute('lang', 'ar-SA');
  await expect(drawn).toHaveAttribute('dir', 'rtl');

  await choice.selectOption('de-DE');
  await expect(survey.getByRole('radio', { name: 'Blau' })).toBeChecked();
  await expect(drawn).toHaveAttribute('lang', 'de-DE');
  await expect(drawn).toHaveAttribute('dir', 'ltr');
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('heading', { name: 'Danke!' })).toBeVisible();
  await expect
    .poll(() => server.responses(id))
    .toMatchObject([{ finished: true, language: 'de-DE', data: { color: 'Blau' } }]);
});

test('a video sends no request before a click, and only known hosts are framed', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, server, site);
  const asked: string[] = [];
  await page.route(
    ({ hostname }) => !/^(localhost|127\.0\.0\.1)$/.test(hostname),
    (route) => {
      asked.push(new URL(route.request().url()).hostname);
      return route.fulfill({ contentType: 'text/html', body: 'A film' });
    },
  );
  const videos = [
    'https://www.youtube.com/watch?v=abc123',
    'https://vimeo.com/12345',
    'https://www.loom.com/share/abc123',
    'https://video.example.com/watch?v=abc123',
    'http://www.youtube.com/watch?v=abc123',
    'https://youtube.com.example.com/watch?v=abc123',
    'javascript:alert(1)',
  ];
  await render(page, {
    blocks: [
      {
        id: 'b',
        elements: videos.map((videoUrl, at) => ({
          ...{ id: `q${at}`, type: 'openText', required: false, headline: { default: `Film ${at}` } },
          videoUrl,
        })),
      },
    ],
  });
  const survey = surveyOn(page);
  const buttons = survey.getByRole('button', { name: /^Play the video from/ });
  await expect(buttons).toHaveText([/youtube\.com$/, /vimeo\.com$/, /loom\.com$/]);
  await expect(survey.locator('iframe')).toHaveCount(0);
  expect(asked).toEqual([]);
  for (const host of ['www.youtube-nocookie.com', 'player.vimeo.com', 'www.loom.com']) {
    asked.length = 0;
    await buttons.first().click();
    await expect.poll(() => asked).toEqual([host]);
  }
  await expect(survey.locator('iframe')).toHaveCount(3);
});

test('styling of the survey applies where its values are valid, and invalid values are ignored', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, server, site);
  const styling = {
    elementHeadlineColor: { light: '#123456' },
    elementHeadlineFontSize: 23,
    elementHeadlineFontWeight: '700',
    inputBgColor: { light: '#fedcba' },
    inputTextColor: { light: 'red; background: url(https://evil.example/)' },
    inputBorderRadius: 'expression(1)',
    buttonBgColor: { light: '#ffff00' },
    buttonPaddingX: '31px',
    cardBackgroundColor: { light: '#eeeeee' },
  };
  await render(page, one({ headline: { default: 'Styled' } }, { styling }));
  const survey = surveyOn(page);
  await expect(survey.getByRole('heading', { name: 'Styled' })).toHaveCSS('color', 'rgb(18, 52, 86)');
  await expect(survey.getByRole('heading', { name: 'Styled' })).toHaveCSS('font-size', '23px');
  await expect(survey.getByRole('heading', { name: 'Styled' })).toHaveCSS('font-weight', '700');
  const field = survey.getByRole('textbox');
  await expect(field).toHaveCSS('background-color', 'rgb(254, 220, 186)');
  await expect(field).not.toHaveCSS('color', 'rgb(255, 0, 0)');
  await expect(field).toHaveCSS('background-image', 'none');
  const button = survey.getByRole('button', { name: 'Finish' });
  await expect(button).toHaveCSS('background-color', 'rgb(255, 255, 0)');
  await expect(button).toHaveCSS('color', 'rgb(0, 0, 0)');
  await expect(button).toHaveCSS('padding-inline-start', '31px');
  const names = await page.evaluate(() => {
    const boxes = document.querySelector('inkling-survey')?.shadowRoot?.querySelectorAll<HTMLElement>('*');
    return [...(boxes ?? [])]
      .flatMap(({ style }) => [...style])
      .filter((name) => name.startsWith('--s-'))
      .sort();
  });
  expect(names).toEqual([
    '--s-buttonBgColor',
    '--s-buttonBgColorLine',
    '--s-buttonBgColorText',
    '--s-buttonPaddingX',
    '--s-cardBackgroundColor',
    '--s-elementHeadlineColor',
    '--s-elementHeadlineFontSize',
    '--s-elementHeadlineFontWeight',
    '--s-inputBgColor',
  ]);
});

test('dark mode uses only colours that are given for it', async ({ page, server, site }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openPage(page, server, site);
  const styling = {
    isDarkModeEnabled: true,
    elementHeadlineColor: { light: '#101010', dark: '#fafafa' },
    inputBgColor: { light: '#ffffff' },
  };
  await render(page, one({ headline: { default: 'Night' } }, { styling }));
  const survey = surveyOn(page);
  await expect(survey.getByRole('heading', { name: 'Night' })).toHaveCSS('color', 'rgb(250, 250, 250)');
  await expect(survey.getByRole('textbox')).not.toHaveCSS('background-color', 'rgb(255, 255, 255)');
});

test('a redirect ending percent-encodes what it recalls, and follows no address but http and https', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, server, site);
  site.put('/thanks', { body: '<h1>Another page</h1>' });
  const leadTo = (url: string): object =>
    one({ headline: { default: 'Name?' } }, { endings: [{ id: 'e', type: 'redirectToUrl', url }] });
  const survey = surveyOn(page);
  await page.evaluate(() => Object.assign(window, { ran: 0 }));
  for (const url of ['javascript:window.ran=1', 'data:text/html,x', ' JavaScript:window.ran=1', 'nowhere']) {
    await render(page, leadTo(url));
    await survey.getByRole('button', { name: 'Finish' }).click();
    await expect(survey).toHaveCount(0);
  }
  expect(await valueIn<number>(page, 'ran')).toBe(0);
  expect(new URL(page.url()).pathname).toBe('/');
  await render(page, leadTo(`${site.url}/thanks?name=#recall:q/fallback:x#`));
  await survey.getByRole('textbox').fill('Ada & Bob#1');
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('heading', { name: 'Another page' })).toBeVisible();
  expect(page.url()).toBe(`${site.url}/thanks?name=Ada%20%26%20Bob%231`);
});

test('a link in a text percent-encodes what it recalls', async ({ page, server, site }) => {
  await openPage(page, server, site);
  const href = 'https://example.com/?plan=#recall:plan/fallback:none#';
  const document = one(
    { headline: { default: `<p><a href="${href}">Your plan</a></p>` } },
    { hiddenFields: { enabled: true, fieldIds: ['plan'] } },
  );
  await call(page, 'render', document, { hiddenFields: { plan: '"><b>&x=1' } });
  await expect(surveyOn(page).getByRole('link', { name: 'Your plan' })).toHaveAttribute(
    'href',
    'https://example.com/?plan=%22%3E%3Cb%3E%26x%3D1',
  );
});

test('a chunk that failed to load during the first card is requested again on the card that needs it', async ({
  page,
  server,
  site,
}) => {
  let failures = 0;
  await page.route(/chunks\/ranking-/, (route) => {
    failures += 1;
    return failures === 1 ? route.abort() : route.continue();
  });
  const failed = page.waitForEvent('requestfailed', (request) => /chunks\/ranking-/.test(request.url()));
  await openPage(page, server, site);
  const elements = ['openText', 'ranking'].flatMap((id) => ELEMENTS.filter((element) => element.id === id));
  await render(page, surveyOf(elements));
  await failed;
  const survey = surveyOn(page);
  await survey.getByRole('button', { name: 'Next' }).click();
  await expect(survey.getByRole('button', { name: 'Silver' })).toBeVisible();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
});

test('a missing address field is marked in place, and a date error names its dates in words', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, server, site);
  const address = ELEMENTS.find(({ id }) => id === 'address');
  await render(page, one({ ...address, id: 'q', required: true }));
  const survey = surveyOn(page);
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.locator('label.addressLine1')).toContainText('Please fill this in');
  await expect(survey.locator('label.city')).not.toContainText('Please fill this in');
  await expect(survey.getByRole('textbox', { name: 'Street' })).toBeFocused();

  const rules = [{ id: 'r', type: 'isBetween', params: { startDate: '1999-01-02', endDate: '1999-01-20' } }];
  await render(
    page,
    one({ type: 'date', format: 'y-M-d', headline: { default: 'When?' }, validation: { rules } }),
  );
  await survey.getByRole('gridcell', { name: / 15, / }).click();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('alert')).toHaveText(
    'Please choose a day within January 2, 1999 – January 20, 1999',
  );
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 800 } });

  test('a ranking item is dragged by its handle, and a touch on its text moves nothing', async ({
    page,
    server,
    site,
  }) => {
    await openPage(page, server, site);
    await render(page, surveyOf(ELEMENTS.filter(({ id }) => id === 'ranking')));
    const items = surveyOn(page).getByRole('listitem');
    await expect(items).toHaveCount(3);
    await page.waitForFunction(() => document.getAnimations().length === 0);
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: string, x: number, y: number) =>
      devtools.send('Input.dispatchTouchEvent', {
        type: type as 'touchMove',
        touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
      });
    const drag = async (selector: string, from: number, to: number): Promise<void> => {
      const [start, end] = await Promise.all(
        [items.nth(from).locator(selector), items.nth(to)].map((item) => item.boundingBox()),
      );
      if (!start || !end) throw new Error('it is not on screen');
      const x = start.x + start.width / 2;
      const y = start.y + start.height / 2;
      await touch('touchStart', x, y);
      await touch('touchMove', x, y - 8);
      await touch('touchMove', x, end.y + 2);
      await touch('touchEnd', x, end.y);
    };
    const order = () => items.evaluateAll((list) => list.map((item) => item.dataset.id));
    const ranked = surveyOn(page).getByRole('button', { pressed: true });
    await drag('.item', 2, 0);
    expect(await order()).toEqual(['gold', 'silver', 'bronze']);
    await expect(ranked).toHaveCount(0);
    await drag('.grip', 2, 0);
    await expect(ranked).toHaveCount(1);
    await expect.poll(order).toEqual(['bronze', 'gold', 'silver']);
    await drag('.grip', 2, 0);
    await expect.poll(order).toEqual(['silver', 'bronze', 'gold']);
  });
});
