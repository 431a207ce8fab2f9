// Finds or installs a Chromium and a Firefox that Playwright can drive, and prints where they are.
// Order for Chromium: CHROMIUM_PATH, Playwright's own, a system browser, Playwright's download, Debian's packages.
// The headless shell is the same engine without the browser's own windows: a test takes a third of the time in it.
// For Firefox: FIREFOX_PATH, a system browser, Debian's package: it is an unpatched one, driven by WebDriver BiDi.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const CHROMIUMS = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];
const FIREFOXES = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** The browser's path; undefined means "Playwright's own is there", null means none was found. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (existsSync(chromium.executablePath())) return undefined;
  return CHROMIUMS.find((path) => existsSync(path)) ?? null;
}

/** Installs a Chromium when there is none; false when that was not possible. */
export function ensureChromium() {
  if (findChromium() !== null) return true;
  console.log('No Chromium found: trying Playwright’s download.');
  if (run('npx', ['playwright', 'install', 'chromium', '--only-shell'], 180_000)) return true;
  console.log('No download possible: trying the distribution’s packages.');
  for (const name of ['chromium-headless-shell', 'chromium']) {
    installPackage(name);
    if (findChromium() !== null) return true;
  }
  console.error(
    'No Chromium found. Run `npx playwright install --with-deps chromium`, install a system Chromium, or set CHROMIUM_PATH.',
  );
  return false;
}

/** The path of an ordinary Firefox; null means none was found. */
export function findFirefox() {
  if (process.env.FIREFOX_PATH) return process.env.FIREFOX_PATH;
  return FIREFOXES.find((path) => existsSync(path)) ?? null;
}

/** Installs a Firefox when there is none; false when that was not possible. */
export function ensureFirefox() {
  if (findFirefox() !== null) return true;
  console.log('No Firefox found: trying the distribution’s package.');
  installPackage('firefox-esr');
  if (findFirefox() !== null) return true;
  console.error('No Firefox found. Install a system Firefox (Debian: firefox-esr), or set FIREFOX_PATH.');
  return false;
}

/** Options of a Playwright project for Firefox. No emulation: BiDi accepts such settings and ignores them. */
export function firefoxUse() {
  const executablePath = findFirefox() ?? undefined;
  return {
    browserName: /** @type {const} */ ('firefox'),
    channel: 'moz-firefox',
    launchOptions: executablePath === undefined ? {} : { executablePath },
  };
}

/** Launch options every Chromium test and script shares. Root has no sandbox; the rest keeps Chromium off the network. */
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

/** Only root on Debian can install; for anybody else an error names what is missing. */
function installPackage(name) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  run('apt-get', ['update', '-qq'], 180_000);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], 600_000);
}

function run(command, args, timeout) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout, env }).status === 0;
}

if (process.argv[1]?.endsWith('browsers.mjs') && !(ensureChromium() && ensureFirefox())) process.exit(1);
