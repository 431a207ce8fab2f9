import { MAX_ENTERED_CHARS } from '../../src/core/limits.ts';
import { expect, surveyOn, test } from './support.ts';
import { openPage, trackWithoutWaiting } from './survey-page.ts';

/** Needs three bytes for each character that JavaScript counts. */
const WIDE = '语';

test('what a visitor pastes is cut where it is seen, and all that the fields hold arrives', async ({
  page,
  server,
  site,
}) => {
  const element = (id: string, more: object) => ({ id, headline: { default: id }, required: false, ...more });
  const line = (label: string) => ({ show: true, required: false, placeholder: { default: label } });
  const lines = ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'];
  const document = {
    blocks: [
      { id: 'b1', elements: [element('text', { type: 'openText' })] },
      {
        id: 'b2',
        elements: [
          element('place', {
            type: 'address',
            ...Object.fromEntries(lines.map((name) => [name, line(name)])),
          }),
        ],
      },
    ],
  };
  const { id } = await openPage(page, { server, site }, '<h1>Host</h1>', document);
  await trackWithoutWaiting(page);
  const survey = surveyOn(page);
  const paste = async (text: string): Promise<void> => page.keyboard.insertText(text);
  await survey.getByRole('textbox').click();
  await paste(WIDE.repeat(300_000));
  const pasted = await survey.getByRole('textbox').inputValue();
  expect(pasted.length).toBe(MAX_ENTERED_CHARS / 4);
  await survey.getByRole('button', { name: 'Next' }).click();

  const held: string[] = [];
  for (const name of lines) {
    const field = survey.getByRole('textbox', { name });
    await field.click();
    for (let count = 0; count < 3; count += 1) await paste(WIDE.repeat(7_000));
    held.push(await field.inputValue());
  }
  const total = pasted.length + held.join('').length;
  expect(total).toBeLessThanOrEqual(MAX_ENTERED_CHARS);
  expect(total).toBeGreaterThan(MAX_ENTERED_CHARS - 7_500);
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect
    .poll(async () => (await server.responses(id)).map(({ finished, data }) => [finished, data]))
    .toEqual([[true, { text: pasted, place: held }]]);
});
