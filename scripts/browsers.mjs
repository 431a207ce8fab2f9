// Makes sure a Chromium that Playwright can drive exists, and says where.
// Order: CHROMIUM_PATH, Playwright's own, a system browser, Playwright's download, Debian's package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];

/** The browser's path; undefined means "Playwright's own is there", null means none was found. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (existsSync(chromium.executablePath())) return undefined;
  return SYSTEM.find((path) => existsSync(path)) ?? null;
}

/** Installs a Chromium when there is none; false when that was not possible. */
export function ensureChromium() {
  if (findChromium() !== null) return true;
  console.log('No Chromium found: trying Playwright’s download.');
  if (run('npx', ['playwright', 'install', 'chromium', '--only-shell'], 180_000)) return true;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log('No download possible: trying the distribution’s package.');
    run('apt-get', ['update', '-qq'], 180_000);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], 600_000);
  }
  if (findChromium() !== null) return true;
  console.error(
    'No Chromium found. Run `npx playwright install --with-deps chromium`, install a system Chromium, or set CHROMIUM_PATH.',
  );
  return false;
}

/** Launch options every browser test and script shares. Root has no sandbox; the rest keeps Chromium off the network. */
export function launchOptions() {
  const executablePath = findChromium() ?? undefined;
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  };
}

function run(command, args, timeout) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout, env }).status === 0;
}

if (process.argv[1]?.endsWith('browsers.mjs') && !ensureChromium()) process.exit(1);
