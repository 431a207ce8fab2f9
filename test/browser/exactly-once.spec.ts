import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { launchOptions } from '../../scripts/browsers.mjs';
import {
  call,
  expect,
  ratingThenText,
  startProcess,
  startSite,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';

/** Kills every process of the browser with this profile, so that nothing can be stored or sent any more. */
function killBrowser(profile: string): void {
  try {
    execFileSync('pkill', ['-KILL', '-f', profile]);
  } catch {
    // none is running
  }
}

test('answers given while the server is down survive the kill of the browser and arrive exactly once', async () => {
  test.setTimeout(180_000);
  const server = await startProcess();
  const site = await startSite();
  const profile = mkdtempSync(join(tmpdir(), 'inkling-profile-'));
  const open = (): Promise<BrowserContext> => chromium.launchPersistentContext(profile, launchOptions());
  try {
    const action = await server.createAction('did-it');
    const { document } = ratingThenText();
    const survey = await server.createSurvey(document, [action]);
    site.put('*', { head: tagFor(server) });

    let context = await open();
    let page = await context.newPage();
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'identify', 'mara');
    await call(page, 'track', 'did-it');
    await expect(surveyOn(page)).toBeVisible();
    await server.kill();
    await surveyOn(page).getByRole('radio', { name: '3', exact: true }).click();
    await surveyOn(page).getByRole('button', { name: 'Next' }).click();
    await surveyOn(page).getByRole('textbox').fill('Still here');
    await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
    await expect(surveyOn(page).getByText('Thank you!')).toBeVisible();
    expect(await undelivered(page)).toBe(1);
    killBrowser(profile);
    await context.close().catch(() => {});

    await server.start();
    expect(await server.responses(survey.id)).toEqual([]);
    context = await open();
    page = await context.newPage();
    await page.goto(site.url);
    await whenReady(page);
    await expect.poll(() => undelivered(page)).toBe(0);
    expect(await server.responses(survey.id)).toMatchObject([
      { finished: true, data: { rating: 3, text: 'Still here' }, contact: { userId: 'mara' } },
    ]);

    const isShown = async (on = page): Promise<boolean> => {
      await whenReady(on);
      await call(on, 'track', 'did-it');
      return (await surveyOn(on).count()) > 0;
    };
    expect(await isShown()).toBe(false);
    await page.reload();
    expect(await isShown()).toBe(false);
    await call(page, 'logout');
    expect(await isShown()).toBe(false);
    const second = await context.newPage();
    await second.goto(`${site.url}/second`);
    expect(await isShown(second)).toBe(false);
    expect(await server.responses(survey.id)).toHaveLength(1);
    const reply = await fetch(`${server.url}/api/v1/client/${server.environmentId}/user`, {
      method: 'POST',
      body: JSON.stringify({ userId: 'mara' }),
    });
    const { displays, responses } = (await reply.json()).data.state.data;
    expect([displays.length, responses.length]).toEqual([1, 1]);
    await context.close();
  } finally {
    killBrowser(profile);
    await server.stop().catch(() => {});
    await site.stop();
    rmSync(profile, { recursive: true, force: true });
  }
});
