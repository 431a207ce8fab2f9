import type { Page } from '@playwright/test';
import type { Explanation } from '../../src/api/types.ts';
import {
  call,
  expect,
  type HostSite,
  passTime,
  ratingThenText,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  valueIn,
  whenReady,
  withClient,
} from './support.ts';

/** A page where `did-it` opens a survey. */
async function openPage(
  page: Page,
  { server, site }: { server: TestServer; site: HostSite },
  body: string,
  attributes = '',
): Promise<void> {
  const action = await server.createAction('did-it');
  await server.createSurvey(ratingThenText({ displayOption: 'respondMultiple' }).document, [action]);
  site.put('*', { head: tagFor(server, attributes), body });
  await page.goto(site.url);
  await whenReady(page);
}

/** Tracks the action without waiting until its survey is open. */
const happen = (page: Page): Promise<void> => withClient(page, (inkling) => void inkling.track('did-it'));

/** The reason that the gate `impolite` gives. */
async function whyNot(page: Page): Promise<unknown> {
  const [one] = await call(page, 'explain');
  return one?.gates.find(({ code }) => code === 'impolite')?.used;
}

const isShown = (page: Page): Promise<void> => expect(surveyOn(page)).toBeVisible();
async function staysAway(page: Page, ms = 600): Promise<void> {
  await passTime(page, ms);
  await expect(surveyOn(page)).toHaveCount(0);
}

test('a survey waits until 1 s after the last key press, and takes no key', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, { server, site }, '<input aria-label="Name">');
  // Measured in the page, so that a busy machine does not count as a pause of the visitor.
  await page.evaluate(() => {
    const times: { keyAt: number; openedAt?: number; sinceKey?: number } = { keyAt: 0 };
    const reasons: unknown[] = [];
    Object.assign(window, { times, reasons });
    setInterval(() => {
      const [one] = window.inkling?.explain?.() ?? [];
      reasons.push(one?.gates.find(({ code }) => code === 'impolite')?.used);
    }, 20);
    addEventListener('keydown', () => {
      times.keyAt = performance.now();
    });
    new MutationObserver(() => {
      if (times.openedAt || !document.querySelector('inkling-survey')) return;
      times.openedAt = performance.now();
      times.sinceKey = times.openedAt - times.keyAt;
    }).observe(document.body, { childList: true });
  });
  const field = page.getByRole('textbox', { name: 'Name' });
  await field.focus();
  await page.keyboard.type('Ad');
  await happen(page);
  // For a second from when the renderer has loaded.
  await expect.poll(() => valueIn<unknown[]>(page, 'reasons')).toContain('typing');
  await page.keyboard.type('a Lovelace', { delay: 150 });
  await isShown(page);
  const { sinceKey } = await valueIn<{ sinceKey?: number }>(page, 'times');
  expect(sinceKey).toBeGreaterThanOrEqual(990);
  await expect(field).toHaveValue('Ada Lovelace');
  await expect(field).toBeFocused();
});

test('a survey waits while the tab is hidden', async ({ page, server, site }) => {
  await openPage(page, { server, site }, '<h1>Host</h1>');
  const see = (isHidden: boolean): Promise<void> =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, isHidden);
  await see(true);
  await happen(page);
  await staysAway(page);
  await expect.poll(() => whyNot(page)).toBe('hidden');
  await see(false);
  await isShown(page);
});

const CARD = `<my-dialog></my-dialog><script>
  const root = document.querySelector('my-dialog').attachShadow({ mode: 'open' });
  root.innerHTML = '<dialog><button>OK</button></dialog>';
  const dialog = root.querySelector('dialog');
  dialog.querySelector('button').onclick = () => dialog.close();
  dialog.showModal();
</script>`;
for (const [name, body] of [
  [
    'a modal dialog',
    '<dialog><button onclick="this.parentElement.close()">OK</button></dialog><script>document.querySelector("dialog").showModal()</script>',
  ],
  [
    'a dialog of the page’s own making',
    '<div role="dialog" aria-modal="true" style="position: relative"><button onclick="this.parentElement.remove()">OK</button></div>',
  ],
  ['a modal dialog in an open shadow root', CARD],
] as const) {
  test(`a survey waits until ${name} is closed`, async ({ page, server, site }) => {
    await openPage(page, { server, site }, body);
    await happen(page);
    await staysAway(page);
    await expect.poll(() => whyNot(page)).toBe('modal');
    await page.getByRole('button', { name: 'OK' }).click();
    await page.mouse.move(300, 300);
    await isShown(page);
  });
}

test('hidden modals, plain dialogs and popovers do not keep a survey closed', async ({
  page,
  server,
  site,
}) => {
  await openPage(
    page,
    { server, site },
    `<div aria-modal="true" style="display: none">Hidden</div>
    <div style="opacity: 0"><div aria-modal="true">Faded out</div></div>
    <dialog open>Plain</dialog><div id="toast" popover="manual">Saved</div>
    <script>document.getElementById('toast').showPopover()</script>`,
  );
  await happen(page);
  await isShown(page);
});

test('nothing opens during the seconds of data-quiet', async ({ page, server, site }) => {
  // In the page, so that the seconds cannot pass between two calls on a busy machine.
  const script = `<script>addEventListener('load', async () => {
    inkling.on('survey-shown', () => { window.shownAfter = performance.now() });
    await inkling.ready;
    void inkling.track('did-it');
    window.explained = inkling.explain();
  })</script>`;
  await openPage(page, { server, site }, script, 'data-quiet="3"');
  const explained = await valueIn<readonly Explanation[]>(page, 'explained');
  expect(explained[0]?.gates).toContainEqual({ code: 'impolite', pass: false, used: 'quiet' });
  await isShown(page);
  await expect.poll(() => valueIn<number>(page, 'shownAfter')).toBeGreaterThan(3_000);
});

test('a survey that waits for a dialog to close is dropped with its page', async ({ page, server, site }) => {
  await openPage(
    page,
    { server, site },
    '<dialog>Wait</dialog><script>if (location.pathname === "/") document.querySelector("dialog").showModal()</script>',
  );
  await happen(page);
  await staysAway(page);
  await page.goto(`${site.url}/next`);
  await whenReady(page);
  await page.mouse.move(300, 300);
  await staysAway(page);
});
