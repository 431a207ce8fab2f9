import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { Inkling } from '../../src/api/types.ts';
import { answerBoth, expect, ratingThenText, surveyOn, test } from './support.ts';

/** The script of a site whose only dependency is the package. */
const SITE = `
  import { inkling } from 'inkling';
  const start = (options) => inkling.setup(options);
  Object.assign(window, { site: { start, inkling } });
`;

/** The site's files by name, bundled with the packed package as vite does by default. */
async function bundleSite(): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-site-'));
  try {
    const home = join(folder, 'node_modules/inkling');
    mkdirSync(home, { recursive: true });
    const packed = execFileSync(
      'npm',
      ['pack', './dist/npm', '--silent', '--ignore-scripts', '--pack-destination', folder],
      { encoding: 'utf8' },
    );
    execFileSync('tar', ['xzf', join(folder, packed.trim()), '-C', home, '--strip-components=1']);
    writeFileSync(join(folder, 'main.js'), SITE);
    writeFileSync(join(folder, 'index.html'), '<script type="module" src="./main.js"></script>');
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, modulePreload: false },
    });
    const [bundle] = [built].flat();
    const output = bundle && 'output' in bundle ? bundle.output : [];
    return new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one.code]] : [])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('in a site bundled with vite importing does nothing, and the renderer is a chunk that is fetched when a survey is due', async ({
  page,
  server,
  site,
}) => {
  const survey = await server.createSurvey(ratingThenText().document, [await server.createAction('did-it')]);
  const files = await bundleSite();
  const entry = [...files.keys()].find((name) => name.includes('index-'));
  const asked: string[] = [];
  await page.route('**/assets/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    asked.push(name);
    return route.fulfill({ contentType: 'text/javascript', body: files.get(name) ?? '' });
  });
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(`${error}`));
  site.put('/', {
    headers: { 'content-security-policy': `default-src 'self'; style-src 'none'; connect-src ${server.url}` },
    head: `<script type="module" src="/${entry}"></script>`,
  });
  await page.goto(site.url);
  await page.waitForFunction(() => 'site' in window);
  // Importing has done nothing yet.
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
  expect(server.calls).toEqual([]);
  const own = await page.evaluateHandle<{ start: Inkling['setup']; inkling: Inkling }>('site');
  await own.evaluate(
    async ({ start, inkling }, options) => {
      await start(options);
      await inkling.identify('mara');
      await inkling.ready;
    },
    { appUrl: server.url, environmentId: server.environmentId },
  );
  const before = [...asked];
  await own.evaluate(({ inkling }) => inkling.track('did-it'));
  await answerBoth(page, '4', 'Bundled');
  await expect
    .poll(() => server.responses(survey.id))
    .toMatchObject([{ finished: true, contact: { userId: 'mara' }, data: { rating: 4, text: 'Bundled' } }]);
  await expect(surveyOn(page)).toHaveCount(0);
  expect(before).toEqual([entry]);
  const late = asked.slice(1).map((name) => name.replace(/^assets\/(\w+)-.*/, '$1'));
  // How the bundler splits what they share may change with its version.
  expect(late).toContain('display');
  expect(late.filter((name) => /advice|debug|foreign|formbricks|triggers/.test(name))).toEqual([]);
  expect(await page.evaluate(() => 'inkling' in window)).toBe(false);
  expect(thrown).toEqual([]);
  expect(site.violations).toEqual([]);
});
