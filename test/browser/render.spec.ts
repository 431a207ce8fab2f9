import type { Page } from '@playwright/test';
import {
  call,
  expect,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  valueIn,
  whenLoaded,
  withClient,
} from './support.ts';

/** Draws a document with callbacks that record. */
function render(page: Page, document: object, options: object): Promise<string> {
  return withClient(
    page,
    async (inkling, [given, rest]) => {
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      const record = (name: string) => [name, (what: unknown) => heard.push([name, what])];
      const callbacks = Object.fromEntries(['onAnswer', 'onFinish', 'onClose'].map(record));
      return typeof (await inkling.render(given, { ...rest, ...callbacks }));
    },
    [document, options] as const,
  );
}

const heardBy = (page: Page): Promise<[name: string, what: Readonly<Record<string, unknown>>][]> =>
  valueIn<[string, Record<string, unknown>][]>(page, 'heard');

test.beforeEach(async ({ page, server, site }) => {
  // Without an environment: nothing is set up.
  const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
  site.put('/', { head: tag, body: '<main id="here" style="width:500px"></main><p>Below</p>' });
  await page.goto(site.url);
  await whenLoaded(page);
});

test('render draws a document in a container and passes the answers to callbacks, without a request', async ({
  page,
  server,
}) => {
  const { document, rating } = ratingThenText({ hiddenFields: { enabled: true, fieldIds: ['plan'] } });
  const hiddenFields = { plan: 'pro', other: 'x' };
  expect(await render(page, document, { container: '#here', hiddenFields })).toBe('object');
  const survey = page.locator('#here inkling-survey').getByRole('dialog');
  await expect(survey.getByRole('radiogroup', { name: rating })).toBeVisible();
  expect((await survey.boundingBox())?.width).toBe(500);
  await expect(survey.getByRole('button', { name: 'Close survey' })).toHaveCount(0);
  await survey.getByRole('radio', { name: '4', exact: true }).click();
  await survey.getByRole('button', { name: 'Next' }).click();
  await survey.getByRole('textbox').fill('Mine');
  await page.keyboard.press('Escape');
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByText('Thank you!')).toBeVisible();
  const heard = await heardBy(page);
  expect(heard.map(([name]) => name)).toEqual(['onAnswer', 'onAnswer', 'onFinish']);
  expect(heard[0]?.[1]).toMatchObject({
    data: { plan: 'pro', rating: 4 },
    elementIds: ['rating'],
    finished: false,
  });
  expect(heard[2]?.[1]).toMatchObject({ data: { plan: 'pro', rating: 4, text: 'Mine' }, finished: true });
  expect(heard[2]?.[1]?.data).not.toHaveProperty('other');
  expect(server.calls).toEqual([]);
});

test('render without a container opens over the page, and the next call replaces it', async ({ page }) => {
  const [first, second] = [ratingThenText(), ratingThenText()];
  await render(page, first.document, {});
  await expect(surveyOn(page).getByRole('radiogroup', { name: first.rating })).toBeVisible();
  const heardFirst = await page.evaluateHandle<unknown[]>('heard');
  await render(page, second.document, {});
  await expect(surveyOn(page).getByRole('radiogroup', { name: second.rating })).toBeVisible();
  await expect(surveyOn(page)).toHaveCount(1);
  expect(await heardFirst.jsonValue()).toEqual([['onClose', 'replaced']]);
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  expect(await heardBy(page)).toEqual([['onClose', 'dismissed']]);
});

test('prefilled cards are skipped unless invalid, and Back returns to them', async ({ page }) => {
  const { document, rating, text } = ratingThenText();
  await render(page, document, { prefill: { rating: 5 }, skipPrefilled: true });
  const survey = surveyOn(page);
  await expect(survey.getByRole('textbox', { name: text })).toBeVisible();
  expect((await heardBy(page))[0]?.[1]).toMatchObject({ data: { rating: 5 }, ttc: { rating: 0 } });
  await survey.getByRole('button', { name: 'Back' }).click();
  await expect(survey.getByRole('radiogroup', { name: rating })).toBeVisible();
  await expect(survey.getByRole('radio', { name: '5', exact: true })).toBeChecked();
  await render(page, document, { prefill: { rating: '' }, skipPrefilled: true });
  await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible();
  expect(await heardBy(page)).toEqual([]);
});

test('render starts at the given element, in the given language', async ({ page }) => {
  const language = (id: string, code: string, isDefault: boolean) => ({
    ...{ default: isDefault, enabled: true },
    language: { id, code },
  });
  const { document, text } = ratingThenText({
    languages: [language('1', 'en-US', true), language('2', 'de-DE', false)],
    endings: [{ id: 'thanks', type: 'endScreen', headline: { default: 'Thank you!', 'de-DE': 'Danke!' } }],
  });
  await render(page, document, { startAt: 'text', language: 'de', prefill: { text: 'Schön' } });
  await expect(surveyOn(page).getByRole('textbox', { name: text })).toHaveValue('Schön');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect(surveyOn(page).getByText('Danke!')).toBeVisible();
  expect((await heardBy(page)).at(-1)?.[1]).toMatchObject({ language: 'de-DE', data: { text: 'Schön' } });
});

test('a document that cannot be drawn causes one console line and leaves nothing on the page', async ({
  page,
}) => {
  const lines: string[] = [];
  page.on('console', (message) => message.type() === 'error' && lines.push(message.text()));
  expect(await render(page, { blocks: [] }, {})).toBe('undefined');
  expect(await render(page, ratingThenText().document, { container: '#nowhere' })).toBe('undefined');
  expect(await call(page, 'render', undefined as never)).toBeUndefined();
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toContain('render drew nothing: Error: it holds what this version cannot draw');
  await expect(page.locator('inkling-survey')).toHaveCount(0);
});

test('rules of a file’s name read it without a server, too', async ({ page }) => {
  const rules = [{ id: 'r', type: 'fileExtensionIs', params: { extensions: ['.pdf'] } }];
  const question = {
    ...{ id: 'file', type: 'fileUpload', required: true, allowMultipleFiles: false },
    ...{ headline: { default: 'Your file' }, validation: { rules, logic: 'and' } },
  };
  await render(
    page,
    { blocks: [{ id: 'b1', name: 'B', elements: [question] }], endings: [] },
    { container: '#here' },
  );
  const choose = (name: string) =>
    page
      .locator('#here input[type=file]')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('x') });
  await choose('a note;1,2.TXT');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Remove: a note;1,2.TXT' }).click();
  await choose('müßig, 50 %.PDF');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect.poll(async () => (await heardBy(page)).map(([name]) => name)).toContain('onFinish');
  const [, answer] = (await heardBy(page)).find(([name]) => name === 'onFinish') ?? [];
  expect(JSON.stringify(answer)).toMatch(
    /"file":\["data:application.octet-stream;name=[^,]*\.PDF;base64,eA=="\]/,
  );
});
