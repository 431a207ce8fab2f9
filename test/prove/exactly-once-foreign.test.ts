import { expect, it } from 'vitest';
import { runSchedules, SCHEDULES } from './simulation/run.ts';
import { loadScripts } from './simulation/scripts.ts';
import { openForeign } from './simulation/servers.ts';

it(`a server without Inkling’s marker holds every answer exactly once after ${SCHEDULES} random schedules`, async () => {
  const { broken, summary } = await runSchedules(loadScripts(), openForeign(), SCHEDULES);
  console.log(summary);
  expect(broken).toEqual([]);
});
