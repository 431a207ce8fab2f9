import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { loadAssets } from '../../server/assets.ts';
import { SAMPLES } from '../server/files/samples.ts';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.ts';
import { test as base, call, expect, freePort, surveyOn, whenReady } from './support.ts';

const KEY = 'fbk_a-key-that-nobody-else-may-see';
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Settings {
  /** Whether it runs with `--demo`. Default: true. */
  readonly hasDemo?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built server, and a proxy that serves it below `/surveys`. */
interface Served {
  readonly start: (settings?: Settings) => Promise<{ readonly url: string; readonly server: BuiltServer }>;
  readonly proxy: PrefixProxy;
}

const test = base.extend<{ served: Served }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from here
  served: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'inkling-pages-'));
    const proxy = await startPrefixProxy('/surveys');
    proxy.target = await freePort();
    const servers: BuiltServer[] = [];
    const start: Served['start'] = async ({ hasDemo = true, env = {} } = {}) => {
      const server = await startBuiltServer({
        args: hasDemo ? ['--demo', 'demo/seed.json'] : [],
        env: {
          PORT: `${proxy.target}`,
          DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
          FILES_URL: `file:${join(folder, 'files')}`,
          INKLING_ENVIRONMENT_ID: 'pages',
          INKLING_API_KEY: KEY,
          ...env,
        },
      });
      servers.push(server);
      return { url: `http://127.0.0.1:${proxy.target}`, server };
    };
    await use({ start, proxy });
    for (const server of servers) await server.stop();
    await proxy.stop();
    rmSync(folder, { recursive: true, force: true });
  },
});

/** Paths of all pages that the build serves, with the demo or without it. */
function pagePaths(hasDemo: boolean): readonly string[] {
  const demo = hasDemo ? { demoEnvironmentId: 'demo' } : {};
  const assets = loadAssets({ folder: join(root, 'dist'), version: '0', ...demo });
  const html = [...assets].filter(([, { headers }]) => headers['Content-Type']?.startsWith('text/html'));
  return [...html.map(([path]) => path), '/docs/api'].sort();
}

/** Records what a page logs and whatever it refuses by its policy. */
function listen(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(error.message));
  return lines;
}

async function withoutScripts(browser: Browser, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

test('with scripts off, no page sends what was typed into it', async ({ browser, served }) => {
  const { url } = await served.start();
  const paths = pagePaths(true);
  expect(paths).toEqual(['/', '/docs/api', '/results', '/welcome']);
  let typed = 0;
  for (const path of paths) {
    await withoutScripts(browser, async (page) => {
      const fields = page.locator('input:not([type=checkbox]), textarea');
      const buttons = page.locator('button, input[type=submit], input[type=image]');
      await page.goto(url + path);
      const [fieldCount, buttonCount] = [await fields.count(), await buttons.count()];
      const steps = [...Array(fieldCount + buttonCount).keys()];
      for (const step of steps) {
        await page.goto(url + path);
        for (const field of await fields.all()) await field.fill(KEY);
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        if (step < fieldCount) await fields.nth(step).press('Enter');
        else await buttons.nth(step - fieldCount).click();
        // A navigation would begin before a picture that is asked for afterwards.
        await page.reload();
        expect(asked.filter((address) => address.includes('nobody-else'))).toEqual([]);
        expect(asked[0]).toBe(url + path);
        expect(page.url()).toBe(url + path);
        typed += 1;
      }
    });
  }
  expect(typed).toBeGreaterThanOrEqual(5);
});

test('no page has a form that its policy or its method would let go anywhere', async ({
  browser,
  served,
}) => {
  const { url } = await served.start();
  // Without scripts, since a survey on the page has a form of its own.
  await withoutScripts(browser, async (page) => {
    for (const path of pagePaths(true)) {
      const reply = await page.goto(url + path);
      expect(reply?.headers()['content-security-policy'], path).toContain("form-action 'none'");
      for (const form of await page.locator('form').all()) {
        expect([await form.getAttribute('method'), await form.getAttribute('action')]).toEqual([
          'dialog',
          null,
        ]);
      }
      for (const secret of await page.locator('input[type=password]').all()) {
        expect(await secret.getAttribute('name')).toBeNull();
      }
    }
  });
});

test.describe('a server without the demo', () => {
  test('says at its root what it is, how to use it, and where everything is', async ({ page, served }) => {
    const { url, server } = await served.start({ hasDemo: false });
    const lines = listen(page);
    await page.goto(url);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inkling');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    await expect(page.getByText(`Version ${version}`)).toBeVisible();
    const printed = /<script.*<\/script>/.exec(server.out())?.[0] ?? '';
    await expect(page.locator('#tag ~ pre')).toHaveText(printed.replace(/"pages"/, '"…"'));
    const text = await page.content();
    for (const secret of [KEY, 'fbk_', '"pages"', 'Tidewater']) expect(text).not.toContain(secret);

    const readme = /```sh\nURL=.*\n(api\(\)[\s\S]*?)```/.exec(
      readFileSync(join(root, 'README.md'), 'utf8'),
    )?.[1];
    const steps = await page.locator('#first ~ pre').textContent();
    expect(steps?.split('\n').slice(1).join('\n')).toBe(readme?.trim());
    expect(steps).toContain(`URL=http://localhost:${new URL(url).port} `);

    const links = await page.getByRole('link').all();
    const targets = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(new Set(targets)).toEqual(new Set(['docs/api', 'openapi.json', 'results', 'health']));
    for (const target of targets) expect((await page.request.get(`${url}/${target}`)).status()).toBe(200);
    expect(lines).toEqual([]);
  });

  test('fits a narrow screen and is read in the dark', async ({ page, served }) => {
    const { url } = await served.start({ hasDemo: false });
    await page.setViewportSize({ width: 320, height: 700 });
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of ['/', '/results']) {
        await page.goto(url + path);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
        await expect(page.locator('article').first()).toHaveCSS('border-radius', '16px');
        const dark = scheme === 'dark' ? 'rgb(16, 24, 23)' : 'rgb(247, 249, 248)';
        await expect(page.locator('body')).toHaveCSS('background-color', dark);
      }
    }
  });

  test('serves nothing of the demo, even on a database that has it', async ({ page, served }) => {
    const first = await served.start();
    expect(await first.server.stop()).toBe(0);
    const { url } = await served.start({ hasDemo: false });
    for (const path of [
      '/welcome',
      '/demo/demo.js',
      '/demo/demo.css',
      '/demo.css',
      '/demo/icon.svg',
      '/index',
    ]) {
      expect([path, (await page.request.get(url + path)).status()]).toEqual([path, 404]);
    }
    expect(await (await page.request.get(url)).text()).not.toContain('Tidewater');
    await page.goto(`${url}/results`);
    await page.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await expect(page.getByText('There are no surveys yet.')).toBeVisible();
  });
});

for (const hasPublicUrl of [true, false]) {
  test.describe(`behind a proxy that strips a path, ${hasPublicUrl ? 'with' : 'without'} PUBLIC_URL`, () => {
    const settings = (proxy: PrefixProxy, hasDemo = true): Settings => ({
      hasDemo,
      env: hasPublicUrl ? { PUBLIC_URL: proxy.url } : {},
    });

    test('every page has its style and its scripts', async ({ page, served }) => {
      const { proxy } = served;
      await served.start(settings(proxy));
      const failed: string[] = [];
      page.on('response', (reply) => {
        if (reply.status() >= 400) failed.push(reply.url());
      });
      for (const path of pagePaths(true)) {
        await page.goto(proxy.url + path);
        await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(247, 249, 248)');
      }
      expect(failed).toEqual([]);
    });

    test('the demo opens a survey, and the results page lists the answer', async ({ page, served }) => {
      const { proxy } = served;
      const { server } = await served.start(settings(proxy));
      const demoKey = /demo key\s+(\S+)/.exec(server.out())?.[1] ?? '';
      await page.goto(`${proxy.url}/`);
      await page.getByRole('navigation').getByRole('link', { name: 'Welcome' }).click();
      const survey = surveyOn(page);
      await survey.getByRole('radio', { name: '4', exact: true }).click();
      await survey.getByRole('button', { name: 'Next' }).click();
      await survey.getByRole('textbox').fill('Below a path');
      await survey.getByRole('button', { name: /^(Finish|Send)/ }).click();
      await page.getByRole('navigation').getByRole('link', { name: 'Results' }).click();
      await page.getByLabel('API key').fill(demoKey);
      await page.getByRole('button', { name: 'Show the responses' }).click();
      await expect(page.getByRole('cell', { name: /Below a path/ })).toBeVisible();
    });

    test('a visitor of another site uploads a file', async ({ page, served, site }) => {
      const { proxy } = served;
      await served.start(settings(proxy, false));
      const manage = async (method: string, path: string, body?: object) => {
        const reply = await fetch(`${proxy.url}/api/v1/management/${path}`, {
          method,
          headers: { 'x-api-key': KEY },
          ...(body ? { body: JSON.stringify({ environmentId: 'pages', ...body }) } : {}),
        });
        const text = await reply.text();
        expect(reply.status, text).toBe(200);
        return JSON.parse(text).data;
      };
      const { id } = await manage('POST', 'action-classes', { name: 'a', type: 'code', key: 'a' });
      await manage('POST', 'surveys', {
        ...{ name: 's', type: 'app', status: 'inProgress', triggers: [{ actionClass: { id } }] },
        blocks: [
          {
            id: 'b',
            name: 'B',
            elements: [
              {
                id: 'file',
                type: 'fileUpload',
                headline: { default: 'A picture?' },
                required: true,
                allowMultipleFiles: false,
              },
            ],
          },
        ],
      });
      site.put('/', {
        head: `<script async src="${proxy.url}/inkling.js" data-environment-id="pages"></script>`,
      });
      await page.goto(site.url);
      await whenReady(page);
      await call(page, 'track', 'a');
      const file = { name: 'a.png', mimeType: 'image/png', buffer: SAMPLES.png };
      await surveyOn(page).locator('input[type=file]').setInputFiles(file);
      await expect(surveyOn(page).getByText('a.png')).toBeVisible();
      await surveyOn(page)
        .getByRole('button', { name: /^(Finish|Send)/ })
        .click();
      await expect.poll(async () => (await manage('GET', 'responses')).length).toBe(1);
      const [{ data }] = await manage('GET', 'responses');
      const { pathname } = new URL(data.file[0]);
      expect(data.file[0].startsWith(hasPublicUrl ? `${proxy.url}/storage/` : 'http://localhost:')).toBe(
        true,
      );
      const path = pathname.replace(/^\/surveys/, '');
      const read = await fetch(proxy.url + path, { headers: { 'x-api-key': KEY } });
      expect(Buffer.from(await read.arrayBuffer())).toEqual(SAMPLES.png);
    });
  });
}
