import type { Page } from '@playwright/test';
import {
  answerBoth,
  call,
  expect,
  type HostSite,
  randomId,
  ratingThenText,
  startServer,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';

// What users of such snippets complained about (field.md section B), each lesson a test under its number. Lessons that
// another spec proves are named here instead:
// B1.1 seen once, whoever is here: decisions "the same visitor sees it once"
// B1.4, 14, 15, 18, 19, 20, 21, 24: lessons-targeting; B1.12 one tab: one-tab; B1.16, 17: triggers; B1.22: decisions
// B2.27, 29 another person, one wipe: consent "forget erases everything", device; B2.31 the stub: page-is-not-ours
// B3.32, 33 storage blocked: storage-faults, hostile, page-is-not-ours "a site without storage"
// B3.36, 37, 39, 40, 43 sending: sending, exactly-once, faulty-network, leaving; B3.38 resume: one-tab
// B4.49 keys, 50, 58, 59 caret and scroll: page-is-not-ours; B4.51, 52, 54, 55 modals, quiet: polite
// B5.69–75 policies: strict-page, full-script, hostile; B5.76, 77, 80: page-is-not-ours; B5.78, 83: npm-package
// B5.81 a leaked `exports`, `define`: formbricks, hostile; B5.82 skewed versions: mixed-versions; B5.84 one line: demo

interface Servers {
  readonly server: TestServer;
  readonly site: HostSite;
}

interface Explained {
  readonly surveyId: string;
  readonly show: boolean;
  readonly gates: readonly { readonly code: string; readonly pass: boolean; readonly used?: unknown }[];
}

/** A survey that `did-it` opens as often as it happens, on a page with this body. */
async function openPage(
  page: Page,
  { server, site }: Servers,
  body = '<h1>Host</h1>',
  document: object = ratingThenText({ displayOption: 'respondMultiple' }).document,
): Promise<{ id: string }> {
  const survey = await server.createSurvey(document, [await server.createAction('did-it')]);
  site.put('*', { head: tagFor(server), body });
  await page.goto(site.url);
  await whenReady(page);
  return survey;
}

/** Tells of the action without waiting for what comes of it. */
const happen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    void (window as unknown as { inkling: { track: (key: string) => Promise<void> } }).inkling.track(
      'did-it',
    );
  });

const isShown = (page: Page): Promise<void> => expect(surveyOn(page)).toBeVisible();
const isGone = (page: Page): Promise<void> => expect(page.locator('inkling-survey')).toHaveCount(0);
const closeIt = async (page: Page): Promise<void> => {
  await surveyOn(page).getByRole('button', { name: 'Close survey' }).click();
  await isGone(page);
};

/** The gates that refuse a survey, apart from its trigger. */
async function refusals(page: Page, surveyId: string): Promise<string[]> {
  const [one] = (await call(page, 'explain', surveyId)) as Explained[];
  return (one?.gates ?? []).filter(({ pass, code }) => !pass && code !== 'trigger').map(({ code }) => code);
}

/** One question of each kind this renderer draws, all on one card. */
function everyField(change: object = {}): object {
  const headline = { default: `Question ${randomId()}` };
  const one = (id: string, type: string, more: object = {}): object => ({
    ...{ id, type, required: false, headline, subheader: { default: `More about ${id}` } },
    ...more,
  });
  const choices = ['red', 'blue', 'other'].map((id) => ({ id, label: { default: `The ${id} one` } }));
  return {
    displayOption: 'respondMultiple',
    blocks: [
      {
        id: randomId(),
        name: 'All',
        elements: [
          one('stars', 'rating', { scale: 'star', range: 5 }),
          one('score', 'nps', { lowerLabel: { default: 'Bad' }, upperLabel: { default: 'Good' } }),
          one('line', 'openText', { longAnswer: false, charLimit: { enabled: false } }),
          one('lines', 'openText', { longAnswer: true, charLimit: { enabled: false } }),
          one('single', 'multipleChoiceSingle', { choices }),
          one('several', 'multipleChoiceMulti', { choices }),
          one('yes', 'consent', { label: { default: 'I agree' } }),
        ],
      },
    ],
    ...change,
  };
}

test.describe('B1 shown twice, too often, to the wrong person', () => {
  test('B1.2 and B3.41 seen counts though the network is blocked, and nothing of that is an error', async ({
    page,
    server,
    site,
  }) => {
    await page.addInitScript(() => {
      const logged: unknown[] = [];
      Object.assign(window, { logged });
      for (const level of ['error', 'warn'] as const)
        console[level] = (...args: unknown[]) => void logged.push(args);
      addEventListener('unhandledrejection', ({ reason }) => void logged.push(`${reason}`));
    });
    const survey = await openPage(page, { server, site }, '<h1>Host</h1>', ratingThenText().document);
    await page.route(/\/(displays|responses)/, (route) => route.abort());
    await call(page, 'track', 'did-it');
    await answerBoth(page, '3', 'Nobody hears this yet');
    await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();
    expect(await page.evaluate(() => (window as never as { logged: unknown[] }).logged)).toEqual([]);
    await page.reload();
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await isGone(page);
    expect(await refusals(page, survey.id)).toEqual(['display-option']);
    expect(await page.evaluate(() => (window as never as { logged: unknown[] }).logged)).toEqual([]);
    expect(await undelivered(page)).toBe(1);
  });

  test('B1.8 a second browser keeps the wait of the same person', async ({ browser, page, server, site }) => {
    await server.settings({ recontactDays: 7 });
    const { document } = ratingThenText({ recontactDays: null, displayOption: 'respondMultiple' });
    const survey = await openPage(page, { server, site }, '<h1>Host</h1>', document);
    await call(page, 'identify', 'mara');
    await call(page, 'track', 'did-it');
    await isShown(page);
    await expect.poll(() => undelivered(page)).toBe(0);
    const elsewhere = await browser.newContext();
    const other = await elsewhere.newPage();
    await other.goto(site.url);
    await whenReady(other);
    expect(await refusals(other, survey.id)).toEqual([]);
    await call(other, 'identify', 'mara');
    expect(await refusals(other, survey.id)).toEqual(['cooldown']);
    await elsewhere.close();
  });

  test('B1.9 and B1.10 the wait is bound to the device and to the person; a survey may have its own', async ({
    page,
    server,
    site,
  }) => {
    await server.settings({ recontactDays: 7 });
    const other = await server.createAction('something-else');
    const free = await server.createSurvey(ratingThenText({ recontactDays: 0 }).document, [other]);
    const own = await server.createSurvey(ratingThenText({ recontactDays: 30 }).document, [other]);
    const { document } = ratingThenText({ recontactDays: null, displayOption: 'respondMultiple' });
    const waits = await openPage(page, { server, site }, '<h1>Host</h1>', document);
    await call(page, 'identify', 'mara');
    await call(page, 'track', 'did-it');
    await closeIt(page);
    await call(page, 'logout');
    expect(await refusals(page, waits.id)).toEqual(['cooldown']);
    await call(page, 'identify', 'nils');
    expect(await refusals(page, waits.id)).toEqual([]);
    await call(page, 'identify', 'mara');
    expect(await refusals(page, waits.id)).toEqual(['cooldown']);
    expect(await refusals(page, free.id)).toEqual([]);
    expect(await refusals(page, own.id)).toEqual(['cooldown']);
  });

  test('B1.13 after an answer the device knows better than the server’s older word', async ({
    page,
    server,
    site,
  }) => {
    let first: string | undefined;
    // A server, or a cache before it, that doesn't learn.
    await page.route('**/user', async (route) => {
      const response = await route.fetch();
      first ??= await response.text();
      await route.fulfill({ response, body: first });
    });
    const { document } = ratingThenText({ displayOption: 'displayMultiple' });
    const survey = await openPage(page, { server, site }, '<h1>Host</h1>', document);
    await call(page, 'identify', 'mara');
    await call(page, 'track', 'did-it');
    await answerBoth(page, '4', 'Once');
    await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
    await expect.poll(() => undelivered(page)).toBe(0);
    await page.reload();
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await isGone(page);
    expect(JSON.parse(first ?? '').data.state.data.responses).toEqual([]);
    expect(await refusals(page, survey.id)).toEqual(['display-option']);
  });
});

test.describe('B2 who is here', () => {
  test('B2.25 and B2.26 the page can ask who is here, and the answer says it', async ({
    page,
    server,
    site,
  }) => {
    const survey = await openPage(page, { server, site });
    expect(await call(page, 'state')).toMatchObject({ userId: null });
    await page.evaluate(() => {
      const { inkling } = window as unknown as {
        inkling: { on: (name: string, handler: (event: object) => void) => void };
      };
      inkling.on('identified', (event) => Object.assign(window, { identified: event }));
    });
    await call(page, 'identify', 'mara');
    expect(await call(page, 'state')).toMatchObject({ userId: 'mara' });
    expect(await page.evaluate(() => (window as never as { identified: unknown }).identified)).toMatchObject({
      userId: 'mara',
    });
    await call(page, 'track', 'did-it');
    await answerBoth(page, '5', 'It is me');
    await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
    const [response] = await server.responses(survey.id);
    expect(response?.contact).toMatchObject({ id: expect.any(String), userId: 'mara' });
    await call(page, 'logout');
    expect(await call(page, 'state')).toMatchObject({ userId: null });
  });

  test('B2.27 and B2.28 logout, or somebody else, closes what is open', async ({ page, server, site }) => {
    await openPage(page, { server, site });
    await page.evaluate(() => {
      const reasons: string[] = [];
      Object.assign(window, { reasons });
      const { inkling } = window as unknown as {
        inkling: { on: (name: string, handler: (event: { reason: string }) => void) => void };
      };
      inkling.on('survey-closed', ({ reason }) => reasons.push(reason));
    });
    await call(page, 'identify', 'mara');
    await call(page, 'track', 'did-it');
    await isShown(page);
    await call(page, 'logout');
    await isGone(page);
    await call(page, 'identify', 'nils');
    await call(page, 'track', 'did-it');
    await isShown(page);
    await call(page, 'identify', 'olga');
    await isGone(page);
    expect(await page.evaluate(() => (window as never as { reasons: unknown }).reasons)).toEqual([
      'logout',
      'logout',
    ]);
  });

  test('B2.28 logout ends what waits: a delay, and a polite moment', async ({ page, server, site }) => {
    await openPage(page, { server, site }, '<dialog>Wait</dialog>');
    const later = await server.createAction('later');
    await server.createSurvey(ratingThenText({ delay: 1 }).document, [later]);
    await call(page, 'forget');
    await page.reload();
    await whenReady(page);
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
    await call(page, 'identify', 'mara');
    await happen(page);
    await call(page, 'track', 'later');
    expect(await call(page, 'state')).toMatchObject({ due: [{}] });
    await call(page, 'logout');
    expect(await call(page, 'state')).toMatchObject({ due: [] });
    await page.evaluate(() => document.querySelector('dialog')?.close());
    await page.mouse.move(300, 300);
    await page.waitForTimeout(1_200);
    await isGone(page);
  });
});

test.describe('B3 storage and delivery', () => {
  test('B3.34 a survey that changed since it was left is drawn anew, never empty', async ({ page, site }) => {
    const server = await startServer({ environmentMs: 300, slotMs: 1 });
    try {
      const { document, text } = ratingThenText();
      const survey = await openPage(page, { server, site }, '<h1>Host</h1>', document);
      await call(page, 'track', 'did-it');
      await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
      await surveyOn(page).getByRole('button', { name: 'Next' }).click();
      await expect(surveyOn(page).getByRole('textbox', { name: text })).toBeVisible();
      await expect.poll(() => undelivered(page)).toBe(0);
      const { blocks } = everyField() as { blocks: object[] };
      await server.manage('PUT', `surveys/${survey.id}`, { blocks });
      await page.waitForTimeout(400);
      await page.reload();
      await expect(surveyOn(page).getByRole('group').or(surveyOn(page).getByRole('radiogroup'))).toHaveCount(
        4,
      );
      await expect(surveyOn(page).getByRole('textbox')).toHaveCount(2);
      await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
      await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
    } finally {
      await server.stop();
    }
  });

  test('B3.35 a navigation within the page writes nothing to the disk', async ({ page, server, site }) => {
    await page.addInitScript(() => {
      const puts: unknown[] = [];
      Object.assign(window, { puts });
      for (const name of ['put', 'add', 'delete'] as const) {
        const original = IDBObjectStore.prototype[name] as (...args: unknown[]) => IDBRequest;
        IDBObjectStore.prototype[name] = function (this: IDBObjectStore, ...args: unknown[]) {
          puts.push(args.at(-1));
          return original.apply(this, args);
        } as never;
      }
    });
    const view = await server.createPageView('startsWith', '/');
    await server.createSurvey(ratingThenText({ displayPercentage: 0.01 }).document, [view]);
    await openPage(page, { server, site });
    const count = (): Promise<number> =>
      page.evaluate(() => (window as never as { puts: unknown[] }).puts.length);
    expect(await count()).toBeGreaterThan(0);
    const before = await count();
    for (let step = 0; step < 20; step++) {
      await page.evaluate((n) => history.pushState({}, '', `/page/${n}`), step);
    }
    await page.waitForTimeout(300);
    expect(await count()).toBe(before);
  });

  test('B3.42 a tab that stays open learns of a new survey when it is next needed', async ({
    page,
    site,
  }) => {
    const server = await startServer({ environmentMs: 500, slotMs: 1 });
    try {
      const action = await server.createAction('did-it');
      site.put('/', { head: tagFor(server) });
      await page.goto(site.url);
      await whenReady(page);
      const { document, rating } = ratingThenText();
      await server.createSurvey(document, [action]);
      await page.waitForTimeout(600);
      const asked = server.calls.length;
      await page.waitForTimeout(300);
      // Nothing is asked while nothing happens.
      expect(server.calls.length).toBe(asked);
      // A reply that lay about on a busy machine puts the page's idea of the server's clock behind by as long.
      await expect(async () => {
        await call(page, 'track', 'did-it');
        await expect(surveyOn(page).getByRole('radiogroup', { name: rating })).toBeVisible({ timeout: 3000 });
      }).toPass();
    } finally {
      await server.stop();
    }
  });
});

/** Every computed value of every element below `root`: the page's body, or what is drawn of a survey. */
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

// What resets, frameworks and tag managers put into pages.
const RUDE_STYLES = `<style>
  * { box-sizing: content-box; margin: 9px; padding: 9px; letter-spacing: 3px; border: 3px dotted red }
  * { all: unset !important; font: 30px serif !important; color: lime !important }
  :root { --hidden: 90px; --on-brand: red; --bg: red; --fg: red; --brand: red; --round: 40px; font-size: 40px; color-scheme: dark }
  .border, .body, .bar, .text, .close, .button, .cell { display: none !important }
  button, input, textarea, label, h2, form, fieldset { transform: rotate(3deg) !important; float: right }
  inkling-survey { display: block !important; opacity: 0.2 !important; zoom: 3; direction: rtl; filter: blur(9px) }
  [role=dialog], dialog { position: static !important; width: 40px !important }
</style>`;

test.describe('B4 the page stays what it is', () => {
  test('B4.45, 46, 47, 60, 61 and 65 before, during and after a survey the page is the same', async ({
    page,
    server,
    site,
  }) => {
    await page.addInitScript(() => {
      Object.assign(window, { transitions: 0 });
      Object.assign(Document.prototype, {
        startViewTransition: () => (window as never as { transitions: number }).transitions++,
      });
    });
    await server.settings({ overlay: 'dark' });
    await openPage(page, { server, site }, EVERY_ELEMENT, everyField());
    const source = (): Promise<string> => page.evaluate(() => document.documentElement.outerHTML);
    const attributes = (): Promise<string> =>
      page.evaluate(() => {
        const { documentElement, body, styleSheets, adoptedStyleSheets } = document;
        const own = [documentElement, body].map((one) => one.cloneNode() as Element);
        return [
          ...own.map(({ outerHTML }) => outerHTML),
          styleSheets.length,
          adoptedStyleSheets.length,
        ].join();
      });
    const [looks, text, roots] = [await looksOf(page, 'page'), await source(), await attributes()];
    expect(looks.length).toBeGreaterThan(40);
    await call(page, 'track', 'did-it');
    await isShown(page);
    expect(await looksOf(page, 'page')).toEqual(looks);
    expect(await attributes()).toBe(roots);
    await closeIt(page);
    expect(await looksOf(page, 'page')).toEqual(looks);
    expect(await source()).toBe(text);
    expect(await page.evaluate(() => (window as never as { transitions: number }).transitions)).toBe(0);
  });

  test('B4.44 and B4.48 a page’s rules for everything do not reach in', async ({ page, server, site }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
    const head = `${RUDE_STYLES}${tagFor(server)}`;
    site.put('/rude', { head, body: `<div class="border">Mine</div>` });
    await call(page, 'track', 'did-it');
    await isShown(page);
    const looks = await looksOf(page, 'survey');
    expect(looks.length).toBeGreaterThan(60);
    await closeIt(page);
    await page.goto(`${site.url}/rude`);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await isShown(page);
    expect(await looksOf(page, 'survey')).toEqual(looks);
    const seen = await surveyOn(page).evaluate((box) => box.checkVisibility({ opacityProperty: true }));
    expect(seen).toBe(true);
  });

  test('B4.62 the styles are dull: no rule that has crashed or leaked elsewhere', async ({
    page,
    server,
    site,
  }) => {
    await openPage(page, { server, site }, '<h1>Host</h1>', everyField());
    await call(page, 'track', 'did-it');
    await isShown(page);
    const text = await page.evaluate(() =>
      (document.querySelector('inkling-survey')?.shadowRoot?.adoptedStyleSheets ?? [])
        .flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText))
        .join('\n'),
    );
    expect(text.length).toBeGreaterThan(3_000);
    expect(text).not.toMatch(/:has\(|:empty|@property|@layer|@import|@font-face|:root|url\(/);
  });

  test('B4.50 beside a survey the page keeps Tab, Escape, Ctrl+Enter and its selection', async ({
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
    await isShown(page);
    await page.locator('#one').focus();
    await page.keyboard.press('Tab');
    await expect(page.locator('#two')).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    expect(await page.evaluate(() => (window as never as { keys: string[] }).keys)).toEqual([
      'Tab false',
      'Escape false',
      'Control false',
      'Enter false',
    ]);
    await isShown(page);
    await page.locator('#text').selectText();
    expect(await page.evaluate(() => `${getSelection()}`)).toBe('Some text to select');
    await expect(surveyOn(page).getByRole('radio').first()).toBeVisible();
  });

  test('B4.51 and B4.53 a survey that the site opens beside its own dialog neither closes it nor fights for focus', async ({
    page,
    server,
    site,
  }) => {
    // What focus traps of widget libraries do: whatever is focused or pressed outside is their business.
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
    await isShown(page);
    await expect(page.locator('#in')).toBeFocused();
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => (window as never as { pulls: number }).pulls)).toBeLessThan(6);
    await expect(page.locator('#d')).toBeVisible();
    expect(errors).toEqual([]);
  });

  test('B4.54 beside a modal dialog of the page a survey leaves it alone, and is usable once it is closed', async ({
    page,
    server,
    site,
  }) => {
    const { id } = await openPage(page, { server, site }, '<dialog><input aria-label="Mine"></dialog>');
    const isOpen = (): Promise<boolean | undefined> =>
      page.evaluate(() => document.querySelector('dialog')?.open);
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
    await call(page, 'showSurvey', id);
    await isShown(page);
    expect(await isOpen()).toBe(true);
    await page.keyboard.type('Mine');
    await expect(page.getByRole('textbox', { name: 'Mine' })).toHaveValue('Mine');
    await page.evaluate(() => document.querySelector('dialog')?.close());
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
    await call(page, 'closeSurvey');
    await isGone(page);
    expect(await isOpen()).toBe(true);
    await expect(page.getByRole('textbox', { name: 'Mine' })).toBeFocused();
  });

  test('B4.56 and B4.57 it is above everything without a contest of z-indexes', async ({
    page,
    server,
    site,
  }) => {
    await openPage(page, { server, site });
    await call(page, 'track', 'did-it');
    await isShown(page);
    await page.evaluate(() => {
      const cover = document.createElement('div');
      cover.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:#000';
      document.body.append(cover);
    });
    expect(await surveyOn(page).evaluate((box) => box.matches(':popover-open'))).toBe(true);
    await closeIt(page);
  });

  test('B4.63 an open survey outlives what it was opened from', async ({ page, server, site }) => {
    await openPage(
      page,
      { server, site },
      `<div id="app"><button onclick="inkling.track('did-it');setTimeout(() => document.getElementById('app').replaceChildren(), 50)">Do it</button></div>`,
    );
    await page.getByRole('button', { name: 'Do it' }).click();
    await isShown(page);
    await expect(page.getByRole('button', { name: 'Do it' })).toHaveCount(0);
    await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  });

  test('B4.64 nothing is drawn again while nothing happens', async ({ page, server, site }) => {
    await page.addInitScript(() => {
      Object.assign(window, { begun: [] });
      const note = (name: string): unknown => (window as never as { begun: string[] }).begun.push(name);
      for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame'] as const) {
        const original = window[name] as (...args: unknown[]) => number;
        Object.assign(window, {
          [name]: (work: (...args: unknown[]) => void, ...rest: unknown[]) => {
            note(name);
            const run = (...args: unknown[]): void => {
              // A time limit that runs out starts nothing and does no harm.
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
    await isShown(page);
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
      // What was under way has its moment.
      await new Promise((resolve) => setTimeout(resolve, 200));
      changes = 0;
      begun.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return [changes, ...begun];
    });
    // The test's own timer.
    expect(happened).toEqual([0, 'setTimeout']);
  });

  test('B4.66 and B4.67 on a small phone it can be closed with a thumb, and no field makes the page zoom', async ({
    page,
    server,
    site,
  }) => {
    await page.setViewportSize({ width: 320, height: 480 });
    await openPage(page, { server, site }, '<p style="height:3000px">Long</p>', everyField());
    await call(page, 'track', 'did-it');
    await isShown(page);
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
    // At its edge, where a thumb goes down, not where a test library scrolls to.
    await page.mouse.click((box?.x ?? 0) + 22, (box?.y ?? 0) + 42);
    await isGone(page);
  });
});

test.describe('B6 accessibility, language, look', () => {
  test('B6.85 and B6.86 native controls with names, a ring wherever the focus goes, and a way out', async ({
    page,
    server,
    site,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openPage(page, { server, site }, '<button id="before">Mine</button>', everyField());
    await call(page, 'track', 'did-it');
    await isShown(page);
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
    expect(new Set(visited.map((one) => one.split(' ')[0]))).toEqual(
      new Set(['input', 'textarea', 'button']),
    );
    // Beyond its last control the page goes on: no trap.
    expect(visited.length).toBeLessThan(20);
    expect(visited.at(-1)).toBe('button close ring');
  });

  test('B6.87 from right to left everything is mirrored', async ({ page, server, site }) => {
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

  test('B6.88 dark follows the system and the page, in pairs that can be read', async ({
    page,
    server,
    site,
  }) => {
    await server.settings({ styling: { isDarkModeEnabled: true } });
    await openPage(page, { server, site });
    await call(page, 'track', 'did-it');
    await isShown(page);
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
    // What the page says of itself comes first.
    await closeIt(page);
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'dark';
    });
    await call(page, 'track', 'did-it');
    await isShown(page);
    expect(await look()).toMatchObject({ isDark: true });
  });
});
