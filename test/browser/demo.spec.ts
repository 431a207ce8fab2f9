import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from '@playwright/test';
import { expect, freePort, surveyOn, undelivered, whenReady } from './support.ts';
import { closeSurvey } from './survey-page.ts';

interface Demo {
  readonly url: string;
  /** What the first start printed. */
  readonly printed: string;
  readonly demoKey: string;
}

/** What `npm start` runs, on a new database, with the demo that it seeds by itself. */
const test = base.extend<{ demo: Demo }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from here
  demo: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'inkling-demo-'));
    const port = await freePort();
    const server: ChildProcess = spawn(
      process.execPath,
      ['dist/server/main.js', '--demo', 'demo/seed.json'],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, PORT: `${port}`, DATABASE_URL: `sqlite:${join(folder, 'demo.db')}` },
      },
    );
    let printed = '';
    server.stdout?.on('data', (part) => {
      printed += part;
    });
    await expect.poll(() => printed).toContain('demo key');
    const demoKey = /demo key\s+(\S+)/.exec(printed)?.[1] ?? '';
    await use({ url: `http://localhost:${port}`, printed, demoKey });
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  },
});

test('a first start prints the address, the key and a tag that is ready to paste', ({ demo }) => {
  expect(demo.printed).toContain(demo.url);
  expect(demo.printed).toMatch(/API key\s+fbk_[\w-]{43}/);
  const id = /environment\s+([0-9a-z]+)/.exec(demo.printed)?.[1];
  expect(id).not.toBe('demo');
  expect(demo.printed).toContain(
    `<script async src="${demo.url}/inkling.js" data-environment-id="${id}"></script>`,
  );
});

test('finishing a task opens the score survey, and the results page lists the answer', async ({
  page,
  demo,
}) => {
  await page.goto(demo.url);
  await whenReady(page);
  await page.getByRole('checkbox', { name: 'Send the offer to Marlow' }).check();
  await surveyOn(page).getByRole('radio', { name: '9', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await surveyOn(page).getByRole('textbox').fill('It is quick');
  await surveyOn(page)
    .getByRole('button', { name: /^(Finish|Send)/ })
    .click();
  await expect.poll(() => undelivered(page)).toBe(0);

  await page.goto(`${demo.url}/results`);
  await page.getByLabel('API key').fill('a-key-that-is-wrong');
  await page.getByRole('button', { name: 'Show the responses' }).click();
  await expect(page.getByRole('alert')).toContainText('Not authenticated');
  await page.getByLabel('API key').fill(demo.demoKey);
  await page.getByRole('button', { name: 'Show the responses' }).click();
  await expect(page.getByRole('cell', { name: /It is quick/ })).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Finished a task' })).toBeVisible();
});

test('the welcome page asks for a rating, then for a text', async ({ page, demo }) => {
  await page.goto(`${demo.url}/welcome`);
  await expect(surveyOn(page).getByRole('radiogroup')).toBeVisible();
  await surveyOn(page).getByRole('radio', { name: '4', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
});

test('the logic of the pricing survey jumps by the answer', async ({ page, demo }) => {
  await page.goto(demo.url);
  await whenReady(page);
  await page.getByRole('button', { name: 'See pricing' }).click();
  await surveyOn(page).getByRole('radio', { name: 'A feature that is missing' }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox', { name: 'Which feature are you missing?' })).toBeVisible();
});

test('the report opens its survey for people on the plan “pro” only', async ({ page, demo }) => {
  await page.goto(demo.url);
  await whenReady(page);
  const report = page.getByRole('button', { name: 'Open the report' });
  const panel = page.getByRole('region', { name: 'State of the snippet' });
  const identifyAs = async (plan: string): Promise<void> => {
    await page.getByLabel('User id').fill(`visitor-${plan}`);
    await page.getByRole('combobox', { name: /^Plan/ }).selectOption(plan);
    await page.getByRole('button', { name: 'Identify' }).click();
    await expect(panel.getByText(`visitor-${plan}`)).toBeVisible();
    await expect(panel.getByText(/fresh for \d+ min/)).toHaveCount(2);
  };
  await identifyAs('free');
  await report.click();
  await expect(panel.locator('.gate.fail', { hasText: 'segment' })).not.toHaveCount(0);
  await expect(surveyOn(page)).toHaveCount(0);
  await identifyAs('pro');
  await report.click();
  await expect(surveyOn(page).getByRole('group', { name: /weekly report/ })).toBeVisible();
});

test('the panel lists state, displays and requests', async ({ page, demo }) => {
  await page.goto(demo.url);
  await whenReady(page);
  const panel = page.getByRole('region', { name: 'State of the snippet' });
  await expect(panel.getByText('Storage', { exact: true })).toBeVisible();
  await expect(panel.getByText('IndexedDB')).toBeVisible();
  await expect(panel.getByText('/api/v1/client/demo/environment')).toBeVisible();
  await expect(panel.getByRole('row')).toHaveCount(5);
  await page.getByRole('checkbox').first().check();
  await expect(panel.getByText(/shown, delivered/)).toBeVisible();
  // An open survey would continue after the reload and fetch its renderer.
  await closeSurvey(page);
  await page.reload();
  await whenReady(page);
  await expect(panel.getByText('None: everything needed was already on this device.')).toBeVisible();
});
