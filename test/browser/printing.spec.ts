import { expect, surveyOn, test } from './support.ts';
import { expectShown, openPage, trackWithoutWaiting } from './survey-page.ts';

test('a survey is not printed', async ({ page, server, site }) => {
  await openPage(page, { server, site }, '<h1>Host</h1>');
  await trackWithoutWaiting(page);
  await expectShown(page);
  await page.emulateMedia({ media: 'print' });
  await expect(surveyOn(page)).toBeHidden();
  await page.emulateMedia({ media: null });
  await expectShown(page);
});
