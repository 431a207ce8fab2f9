import { call, expect, ratingThenText, surveyOn, tagFor, test, valueIn, whenReady } from './support.ts';

/** `npm run prove` does all of it; `npm test` a tenth. */
const OPENINGS = process.env.INKLING_PROVE === 'full' ? 200 : 8;
const LETTERS = 2_000;

test(`${OPENINGS} openings cause no layout shift, move neither caret nor scroll position, and take none of ${LETTERS} typed letters`, async ({
  page,
  server,
  site,
}) => {
  test.setTimeout(600_000);
  const asked = ratingThenText({ displayOption: 'respondMultiple' });
  const survey = await server.createSurvey(asked.document, [await server.createAction('never')]);
  const lines = Array.from({ length: 60 }, (_, n) => `<p>Line ${n} of a long page.</p>`).join('');
  site.put('/', {
    head: tagFor(server),
    body: `${lines}<textarea rows="5" cols="60" aria-label="Letter"></textarea>${lines}`,
  });
  await page.goto(site.url);
  await whenReady(page);
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const letter = page.getByRole('textbox', { name: 'Letter' });
  await letter.click();
  const where = () =>
    page.evaluate(() => {
      const field = document.activeElement as HTMLTextAreaElement;
      const { localName, selectionStart, selectionEnd } = field;
      return { localName, selectionStart, selectionEnd, top: scrollY };
    });
  const { top } = await where();
  expect(top).toBeGreaterThan(0);

  const each = LETTERS / OPENINGS / 2;
  let typed = '';
  const type = async (): Promise<void> => {
    const word = 'abcdefghi '.repeat(each).slice(0, each);
    await page.keyboard.type(word);
    typed += word;
    const at = { selectionStart: typed.length, selectionEnd: typed.length };
    expect(await where()).toEqual({ localName: 'textarea', ...at, top });
  };
  for (let n = 0; n < OPENINGS; n++) {
    await call(page, 'showSurvey', survey.id);
    await expect(surveyOn(page)).toBeVisible();
    await type();
    await call(page, 'closeSurvey');
    await expect(surveyOn(page)).toHaveCount(0);
    await type();
  }
  expect(typed).toHaveLength(LETTERS);
  await expect(letter).toHaveValue(typed);
  expect(await valueIn<number[]>(page, 'shifts')).toEqual([]);
});
