import { call, expect, ratingThenText, surveyOn, test } from './support.ts';
import { closeSurvey, everyField, expectGone, expectShown, openPage } from './survey-page.ts';

test('on a small phone a thumb reaches the close button, and no field is so small that the page zooms', async ({
  page,
  server,
  site,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 320, height: 480 });
  await openPage(page, { server, site }, '<p style="height:3000px">Long</p>', everyField());
  await call(page, 'track', 'did-it');
  await expectShown(page);
  for (const choice of await surveyOn(page).getByRole('radio', { name: 'The other one' }).all())
    await choice.click();
  await expect(surveyOn(page).getByRole('textbox')).toHaveCount(3);
  const sizes = await surveyOn(page)
    .locator('input, textarea')
    .evaluateAll((fields) =>
      fields
        .filter((field) => (field as HTMLInputElement).type.startsWith('text'))
        .map((field) => Number.parseFloat(getComputedStyle(field).fontSize)),
    );
  expect(sizes).toHaveLength(3);
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(16);
  const close = surveyOn(page).getByRole('button', { name: 'Close survey' });
  const box = await close.boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(44);
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(480);
  // Near its edge, where a thumb may touch it; `click()` would scroll and take the centre.
  await page.mouse.click((box?.x ?? 0) + 22, (box?.y ?? 0) + 42);
  await expectGone(page);
});

test('every control is native, named and has a focus ring, and Tab leads out of the survey', async ({
  page,
  server,
  site,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page, { server, site }, '<button id="before">Mine</button>', everyField());
  await call(page, 'track', 'did-it');
  await expectShown(page);
  expect(await surveyOn(page).locator('[tabindex]:not([tabindex="-1"]), [onclick]').count()).toBe(0);
  await expect(surveyOn(page).getByRole('radiogroup').first()).toHaveAccessibleName(/^Question/);
  await expect(surveyOn(page).getByRole('radiogroup').first()).toHaveAccessibleDescription(
    'More about stars',
  );
  await expect(surveyOn(page).getByRole('textbox').first()).toHaveAccessibleDescription('More about line');
  const visited: string[] = [];
  await page.locator('#before').focus();
  for (let step = 0; step < 25; step++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const element = document.activeElement?.shadowRoot?.activeElement;
      if (!element) return undefined;
      const ringOf = (pseudo?: string): boolean => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
        return outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 1;
      };
      const name = element.getAttribute('class') || element.getAttribute('type') || element.localName;
      return `${element.localName} ${name} ${ringOf() || ringOf('::after') ? 'ring' : 'NO RING'}`;
    });
    if (!found && visited.length > 0) break;
    if (found) visited.push(found);
  }
  expect(visited.filter((one) => one.includes('NO RING'))).toEqual([]);
  expect(new Set(visited.map((one) => one.split(' ')[0]))).toEqual(new Set(['input', 'textarea', 'button']));
  // Tab leaves the survey after its last control.
  expect(visited.length).toBeLessThan(20);
  expect(visited.at(-1)).toBe('button close ring');
});

test('a survey in a right-to-left script is mirrored', async ({ page, server, site }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { document } = ratingThenText({ displayOption: 'respondMultiple' });
  const { blocks } = document as { blocks: { elements: { headline: object }[] }[] };
  for (const [index, block] of blocks.entries())
    for (const element of block.elements) element.headline = { default: `كيف كانت زيارتك؟ ${index}` };
  await openPage(page, { server, site }, '<h1>Host</h1>', document);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page)).toHaveAttribute('dir', 'rtl');
  const left = async (role: 'button' | 'radio', name: string): Promise<number> => {
    const box = await surveyOn(page).getByRole(role, { name, exact: true }).boundingBox();
    return box?.x ?? Number.NaN;
  };
  for (const score of [1, 2, 3, 4])
    expect(await left('radio', `${score}`)).toBeGreaterThan(await left('radio', `${score + 1}`));
  expect(await left('button', 'Close survey')).toBeLessThan(await left('radio', '5'));
  await surveyOn(page).getByRole('radio', { name: '5', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  expect(await left('button', 'Back')).toBeGreaterThan(await left('button', 'Finish'));
  expect(
    await surveyOn(page)
      .locator('.bar i')
      .evaluate((bar) => getComputedStyle(bar).transformOrigin),
  ).not.toMatch(/^0px/);
});

test('dark mode follows the system and the page, and the text keeps a contrast of more than 7', async ({
  page,
  server,
  site,
}) => {
  await server.settings({ styling: { isDarkModeEnabled: true } });
  await openPage(page, { server, site });
  await call(page, 'track', 'did-it');
  await expectShown(page);
  /** Contrast of the card's text with its ground, and whether the ground is dark. */
  const look = (): Promise<{ contrast: number; isDark: boolean; scheme: string }> =>
    surveyOn(page).evaluate((box) => {
      const { color, backgroundColor, colorScheme } = getComputedStyle(box);
      const luminance = (css: string): number => {
        const [red = 0, green = 0, blue = 0] = (css.match(/[\d.]+/g) ?? []).map(Number).map((one) => {
          const part = one / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const [text, ground] = [luminance(color), luminance(backgroundColor)];
      const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      return { contrast, isDark: ground < 0.2, scheme: colorScheme };
    });
  for (const scheme of ['light', 'dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect.poll(look).toMatchObject({ isDark: scheme === 'dark', scheme });
    expect((await look()).contrast).toBeGreaterThan(7);
  }
  // The page's own attribute takes precedence over the system.
  await closeSurvey(page);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'dark';
  });
  await call(page, 'track', 'did-it');
  await expectShown(page);
  expect(await look()).toMatchObject({ isDark: true });
});
