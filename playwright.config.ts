import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browsers.mjs';

/** Browser tests run on the built files in a real Chromium against real servers that each test starts itself. */
export default defineConfig({
  testDir: 'test/browser',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 40_000,
  expect: { timeout: 8_000 },
  reporter: 'list',
  use: { launchOptions: launchOptions(), trace: 'retain-on-failure' },
});
