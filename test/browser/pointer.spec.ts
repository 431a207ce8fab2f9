import type { Locator, Page } from '@playwright/test';
import { SAMPLES } from '../server/files/samples.ts';
import { ELEMENTS, surveyOf } from './all-types.ts';
import {
  call,
  expect,
  type HostSite,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';

/** One type on a card of its own. */
async function open(page: Page, server: TestServer, site: HostSite, id: string): Promise<string> {
  const action = await server.createAction('did-it');
  const survey = await server.createSurvey(surveyOf(ELEMENTS.filter((one) => one.id === id)), [action]);
  // Positions are looked at, so nothing may move by itself.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('heading', { name: `About ${id}` })).toBeVisible();
  return survey.id;
}

const middle = async (item: Locator): Promise<{ x: number; y: number }> => {
  const { x = 0, y = 0, width = 0, height = 0 } = (await item.boundingBox()) ?? {};
  return { x: x + width / 2, y: y + height / 2 };
};

test('ranking items are dragged into an order, and a press without movement is a click', async ({
  page,
  server,
  site,
}) => {
  const id = await open(page, server, site, 'ranking');
  const survey = surveyOn(page);
  const items = survey.getByRole('listitem');
  const order = () => items.evaluateAll((list) => list.map((item) => item.dataset.id));
  const drag = async (name: string, to: number) => {
    const from = await middle(survey.getByRole('button', { name, exact: true }));
    const { y } = await middle(items.nth(to));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y + (y > from.y ? 10 : -10));
    await page.mouse.move(from.x, y + (y > from.y ? 15 : -15));
    await page.mouse.up();
  };
  await drag('Bronze', 0);
  await expect.poll(order).toEqual(['bronze', 'gold', 'silver']);
  await expect(survey.getByRole('button', { name: 'Bronze', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await survey.getByRole('button', { name: 'Gold', exact: true }).click();
  await drag('Silver', 0);
  await expect.poll(order).toEqual(['silver', 'bronze', 'gold']);
  await drag('Silver', 1);
  await expect.poll(order).toEqual(['bronze', 'silver', 'gold']);
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect
    .poll(async () => (await server.responses(id))[0]?.data)
    .toEqual({ ranking: ['Bronze', 'Silver', 'Gold'] });
});

test('files can be dropped, and a file that the server refuses can be removed', async ({
  page,
  server,
  site,
}) => {
  const id = await open(page, server, site, 'fileUpload');
  const survey = surveyOn(page);
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'good.png'));
      data.items.add(new File(['no picture'], 'bad.png'));
      return data;
    },
    [...SAMPLES.png],
  );
  const zone = survey.locator('.drop');
  await zone.dispatchEvent('dragover', { dataTransfer: dropped });
  await zone.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(survey.getByText('This file could not be sent')).toBeVisible();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('button', { name: 'Try again' })).toBeFocused();
  await survey.getByRole('button', { name: 'Remove: bad.png' }).click();
  await expect(survey.getByRole('listitem')).toHaveCount(1);
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect
    .poll(async () => (await server.responses(id))[0]?.data)
    .toEqual({ fileUpload: [expect.stringMatching(/\/fileUpload\/good--fid--.*\.png$/)] });
});

test('a second click on a radio of an optional matrix clears it', async ({ page, server, site }) => {
  const id = await open(page, server, site, 'matrix');
  const survey = surveyOn(page);
  const radio = survey.getByRole('radiogroup', { name: 'Price' }).getByRole('radio', { name: 'Good' });
  await radio.click();
  await expect(radio).toBeChecked();
  await radio.click();
  await expect(radio).not.toBeChecked();
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect.poll(async () => (await server.responses(id))[0]?.data).toEqual({ matrix: {} });
});
