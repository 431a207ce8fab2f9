import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Provides one PostgreSQL to all tests of a project, started once and stopped at the end; none where tests run on SQLite alone. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env.TEST_DATABASES === 'sqlite') return async () => {};
  // Loaded only here: the package ends a run that has failed with code 0 unless `startPostgres` keeps it from that.
  const { startPostgres } = await import('./postgres.ts');
  const { url, stop } = await startPostgres();
  project.provide('postgresUrl', url);
  return stop;
}
