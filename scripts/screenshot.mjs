// Takes the README's picture: the demo with a survey open, as the built files draw it. `npm run screenshot`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { ensureChromium, launchOptions } from './browsers.mjs';
import { freePort } from './free-port.mjs';

const PORT = await freePort();
const root = fileURLToPath(new URL('..', import.meta.url));

if (!ensureChromium()) process.exit(1);
const folder = mkdtempSync(join(tmpdir(), 'inkling-picture-'));
const server = spawn(process.execPath, ['dist/server/main.js', '--demo', 'demo/seed.json'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, PORT: `${PORT}`, DATABASE_URL: `sqlite:${join(folder, 'demo.db')}` },
});
await new Promise((resolve) => server.stdout.once('data', resolve));

const browser = await chromium.launch(launchOptions());
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 });
await page.goto(`http://localhost:${PORT}/`);
await page.getByRole('checkbox').first().check();
await page.locator('inkling-survey').getByRole('radio', { name: '9', exact: true }).hover();
await page.waitForTimeout(600); // the entry's transition
await page.screenshot({ path: join(root, 'demo/screenshot.png') });
await browser.close();

const gone = new Promise((resolve) => server.once('exit', resolve));
server.kill('SIGTERM');
await gone;
rmSync(folder, { recursive: true, force: true });
