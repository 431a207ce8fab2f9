import { ELEMENTS, surveyOf } from './all-types.ts';
import { expect, surveyOn, test } from './support.ts';
import { openPage, trackWithoutWaiting } from './survey-page.ts';

test('a search is composed in a dropdown that shows its choice', async ({ page, server, site }) => {
  const dropdown = ELEMENTS.find(({ id }) => id === 'dropdown') ?? {};
  const choices = ['かなざわ', 'とうきょう', 'おおさか', 'なごや'].map((name) => ({
    id: name,
    label: { default: name },
  }));
  await openPage(page, { server, site }, '<h1>Host</h1>', surveyOf([{ ...dropdown, choices }]));
  await trackWithoutWaiting(page);
  const box = surveyOn(page).getByRole('combobox');
  await box.click();
  await surveyOn(page).getByRole('option', { name: 'とうきょう' }).click();
  await expect(box).toHaveValue('とうきょう');
  const devtools = await page.context().newCDPSession(page);
  for (const composed of ['k', 'か', 'かn', 'かな', 'かなz', 'かなざ'])
    await devtools.send('Input.imeSetComposition', { text: composed, selectionStart: 2, selectionEnd: 2 });
  await expect(box).toHaveValue('かなざ');
  await devtools.send('Input.insertText', { text: 'かなざ' });
  await expect(box).toHaveValue('かなざ');
  await expect(surveyOn(page).getByRole('option')).toHaveText(['かなざわ']);
});
