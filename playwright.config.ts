import { defineConfig } from '@playwright/test';
import { firefoxUse, launchOptions } from './scripts/browsers.mjs';

const isFull = process.env.INKLING_PROVE === 'full';

/** Specs that also run in Firefox: those about what a host page can do to the snippet. */
const IN_FIREFOX = /(hostile|keyboard|page-is-not-ours|strict-page)\.spec\.ts$/;
/** Further ones with `npm run prove`: those about keys, focus, zoom and pages that come and go. */
const IN_FIREFOX_LATER =
  /(beside-a-survey|closing|gestures|hostile|keyboard|morphing|page-is-not-ours|redirects|strict-page|zoom)\.spec\.ts$/;
/** Tests that run in Firefox only with `npm run prove`, and those that its driver can't run. */
const NOT_IN_FIREFOX = isFull ? /@chromium/ : /@chromium|@long-in-firefox/;
/** Members of a kind that run with `npm run prove`; others of the same kind run always. */
const LATER = isFull
  ? /^$/
  : /(closing|random-documents|older-documents)\.spec|settle\.spec.*(hanging|slow)|copies\.spec.*alone, (in|of|pinned|with)|first-run\.spec.*(data-env-id|enviroment|tag with environment-id|has environment-id|workspace)|zoom\.spec.*(on its side|wide and low|zoom of (0\.5|2\.5))|morphing\.spec.*(empties|again|children|assigns|head and body|in its place)/;

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
    { name: 'chromium', grepInvert: LATER, use: { browserName: 'chromium', launchOptions: launchOptions() } },
    {
      name: 'firefox',
      testMatch: isFull ? IN_FIREFOX_LATER : IN_FIREFOX,
      grepInvert: NOT_IN_FIREFOX,
      use: firefoxUse(),
    },
  ],
});
