import type { Page } from '@playwright/test';
import { bundle } from '../support/bundle.ts';
import { expect, type HostSite, surveyOn, type TestServer, test, whenReady } from './support.ts';
import { everyField, expectShown, openPage, trackWithoutWaiting } from './survey-page.ts';

/** A wait in which a survey that is not held back opens. */
const OPENS_MS = 1_500;

const expectHeldBack = async (page: Page): Promise<void> => {
  await page.waitForTimeout(OPENS_MS);
  await expect(surveyOn(page)).toHaveCount(0);
};

/** Events that reach the page's own listeners, on the document and the window, from then on. */
const hear = (page: Page, types: readonly string[]): Promise<void> =>
  page.evaluate((names) => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    for (const name of names)
      for (const target of [document, window]) target.addEventListener(name, ({ type }) => heard.push(type));
  }, types);

const heard = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { heard: string[] }).heard);

const TYPES =
  'keydown keyup keypress beforeinput input compositionstart compositionupdate compositionend copy cut paste dragenter dragover dragleave drop selectstart contextmenu mousedown mouseup pointerdown pointerup touchstart touchmove touchend touchcancel wheel focusin focusout'.split(
    ' ',
  );

test('what happens inside a survey is not heard by the page', async ({ page, server, site }) => {
  await openPage(page, { server, site }, '<h1>Host</h1><input id="own">', everyField());
  await trackWithoutWaiting(page);
  await expectShown(page);
  const survey = surveyOn(page);
  await hear(page, TYPES);
  const line = survey.getByRole('textbox').first();
  await line.click();
  await page.keyboard.type('abc');
  await line.selectText();
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('ControlOrMeta+v');
  await line.dblclick();
  await line.click({ button: 'right' });
  await survey.hover();
  await page.mouse.wheel(0, 50);
  // Those that a test can't cause with a device.
  await line.evaluate((node, types) => {
    for (const type of types) node.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  }, TYPES);
  expect(await heard(page)).toEqual([]);
});

test('a survey works although the page stops these events on the document', async ({
  page,
  server,
  site,
}) => {
  await openPage(
    page,
    { server, site },
    `<h1>Host</h1><script>
      for (const type of ${JSON.stringify(TYPES)})
        document.addEventListener(type, (event) => event.preventDefault(), { passive: false });
      document.addEventListener('pointerdown', (event) => document.documentElement.setPointerCapture(event.pointerId));
      document.addEventListener('focusin', () => document.activeElement.blur());
    </script>`,
    everyField(),
  );
  await trackWithoutWaiting(page);
  await expectShown(page);
  const survey = surveyOn(page);
  const line = survey.getByRole('textbox').first();
  await line.click();
  await page.keyboard.type('abc');
  await expect(line).toHaveValue('abc');
  await line.selectText();
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('End');
  await page.keyboard.press('ControlOrMeta+v');
  await expect(line).toHaveValue('abcabc');
  await survey.getByText('I agree').click();
  await expect(survey.getByRole('checkbox', { name: 'I agree' })).toBeChecked();
  const body = survey.locator('.body');
  await body.evaluate((node) => node.scrollTo(0, 0));
  await body.hover();
  await page.mouse.wheel(0, 120);
  await expect.poll(() => body.evaluate((node) => node.scrollTop)).toBeGreaterThan(20);
});

test('a card scrolls on a page whose scrolling is smoothed by Lenis', async ({ page, server, site }) => {
  const lenis = await bundle(
    `import Lenis from 'lenis'; new Lenis({ autoRaf: true }); document.title = 'smooth';`,
  );
  await openPage(
    page,
    { server, site },
    `<h1>Host</h1><div style="height:5000px"></div><script>${lenis}</script>`,
    everyField(),
  );
  await expect(page).toHaveTitle('smooth');
  await trackWithoutWaiting(page);
  await expectShown(page);
  const body = surveyOn(page).locator('.body');
  await body.hover();
  await page.mouse.wheel(0, 120);
  await expect.poll(() => body.evaluate((node) => node.scrollTop)).toBeGreaterThan(20);
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

const CONTENT = '<main id="app"><h1>Host</h1><button id="go">Go</button></main>';
const CDK = `<div class="cdk-overlay-container"><div class="cdk-overlay-backdrop cdk-overlay-backdrop-showing"></div>
  <div class="cdk-global-overlay-wrapper"><div class="cdk-overlay-pane"><div class="cdk-visually-hidden cdk-focus-trap-anchor" tabindex="0" aria-hidden="true"></div>
  <div role="dialog" class="cdk-dialog-container" tabindex="-1"><p>Sure?</p><button>Yes</button></div></div></div></div>`;

/** Dialogs of a page that are modal without saying so: markup, and a script that shows and hides it. */
const DIALOGS: Readonly<Record<string, { readonly show: string; readonly hide: string }>> = {
  'an alertdialog': {
    show: `document.body.insertAdjacentHTML('beforeend', '<div id="d" role="alertdialog"><button>Yes</button></div>')`,
    hide: `document.getElementById('d').remove()`,
  },
  'a dialog beside an inert page, with aria-modal=false': {
    show: `app.inert = true; document.body.insertAdjacentHTML('beforeend', '<div id="d" role="dialog" aria-modal="false"><button>Yes</button></div>')`,
    hide: `app.inert = false; document.getElementById('d').remove()`,
  },
  'a dialog deep in the page, beside inert parts': {
    show: `app.innerHTML = '<section inert><a href="/">Home</a></section><div><div id="d" role="dialog"><button>Yes</button></div></div>'`,
    hide: `app.innerHTML = '<section><a href="/">Home</a></section>'`,
  },
  'a dialog as Angular CDK makes it': {
    show: `app.setAttribute('aria-hidden', 'true'); document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(CDK)})`,
    hide: `app.removeAttribute('aria-hidden'); document.querySelector('.cdk-overlay-container').remove()`,
  },
  'an inert body': { show: `document.body.inert = true`, hide: `document.body.inert = false` },
  'an inert document': {
    show: `document.documentElement.inert = true`,
    hide: `document.documentElement.inert = false`,
  },
};

for (const [name, { show, hide }] of Object.entries(DIALOGS)) {
  test(`a survey waits for ${name}`, async ({ page, server, site }) => {
    await openPage(page, { server, site }, CONTENT);
    await page.evaluate(show);
    await trackWithoutWaiting(page);
    await expectHeldBack(page);
    await page.evaluate(hide);
    await page.mouse.move(50, 50);
    await expectShown(page);
  });
}

test('a survey waits for a dialog of Radix', async ({ page, server, site }) => {
  const radix = await bundle(`
    import * as Dialog from '@radix-ui/react-dialog';
    import { createElement as h } from 'react';
    import { createRoot } from 'react-dom/client';
    createRoot(document.getElementById('app')).render(
      h(Dialog.Root, null,
        h('h1', null, 'Host'),
        h(Dialog.Trigger, null, 'Open'),
        h(Dialog.Portal, null,
          h(Dialog.Overlay, { style: { position: 'fixed', inset: 0 } }),
          h(Dialog.Content, { style: { position: 'fixed', top: 20, left: 20 } },
            h(Dialog.Title, null, 'Really?'),
            h(Dialog.Description, null, 'It is for ever.'),
            h(Dialog.Close, null, 'Done')))));`);
  await openPage(page, { server, site }, `<div id="app"></div><script>${radix}</script>`);
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('dialog', { name: 'Really?' })).toBeVisible();
  await trackWithoutWaiting(page);
  await expectHeldBack(page);
  await expect(page.getByRole('dialog', { name: 'Really?' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await expectShown(page);
  await surveyOn(page).getByRole('radio', { name: '3' }).click();
});

test('a dialog beside which the page can be used does not hold a survey back', async ({
  page,
  server,
  site,
}) => {
  const banner = '<div role="dialog" aria-label="Cookies"><p>Cookies?</p><button>OK</button></div>';
  await openPage(page, { server, site }, `${CONTENT}<i aria-hidden="true">*</i>${banner}`);
  await trackWithoutWaiting(page);
  await expectShown(page);
});

const EDITOR = '<body contenteditable style="min-height:100px">Text</body>';

for (const [name, place] of Object.entries({
  'an editor’s frame': `document.body.insertAdjacentHTML('beforeend', '<iframe id="f" srcdoc="${EDITOR.replaceAll('"', '&quot;')}"></iframe>')`,
  'a frame in a frame': `document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc="<iframe srcdoc=&quot;<textarea></textarea>&quot;></iframe>"></iframe>')`,
})) {
  test(`nothing opens while the visitor types in ${name}`, async ({ page, server, site }) => {
    await openPage(page, { server, site }, '<h1>Host</h1>');
    await page.evaluate(place);
    const field =
      name === 'a frame in a frame'
        ? page.frameLocator('iframe').frameLocator('iframe').locator('textarea')
        : page.frameLocator('#f').locator('body');
    await field.click();
    await trackWithoutWaiting(page);
    for (let letters = 0; letters < 8; letters++) {
      await page.keyboard.type('x');
      await page.waitForTimeout(250);
      await expect(surveyOn(page)).toHaveCount(0);
    }
    await expectShown(page);
  });
}

/** A page on the site that holds a frame with another page of the site, which has the tag. */
const putFrame = async (
  page: Page,
  { server, site }: { server: TestServer; site: HostSite },
  markup: string,
): Promise<void> => {
  await openPage(page, { server, site }, '<h1>Inner</h1><div style="height:300px"></div>');
  site.put('/outer', { head: '', body: `<h1>Outer</h1>${markup}` });
  await page.goto(`${site.url}/outer`);
};

const inner = (page: Page) => page.frameLocator('iframe');
const inFrame = async (page: Page): Promise<void> => {
  const frame = page.frames().find((one) => one.url().endsWith('/inner'));
  if (!frame) throw new Error('no frame');
  await whenReady(frame as unknown as Page);
  await trackWithoutWaiting(frame as unknown as Page);
};

for (const [name, style] of Object.entries({
  'that is not displayed': 'display:none',
  'that is invisible': 'visibility:hidden',
  'that is transparent': 'opacity:0',
  'of one pixel': 'width:1px;height:1px',
  'that is tiny': 'width:120px;height:90px',
  'of no height': 'height:0',
  'left of the window': 'position:absolute;left:-9999px;width:600px;height:400px',
  'below the window': 'position:absolute;top:3000px;width:600px;height:400px',
  'as tall as its content': 'width:800px;height:4000px',
})) {
  test(`no survey opens in a frame ${name}`, async ({ page, server, site }) => {
    await putFrame(page, { server, site }, `<iframe src="/inner" style="border:0;${style}"></iframe>`);
    await inFrame(page);
    await page.waitForTimeout(OPENS_MS);
    await expect(inner(page).locator('inkling-survey')).toHaveCount(0);
    expect(server.calls.filter(({ path }) => path.endsWith('/displays'))).toEqual([]);
    // Once its place is seen it opens.
    await page.locator('iframe').evaluate((frame) => {
      frame.style.cssText = 'border:0;width:700px;height:500px';
    });
    await expect(inner(page).locator('inkling-survey').getByRole('dialog')).toBeVisible();
  });
}

test('a survey opens at the end of a tall frame once the visitor has scrolled there', async ({
  page,
  server,
  site,
}) => {
  await putFrame(
    page,
    { server, site },
    '<iframe src="/inner" style="border:0;width:800px;height:4000px"></iframe>',
  );
  await inFrame(page);
  await page.waitForTimeout(OPENS_MS);
  await page.evaluate(() => scrollTo(0, 9_999));
  await expect(inner(page).locator('inkling-survey').getByRole('dialog')).toBeVisible();
});
