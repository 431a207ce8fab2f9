// Draws every element type in every condition and takes a screenshot of each sheet, to be looked at: `npm run screenshot`.
// The sheets are in test-results/pictures. `node scripts/pictures.mjs dark` takes only those whose name matches.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { ensureChromium, launchOptions } from './browsers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test-results/pictures');
const elements = JSON.parse(readFileSync(join(root, 'test/fixtures/every-element.json'), 'utf8'));
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmütze and so on, with a good many words after it';
const HEBREW = { 'How was your visit?': 'איך היה הביקור?' };

/** Name of a sheet → options of its cards. */
const SHEETS = {
  light: {},
  dark: { dark: true },
  narrow: { width: 320 },
  long: { text: (words) => `${words} ${LONG}` },
  rtl: { text: (words) => HEBREW[words] ?? `שלום ${words}`, language: 'he' },
  zoom: { zoom: 2 },
  wrong: { submit: true },
};

if (!ensureChromium()) process.exit(1);
mkdirSync(folder, { recursive: true });
const server = createServer((request, reply) => {
  const file = join(root, 'dist', new URL(request.url, 'http://x').pathname);
  if (!file.endsWith('.js') || !existsSync(file)) {
    reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return reply.end(
      '<!doctype html><title>Pictures</title><script src="/inkling.js"></script><body></body>',
    );
  }
  reply.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' });
  return reply.end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch(launchOptions());
const wanted = process.argv.slice(2);
for (const [name, sheet] of Object.entries(SHEETS)) {
  if (wanted.length === 0 || wanted.includes(name)) await takeSheet(name, sheet);
}
await browser.close();
server.close();

/** All elements side by side, each in a card of its own. */
async function takeSheet(name, { dark = false, width = 384, text, language, zoom = 1, submit = false }) {
  const page = await browser.newPage({
    viewport: { width: (width + 24) * (zoom > 1 ? 2 : 4) * zoom, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"><path fill="#7aa7c7" d="M0 0h160v90H0z"/><path fill="#35607c" d="m0 90 50-50 40 30 30-40 40 60z"/></svg>';
  await page.route('**/pictures.invalid/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: svg }),
  );
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(
    async ([all, options]) => {
      const { body } = document;
      body.style.cssText = `margin:8px;background:${options.dark ? '#111' : '#e7e9ee'};column-width:${options.width}px;column-gap:8px;zoom:${options.zoom}`;
      for (const element of all) {
        const box = body.appendChild(document.createElement('div'));
        box.style.cssText = `width:${options.width}px;margin-bottom:8px;break-inside:avoid`;
        const languages = options.language
          ? [{ default: true, enabled: true, language: { id: 'l', code: options.language } }]
          : [];
        const blocks = [{ id: 'b', elements: [element] }];
        const styling = { isDarkModeEnabled: options.dark };
        await window.inkling.render({ blocks, languages, styling, endings: [] }, { container: box });
        const { shadowRoot } = box.firstElementChild;
        if (options.submit) shadowRoot.querySelector('[type=submit]').click();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
    [elements.map((one) => change(one, text)), { dark, width, language, zoom, submit }],
  );
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await page.close();
  console.log(`test-results/pictures/${name}.png`);
}

/** The same element with every text of it changed; markup stays outside. */
function change(value, text) {
  if (!text || typeof value !== 'object' || value === null) return value;
  if (typeof value.default === 'string')
    return { default: value.default.startsWith('<') ? value.default : text(value.default) };
  if (Array.isArray(value)) return value.map((one) => change(one, text));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part, text)]));
}
