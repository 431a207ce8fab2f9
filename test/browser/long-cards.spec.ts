import { surveyOf } from './all-types.ts';
import { expect, surveyOn, test } from './support.ts';
import { openPage, trackWithoutWaiting } from './survey-page.ts';

const columns = ['Never', 'Rarely', 'Sometimes', 'Often', 'Always'];
const labelled = (names: readonly string[]): object[] =>
  names.map((name) => ({ id: name.toLowerCase().replaceAll(' ', '-'), label: { default: name } }));
const MATRIX = {
  id: 'matrix',
  type: 'matrix',
  required: true,
  headline: { default: 'How often?' },
  rows: labelled(['Reading at home', 'Writing letters', 'Walking outside']),
  columns: labelled(columns),
};
const CHOICES = {
  id: 'choices',
  type: 'multipleChoiceMulti',
  required: true,
  headline: { default: 'Which of them?' },
  choices: labelled(Array.from({ length: 12 }, (_, index) => `Choice number ${index + 1}`)),
};

for (const [what, element, width, height] of [
  ['a matrix of three rows and five columns', MATRIX, 1280, 800],
  ['a matrix on a phone', MATRIX, 360, 640],
  ['twelve choices on a phone', CHOICES, 360, 640],
] as const)
  test(`the error of ${what} is seen without scrolling, and announced`, async ({ page, server, site }) => {
    await page.setViewportSize({ width, height });
    await openPage(page, { server, site }, '<h1>Host</h1>', surveyOf([element]));
    await trackWithoutWaiting(page);
    const survey = surveyOn(page);
    await survey.getByRole('button', { name: 'Finish' }).click();
    const error = survey.getByRole('alert');
    await expect(error).toBeVisible();
    await expect(error).toBeInViewport({ ratio: 1 });
    const isOnTop = await error.evaluate((node) => {
      const { left, top, height: tall } = node.getBoundingClientRect();
      const hit = (node.getRootNode() as ShadowRoot).elementFromPoint(left + 4, top + tall / 2);
      return node === hit;
    });
    expect(isOnTop).toBe(true);
    expect(await survey.evaluate((node) => !!(node.getRootNode() as ShadowRoot).activeElement)).toBe(true);
  });

test('a matrix of five columns is a table on a wide page, and lists on a phone', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, { server, site }, '<h1>Host</h1>', surveyOf([MATRIX]));
  await trackWithoutWaiting(page);
  const survey = surveyOn(page);
  const row = survey.getByRole('radiogroup', { name: 'Writing letters' });
  const places = async (): Promise<(readonly [x: number, y: number])[]> => {
    await expect(row.getByRole('radio').last()).toBeVisible();
    await page.waitForTimeout(300);
    const boxes = await Promise.all((await row.getByRole('radio').all()).map((one) => one.boundingBox()));
    return boxes.map((box) => [Math.round(box?.x ?? 0), Math.round(box?.y ?? 0)] as const);
  };
  const wide = await places();
  expect(new Set(wide.map(([, y]) => y)).size).toBe(1);
  expect(new Set(wide.map(([x]) => x)).size).toBe(5);
  for (const name of columns) await expect(survey.locator('.heads').getByText(name)).toBeInViewport();
  await page.setViewportSize({ width: 360, height: 700 });
  const narrow = await places();
  expect(new Set(narrow.map(([, y]) => y)).size).toBe(5);
});
