import type { Locator, Page } from '@playwright/test';
import { SAMPLES } from '../server/files/samples.ts';
import { ELEMENTS, surveyOf } from './all-types.ts';
import { call, expect, surveyOn, tagFor, test, whenReady } from './support.ts';

/** Presses keys one after another; a word in quotes is typed, once there is something to type into. */
async function press(page: Page, keys: string): Promise<void> {
  for (const key of keys.match(/'[^']*'|\S+/g) ?? []) {
    if (key.startsWith("'")) {
      await expect(page.locator('inkling-survey .text:focus')).toBeVisible();
      await page.keyboard.type(key.slice(1, -1));
    } else await page.keyboard.press(key);
  }
}

/**
 * Each answer by keys alone: role of the focused control on a new card, the keys, a check before the card is submitted.
 * Without the file, for which the browser opens a dialog of its own.
 */
const ANSWERS: Readonly<Record<string, readonly [string, string, (survey: Locator) => Promise<void>]>> = {
  openText: ['textbox', "'Fine'", (survey) => expect(survey.getByRole('textbox')).toHaveValue('Fine')],
  multipleChoiceSingle: [
    'radio',
    "End Space 'Teal'",
    (survey) => expect(survey.getByRole('textbox', { name: 'Another' })).toHaveValue('Teal'),
  ],
  multipleChoiceMulti: [
    'checkbox',
    'Tab Space Shift+Tab Space',
    (survey) => expect(survey.getByRole('checkbox', { name: 'Cats' })).toBeChecked(),
  ],
  dropdown: [
    'combobox',
    "'o' ArrowDown Enter",
    (survey) => expect(survey.getByRole('combobox')).toHaveValue('Oslo'),
  ],
  nps: ['radio', 'End Space', (survey) => expect(survey.getByRole('radio', { name: '10' })).toBeChecked()],
  rating: [
    'radio',
    'ArrowRight ArrowRight ArrowLeft ArrowDown Enter',
    (survey) => expect(survey.getByRole('radio', { name: '3' })).toBeChecked(),
  ],
  csat: [
    'radio',
    'ArrowLeft Space',
    (survey) => expect(survey.getByRole('radio', { name: '5' })).toBeChecked(),
  ],
  ces: ['radio', 'Space', (survey) => expect(survey.getByRole('radio', { name: '1' })).toBeChecked()],
  cta: [
    'button',
    'Shift+Tab Enter',
    (survey) => expect(survey.getByRole('link', { name: 'Write to us' })).toBeFocused(),
  ],
  consent: ['checkbox', 'Space', (survey) => expect(survey.getByRole('checkbox')).toBeChecked()],
  date: [
    'gridcell',
    'ArrowDown ArrowRight Enter',
    (survey) => expect(survey.locator('[role=gridcell][aria-selected=true]')).toBeFocused(),
  ],
  pictureSelection: [
    'radio',
    'ArrowRight Space',
    (survey) => expect(survey.getByRole('radio', { name: 'the hills' })).toBeChecked(),
  ],
  cal: [
    'button',
    'Space',
    (survey) =>
      expect(survey.getByRole('button', { name: 'I have booked' })).toHaveAttribute('aria-pressed', 'true'),
  ],
  matrix: [
    'radio',
    'End Space Tab Space',
    (survey) =>
      expect(
        survey.getByRole('radiogroup', { name: 'Price' }).getByRole('radio', { name: 'Bad' }),
      ).toBeChecked(),
  ],
  address: [
    'textbox',
    "'Main St 1' Tab 'Oslo'",
    (survey) => expect(survey.getByLabel('City')).toHaveValue('Oslo'),
  ],
  contactInfo: [
    'textbox',
    "'Ada' Tab 'ada@example.com'",
    (survey) => expect(survey.getByLabel('Email')).toHaveValue('ada@example.com'),
  ],
  ranking: [
    'button',
    // Gold and Silver in, then Silver up with a button and Bronze in and up with an arrow key.
    'Enter Tab Tab Tab Space Tab Space Tab Tab Tab Tab Tab Space ArrowUp',
    (survey) => expect(survey.getByRole('button', { name: 'Gold', exact: true })).toBeVisible(),
  ],
};

test('every type of question is answered with the keyboard alone', async ({ page, server, site }) => {
  const action = await server.createAction('did-it');
  const { id } = await server.createSurvey(surveyOf(), [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  // The link of the statement opens a mail program, which the test browser doesn't have.
  await page.evaluate(() =>
    document.addEventListener('click', (event) => {
      if (event.composedPath().some((one) => one instanceof HTMLAnchorElement)) event.preventDefault();
    }),
  );
  await call(page, 'track', 'did-it');
  const survey = surveyOn(page);
  await expect(survey.getByRole('textbox')).toBeVisible();
  const today = await page.evaluate(() => [
    new Date().getFullYear(),
    new Date().getMonth(),
    new Date().getDate(),
  ]);
  await survey.press('Tab');
  for (const element of ELEMENTS) {
    await expect(survey.getByRole('heading', { name: `About ${element.id}` })).toBeVisible();
    if (element.id === 'fileUpload') {
      const chooser = page.waitForEvent('filechooser');
      await expect(survey.locator('input[type=file]')).toBeFocused();
      await page.keyboard.press('Space');
      const file = { name: 'pic.png', mimeType: 'image/png', buffer: SAMPLES.png };
      await (await chooser).setFiles(file);
      await expect(survey.getByRole('button', { name: 'Remove: pic.png' })).toBeVisible();
    } else {
      const answer = ANSWERS[element.id];
      if (!answer) throw new Error(`${element.id} has no keys`);
      const [role, keys, look] = answer;
      await expect(survey.getByRole(role as 'button').and(survey.locator(':focus'))).toBeVisible();
      await press(page, keys);
      await look(survey);
    }
    await page.keyboard.press('Control+Enter');
  }
  await expect(survey.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
  const [year = 0, month = 0, day = 0] = today;
  await expect.poll(async () => (await server.responses(id))[0]?.finished).toBe(true);
  const [response] = await server.responses(id);
  expect(response?.data).toEqual({
    openText: 'Fine',
    multipleChoiceSingle: 'Teal',
    multipleChoiceMulti: ['Dogs', 'Cats'],
    dropdown: 'Oslo',
    nps: 10,
    rating: 3,
    csat: 5,
    ces: 1,
    cta: 'clicked',
    consent: 'accepted',
    date: new Date(Date.UTC(year, month, day + 8)).toISOString().slice(0, 10),
    pictureSelection: ['the_hills'],
    fileUpload: [expect.stringMatching(/\/storage\/.*\/elements\/fileUpload\/pic--fid--.*\.png$/)],
    cal: 'booked',
    matrix: { Speed: 'Good', Price: 'Bad' },
    address: ['Main St 1', '', 'Oslo', '', '', ''],
    contactInfo: ['Ada', '', 'ada@example.com', '', ''],
    ranking: ['Silver', 'Bronze', 'Gold'],
  });
});
