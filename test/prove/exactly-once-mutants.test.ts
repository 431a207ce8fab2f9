import { expect, it } from 'vitest';
import { buildMutant, type Mutation } from './simulation/mutate.ts';
import { runSchedules } from './simulation/run.ts';
import { loadScripts } from './simulation/scripts.ts';
import { openForeign, openOurs } from './simulation/servers.ts';

/** The most schedules that a mistake may need to show: `npm test` runs no more than twice as many. */
const MOST = 100;

const removedTooSoon: Mutation = {
  file: 'outbox/send-queue.ts',
  from: 'const reply = await send(',
  to: 'await outbox.acknowledge(item); const reply = await send(',
};
const anyPageIsAnAcknowledgement: Mutation = {
  file: 'net/request.ts',
  from: /return status >= 200 && status < 300 && [^;]*;/,
  to: 'return status >= 200 && status < 300;',
};
const newIdForEachTry: Mutation = {
  file: 'outbox/inkling-protocol.ts',
  from: '{ id, seq, surveyId, displayId }',
  to: '{ id: id + Math.random().toString(36).slice(2), seq, surveyId }',
};

it.each([
  ['removes an entry before its acknowledgement', 'Inkling’s server', removedTooSoon, openOurs],
  [
    'removes an entry before its acknowledgement',
    'a server without the marker',
    removedTooSoon,
    async () => openForeign(),
  ],
  ['takes any 200 for an acknowledgement', 'Inkling’s server', anyPageIsAnAcknowledgement, openOurs],
  ['makes a new id for each try', 'Inkling’s server', newIdForEachTry, openOurs],
])('the proof fails when delivery %s (%s)', async (_mistake, _server, mutation, open) => {
  const server = await open();
  const scripts = loadScripts(await buildMutant(mutation));
  // A survey that doesn't open, or doesn't end, proves nothing.
  const isCaught = (broken: readonly string[]): boolean =>
    broken.some((line) => /lost|duplicated/.test(line));
  const { broken } = await runSchedules(scripts, server, MOST, isCaught);
  await server.end();
  expect(isCaught(broken), broken.join('\n')).toBe(true);
});
