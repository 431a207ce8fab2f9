import { defineConfig } from '@playwright/test';
import { firefoxUse, launchOptions } from './scripts/browsers.mjs';

/** Specs that also run in Firefox: those about the page that isn't ours. */
const IN_FIREFOX = /(hostile|keyboard|page-is-not-ours|strict-page)\.spec\.ts$/;
/** What `npm test` leaves to `npm run prove` in Firefox. */
const LATER = process.env.INKLING_PROVE === 'full' ? /^$/ : /@long-in-firefox/;

/** Browser tests run on the built files in real browsers against real servers that each test starts itself. */
export default defineConfig({
  testDir: 'test/browser',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  // Watchdogs: how long a test may take on the slowest machine, not how fast anything must be.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // No trace: it costs a third of the time. Whoever looks into a failure adds `--trace on`.
  reporter: 'list',
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: launchOptions() } },
    { name: 'firefox', testMatch: IN_FIREFOX, grepInvert: LATER, use: firefoxUse() },
  ],
});
