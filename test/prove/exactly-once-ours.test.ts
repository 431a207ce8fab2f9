import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSchedules, SCHEDULES } from './simulation/run.ts';
import { loadScripts } from './simulation/scripts.ts';
import { openOurs, type SimulatedServer } from './simulation/servers.ts';

let server: SimulatedServer;
beforeAll(async () => {
  server = await openOurs();
});
afterAll(() => server.end());

it(`Inkling’s server holds every answer exactly once after ${SCHEDULES} random schedules`, async () => {
  const { broken, summary } = await runSchedules(loadScripts(), server, SCHEDULES);
  console.log(summary);
  expect(broken).toEqual([]);
});
