import type { Page } from '@playwright/test';
import { expect, surveyOn, test } from './support.ts';
import { everyField, expectShown, openPage, trackWithoutWaiting } from './survey-page.ts';

/** The edges of the card and of its close button, and whether the focused field is seen, in px of the window. */
const places = (page: Page) =>
  page.locator('inkling-survey').evaluate(({ shadowRoot }) => {
    const edges = (selector: string) => {
      const element = shadowRoot?.querySelector(selector) as Element;
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return { top, bottom, left, right };
    };
    const { innerWidth: width, innerHeight: height } = window;
    return { card: edges('.box'), close: edges('.close'), width, height };
  });

const expectInside = async (page: Page): Promise<void> => {
  await page.waitForTimeout(300);
  const { card, close, width, height } = await places(page);
  for (const { top, bottom, left, right } of [card, close]) {
    expect(Math.round(top)).toBeGreaterThanOrEqual(0);
    expect(Math.round(left)).toBeGreaterThanOrEqual(0);
    expect(Math.round(bottom)).toBeLessThanOrEqual(height);
    expect(Math.round(right)).toBeLessThanOrEqual(width);
  }
};

/** Goes through every control with the keyboard; each must be seen once it has the focus. */
const expectReachable = async (page: Page): Promise<void> => {
  const survey = surveyOn(page);
  await survey.getByRole('radio').first().focus();
  for (let times = 0; times < 14; times++) {
    await page.keyboard.press('Tab');
    const seen = await page.locator('inkling-survey').evaluate(({ shadowRoot }) => {
      const focused = shadowRoot?.activeElement;
      if (!focused) return 'none';
      // A control that is drawn by its label.
      const drawn = focused.closest('label') ?? focused;
      const { top, bottom, left, right, height } = drawn.getBoundingClientRect();
      const [x, y] = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
      const hit = shadowRoot?.elementFromPoint(x, y) ?? null;
      const isSeen = drawn === hit || drawn.contains(hit);
      return isSeen && (height > 60 || (top >= -1 && bottom <= innerHeight + 1))
        ? 'seen'
        : `${focused.outerHTML.slice(0, 80)} ${top} ${bottom}, there is ${hit?.className}`;
    });
    expect(['seen', 'none']).toContain(seen);
  }
};

const open = async (page: Page, given: Parameters<typeof openPage>[1], style = ''): Promise<void> => {
  await openPage(page, given, `<style>${style}</style><h1>Host</h1><p>Text</p>`, everyField());
  await trackWithoutWaiting(page);
  await expectShown(page);
};

for (const [name, width, height] of [
  ['a window of 1280 × 800 at 400 %', 320, 200],
  ['a phone on its side with its keyboard', 740, 160],
  ['a phone on its side', 740, 360],
  ['a phone', 360, 640],
  ['a wide and low window', 1280, 220],
] as const) {
  test(`${name} shows the whole card and the focused field`, async ({ page, server, site }) => {
    await page.setViewportSize({ width, height });
    await open(page, { server, site });
    await expectInside(page);
    await expectReachable(page);
  });

  test(`the card stays whole when the window becomes that of ${name}`, async ({ page, server, site }) => {
    await page.setViewportSize({ width: Math.max(width, 740), height: 700 });
    await open(page, { server, site });
    const field = surveyOn(page).getByRole('textbox').last();
    await field.focus();
    await page.setViewportSize({ width, height });
    await expectInside(page);
    const box = await field.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(-1);
    expect((box?.y ?? 0) + 20).toBeLessThanOrEqual(height);
  });
}

for (const at of ['html', 'body']) {
  for (const zoom of [0.5, 1.5, 2.5]) {
    test(`a page whose ${at} has a zoom of ${zoom} shows the whole card`, async ({ page, server, site }) => {
      await page.setViewportSize({ width: 1280, height: 640 });
      await open(page, { server, site }, `${at} { zoom: ${zoom} }`);
      await expectInside(page);
      await expectReachable(page);
    });
  }
}

for (const placement of ['bottomRight', 'topLeft', 'center']) {
  test(`a pinch leaves a card at ${placement} where it is`, async ({ page, server, site, browserName }) => {
    if (browserName !== 'chromium') return;
    await server.settings({ placement });
    await open(page, { server, site });
    // It moves while it comes in.
    await page.waitForTimeout(400);
    const before = await places(page);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 2 });
    await page.waitForTimeout(300);
    expect(await places(page)).toEqual(before);
    await devtools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 });
    await page.waitForTimeout(300);
    expect(await places(page)).toEqual(before);
  });
}
