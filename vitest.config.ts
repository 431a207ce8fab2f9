import { defineConfig } from 'vitest/config';

/** They share nothing but the PostgreSQL, in which each file has a database of its own: every core takes some. */
const BESIDE = { maxWorkers: '100%', sequence: { groupOrder: 0 } };
/** What measures time and memory, or kills, comes afterwards and has the machine to itself. */
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } };

/**
 * Unit tests of rules, store and net run in Node, those of display, triggers and ui in happy-dom; server tests run on a real SQLite
 * file and on a real PostgreSQL that `test/support/postgres-setup.ts` starts (or `TEST_DATABASE_URL` names); process tests start the built server.
 */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { __VERSION__: '"0.0.0-test"' },
  test: {
    ...(process.env.VITEST_JSON === undefined ? {} : { outputFile: { json: process.env.VITEST_JSON } }),
    projects: [
      {
        extends: true,
        test: {
          name: 'rules',
          ...BESIDE,
          include: [
            'test/*.test.ts',
            'test/{core,debug,formbricks,net,outbox,platform,store,support,wire}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-units',
          ...BESIDE,
          environment: 'happy-dom',
          include: ['test/{display,triggers,ui}/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          ...ALONE,
          include: ['test/process/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'prove',
          ...ALONE,
          include: ['test/prove/**/*.test.ts'],
          // Two thousand schedules on a busy machine; each has its own end.
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          ...BESIDE,
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['test/support/postgres-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          ...BESIDE,
          include: ['test/server/**/*.test.ts'],
          globalSetup: ['test/support/postgres-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
