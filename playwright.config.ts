import { defineConfig } from '@playwright/test';
import { firefoxUse, launchOptions } from './scripts/browsers.mjs';

/** Specs that also run in Firefox: those about what a host page can do to the snippet. */
const IN_FIREFOX = /(hostile|keyboard|page-is-not-ours|strict-page)\.spec\.ts$/;
/** Tests that run in Firefox only with `npm run prove`. */
const LATER = process.env.INKLING_PROVE === 'full' ? /^$/ : /@long-in-firefox/;

/** Browser tests run on the built files in real browsers against real servers that each test starts itself. */
export default defineConfig({
  testDir: 'test/browser',
  outputDir: 'test-results',
  fullyParallel: true,
  // One more than the two cores of a small machine: many tests wait, for a delay or for a reply.
  workers: 3,
  retries: 0,
  // Limits for a slow machine; they prove nothing about speed.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // No trace, which costs a third of the time. Add `--trace on` to look into a failure.
  reporter: 'list',
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: launchOptions() } },
    { name: 'firefox', testMatch: IN_FIREFOX, grepInvert: LATER, use: firefoxUse() },
  ],
});
