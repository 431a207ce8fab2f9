import { defineConfig } from 'vitest/config';

/** Files that run beside others, one per core. Each has databases of its own. */
const BESIDE = { maxWorkers: '100%', sequence: { groupOrder: 0 } };
/** Files that share a worker's modules: a third less time, since importing the server costs more than most of its tests. */
const SHARED = { ...BESIDE, isolate: false };
/** Files that measure time or memory: they run last, one at a time. */
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } };
const MEASURING = ['test/process/slow-sockets.test.ts', 'test/prove/million-responses.test.ts'];
/** `expect.poll` waits for sockets, files and databases here: a busy machine must not end it. */
const POLLING = { expect: { poll: { timeout: 15_000 } } };

/**
 * Unit tests of rules, store and net run in Node, those of display, triggers and ui in happy-dom; server tests run on a real SQLite
 * file and on a real PostgreSQL that `test/support/postgres-setup.ts` starts (or `TEST_DATABASE_URL` names); process tests start the built server.
 */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { __VERSION__: '"0.0.0-test"' },
  test: {
    // Watchdogs: how long a test may take on the slowest machine, not how fast anything must be.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Those marked as concurrent wait for sockets most of the time.
    maxConcurrency: 20,
    ...(process.env.VITEST_JSON === undefined ? {} : { outputFile: { json: process.env.VITEST_JSON } }),
    projects: [
      {
        extends: true,
        test: {
          name: 'rules',
          ...BESIDE,
          include: [
            'test/*.test.ts',
            'test/{client,core,debug,formbricks,net,outbox,platform,session,store,support,wire}/**/*.test.ts',
          ],
          // Runs with `npm run test:documents`.
          exclude: process.env.INKLING_PROVE === 'full' ? [] : ['test/core/documents/**'],
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
          ...BESIDE,
          ...POLLING,
          include: ['test/process/**/*.test.ts'],
          exclude: MEASURING,
        },
      },
      {
        extends: true,
        test: {
          name: 'prove',
          ...BESIDE,
          include: ['test/prove/**/*.test.ts'],
          exclude: MEASURING,
          // Two thousand schedules on a busy machine; each has its own end.
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'measuring',
          ...ALONE,
          include: MEASURING,
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          ...SHARED,
          ...POLLING,
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['test/support/postgres-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          ...SHARED,
          ...POLLING,
          include: ['test/server/**/*.test.ts'],
          globalSetup: ['test/support/postgres-setup.ts'],
        },
      },
    ],
  },
});
