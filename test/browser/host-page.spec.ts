import type { Page } from '@playwright/test';
import {
  call,
  expect,
  passTime,
  surveyOn,
  tagFor,
  test,
  undelivered,
  valueIn,
  whenReady,
} from './support.ts';
import { closeSurvey, everyField, expectGone, expectShown, openPage } from './survey-page.ts';

/** Every computed style of every element below `root`: the page's body, or the survey. */
function looksOf(page: Page, root: 'page' | 'survey'): Promise<string[]> {
  return page.evaluate((where) => {
    const shadow = document.querySelector('inkling-survey')?.shadowRoot;
    const elements =
      where === 'page'
        ? document.querySelectorAll('html, body, body :not(inkling-survey)')
        : (shadow?.querySelectorAll('[role=dialog], [role=dialog] *') ?? []);
    return [...elements].map((element) => {
      const styles = getComputedStyle(element);
      const all = [...styles].map((name) => `${name}:${styles.getPropertyValue(name)}`).join(';');
      return `${element.localName}.${element.getAttribute('class') ?? ''} ${all}`;
    });
  }, root);
}

const EVERY_ELEMENT = `<header class="bar">H</header><nav><a href="#x" class="button">Link</a></nav>
<main class="body"><h1>One</h1><h2>Two</h2><p class="note">Text <b>bold</b> <i>slanted</i> <code>code</code></p>
<form class="end"><fieldset class="list"><legend>L</legend><label class="row on"><input type="radio" name="r" checked>R</label>
<input type="checkbox" checked><input class="text" placeholder="P"><textarea class="text">T</textarea>
<select><option>1</option></select><button class="close" type="button">B</button><progress value="0.5"></progress></fieldset></form>
<table class="scale"><tr><th class="cell">H</th><td>D</td></tr></table><ul><li>1</li></ul><dl><dt>a</dt><dd>b</dd></dl>
<blockquote>Q</blockquote><pre>P</pre><hr><details><summary>S</summary>D</details><svg width="9" height="9"><path d="M0 0h9"/></svg>
<div role="dialog" class="dark">D</div><div role="status">S</div></main><footer class="actions">F</footer>`;

// Rules as resets, frameworks and tag managers put them into pages.
const RUDE_STYLES = `<style>
  * { box-sizing: content-box; margin: 9px; padding: 9px; letter-spacing: 3px; border: 3px dotted red }
  * { all: unset !important; font: 30px serif !important; color: lime !important }
  :root { --hidden: 90px; --on-brand: red; --bg: red; --fg: red; --brand: red; --round: 40px; font-size: 40px; color-scheme: dark }
  .border, .body, .bar, .text, .close, .button, .cell { display: none !important }
  button, input, textarea, label, h2, form, fieldset { transform: rotate(3deg) !important; float: right }
  inkling-survey { display: block !important; opacity: 0.2 !important; zoom: 3; direction: rtl; filter: blur(9px) }
  [role=dialog], dialog { position: static !important; width: 40px !important }
</style>`;

test('the page has the same styles and markup before, during and after a survey', async ({
  page,
  server,
  site,
}) => {
  await page.addInitScript(() => {
    const transitions: unknown[] = [];
    Object.assign(window, { transitions });
    Object.assign(Document.prototype, { startViewTransition: (work: unknown) => transitions.push(work) });
  });
  await server.settings({ overlay: 'dark' });
  await openPage(page, { server, site }, EVERY_ELEMENT, everyField());
  const source = (): Promise<string> => page.evaluate(() => document.documentElement.outerHTML);
  const attributes = (): Promise<string> =>
    page.evaluate(() => {
      const { documentElement, body, styleSheets, adoptedStyleSheets } = document;
      const own = [documentElement, body].map((one) => one.cloneNode() as Element);
      return [...own.map(({ outerHTML }) => outerHTML), styleSheets.length, adoptedStyleSheets.length].join();
    });
  const [looks, text, roots] = [await looksOf(page, 'page'), await source(), await attributes()];
  expect(looks.length).toBeGreaterThan(40);
  await call(page, 'track', 'did-it');
  await expectShown(page);
  expect(await looksOf(page, 'page')).toEqual(looks);
  expect(await attributes()).toBe(roots);
  await closeSurvey(page);
  expect(await looksOf(page, 'page')).toEqual(looks);
  expect(await source()).toBe(text);
  expect(await valueIn<unknown[]>(page, 'transitions')).toEqual([]);
});

test('page-wide style rules do not change the look of the survey', async ({ page, server, site }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
  const head = `${RUDE_STYLES}${tagFor(server)}`;
  site.put('/rude', { head, body: `<div class="border">Mine</div>` });
  await call(page, 'track', 'did-it');
  await expectShown(page);
  const looks = await looksOf(page, 'survey');
  expect(looks.length).toBeGreaterThan(60);
  await closeSurvey(page);
  await page.goto(`${site.url}/rude`);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expectShown(page);
  expect(await looksOf(page, 'survey')).toEqual(looks);
  const seen = await surveyOn(page).evaluate((box) => box.checkVisibility({ opacityProperty: true }));
  expect(seen).toBe(true);
});

test('the style sheets have no rule that leaks into the page or is known to crash a browser', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
  await call(page, 'track', 'did-it');
  await expectShown(page);
  const text = await page.evaluate(() =>
    (document.querySelector('inkling-survey')?.shadowRoot?.adoptedStyleSheets ?? [])
      .flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText))
      .join('\n'),
  );
  expect(text.length).toBeGreaterThan(3_000);
  expect(text).not.toMatch(/:has\(|:empty|@property|@layer|@import|@font-face|:root|url\(/);
});

test('while a survey is open the page keeps Tab, Escape, Ctrl+Enter and its text selection', async ({
  page,
  server,
  site,
}) => {
  const body = '<input id="one"><input id="two"><p id="text">Some text to select</p>';
  await openPage(page, { server, site }, body);
  await page.evaluate(() => {
    const keys: string[] = [];
    Object.assign(window, { keys });
    addEventListener('keydown', ({ key, defaultPrevented }) => keys.push(`${key} ${defaultPrevented}`));
  });
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await page.locator('#one').focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('#two')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  expect(await valueIn<string[]>(page, 'keys')).toEqual([
    'Tab false',
    'Escape false',
    'Control false',
    'Enter false',
  ]);
  await expectShown(page);
  await page.locator('#text').selectText();
  expect(await page.evaluate(() => `${getSelection()}`)).toBe('Some text to select');
  await expect(surveyOn(page).getByRole('radio').first()).toBeVisible();
});

test('a survey opened beside a focus-trapping dialog leaves it open and does not compete for the focus', async ({
  page,
  server,
  site,
}) => {
  // As focus traps of widget libraries do: any focus outside of the dialog is pulled back.
  const body = `<div id="d" role="dialog" aria-modal="true"><input id="in" aria-label="Mine"></div><script>
    const d = document.getElementById('d');
    window.pulls = 0;
    document.addEventListener('focusin', ({ target }) => {
      if (!d.isConnected || d.contains(target)) return;
      window.pulls++;
      document.getElementById('in').focus();
    });
  </script>`;
  const { id } = await openPage(page, { server, site }, body);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`${error}`));
  await page.locator('#in').focus();
  await call(page, 'showSurvey', id);
  await expectShown(page);
  await expect(page.locator('#in')).toBeFocused();
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  // Two focus traps that compete would pull the focus a dozen times in this time.
  await passTime(page, 300);
  expect(await valueIn<number>(page, 'pulls')).toBeLessThan(6);
  await expect(page.locator('#d')).toBeVisible();
  expect(errors).toEqual([]);
});

test('a survey opened beside a modal dialog leaves it open, and can be answered once it is closed', async ({
  page,
  server,
  site,
}) => {
  const { id } = await openPage(page, { server, site }, '<dialog><input aria-label="Mine"></dialog>');
  const isOpen = (): Promise<boolean | undefined> =>
    page.evaluate(() => document.querySelector('dialog')?.open);
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  await call(page, 'showSurvey', id);
  await expectShown(page);
  expect(await isOpen()).toBe(true);
  await page.keyboard.type('Mine');
  await expect(page.getByRole('textbox', { name: 'Mine' })).toHaveValue('Mine');
  await page.evaluate(() => document.querySelector('dialog')?.close());
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  await call(page, 'closeSurvey');
  await expectGone(page);
  expect(await isOpen()).toBe(true);
  await expect(page.getByRole('textbox', { name: 'Mine' })).toBeFocused();
});

test('an open survey is on top of an element with the highest z-index', async ({ page, server, site }) => {
  // Points of the box are looked at, so it must not move.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page, { server, site });
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await page.evaluate(() => {
    const cover = document.createElement('div');
    cover.id = 'cover';
    cover.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:#000';
    document.body.append(cover);
  });
  /** The topmost element at a point of the survey's box, which is moved inwards by so many px. */
  const topAt = (x: 0 | 1, y: 0 | 1, inset = 24): Promise<string | undefined> =>
    surveyOn(page).evaluate(
      (box, [right, below, by]) => {
        const { left, top, width, height } = box.getBoundingClientRect();
        const found = document.elementFromPoint(
          left + (right ? width - by : by),
          top + (below ? height - by : by),
        );
        return found?.id || found?.localName;
      },
      [x, y, inset] as const,
    );
  // By the page's own question, and by a click.
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    expect(await topAt(x, y)).toBe('inkling-survey');
    expect(await topAt(x, y, -2)).toBe('cover');
  }
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await closeSurvey(page);
});

test('an open survey stays when the element it was opened from is removed', async ({
  page,
  server,
  site,
}) => {
  await openPage(
    page,
    { server, site },
    `<div id="app"><button onclick="inkling.track('did-it');setTimeout(() => document.getElementById('app').replaceChildren(), 50)">Do it</button></div>`,
  );
  await page.getByRole('button', { name: 'Do it' }).click();
  await expectShown(page);
  await expect(page.getByRole('button', { name: 'Do it' })).toHaveCount(0);
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
});

test('nothing is redrawn and no timer starts while a survey is open and nothing happens', async ({
  page,
  server,
  site,
}) => {
  await page.addInitScript(() => {
    const begun: string[] = [];
    Object.assign(window, { begun });
    const note = (name: string): unknown => begun.push(name);
    for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame'] as const) {
      const original = window[name] as (...args: unknown[]) => number;
      Object.assign(window, {
        [name]: (work: (...args: unknown[]) => void, ...rest: unknown[]) => {
          note(name);
          const run = (...args: unknown[]): void => {
            // A time limit that runs out is allowed: it redraws nothing.
            if (name === 'setInterval') note('setInterval runs');
            work(...args);
          };
          return original(run, ...rest);
        },
      });
    }
  });
  await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await expect.poll(() => undelivered(page)).toBe(0);
  await expect(page.locator('inkling-survey').getByRole('status')).not.toBeEmpty();
  const happened = await page.evaluate(async () => {
    const root = document.querySelector('inkling-survey')?.shadowRoot;
    if (!root) return ['no survey'];
    const { begun } = window as never as { begun: string[] };
    let changes = 0;
    const observer = new MutationObserver((records) => {
      changes += records.length;
    });
    for (const one of [root, document])
      observer.observe(one, { subtree: true, childList: true, attributes: true, characterData: true });
    // Work in progress may end first: waits for half a second without any, at most 20 times.
    let isQuiet = false;
    for (let tries = 0; tries < 20 && !isQuiet; tries++) {
      changes = 0;
      begun.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
      isQuiet = changes === 0 && begun.length === 1;
    }
    changes = 0;
    begun.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return [changes, ...begun];
  });
  // The test's own timer.
  expect(happened).toEqual([0, 'setTimeout']);
});
