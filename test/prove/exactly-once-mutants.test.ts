import { expect, it } from 'vitest';
import { buildMutant, type Mutation } from './simulation/mutate.ts';
import { runSchedules } from './simulation/run.ts';
import { loadScripts } from './simulation/scripts.ts';
import { openForeign, openOurs } from './simulation/servers.ts';

/** A mistake that needs more schedules than this to show would slip through `npm test`, too. */
const MOST = 100;

const removedTooSoon: Mutation = {
  file: 'outbox/delivery.ts',
  from: 'const reply = (await carry',
  to: 'await showings.update((old) => acknowledge(old, id, seq, Date.now())); const reply = (await carry',
};
const anyPageIsAnAcknowledgement: Mutation = {
  file: 'net/request.ts',
  from: /return status >= 200 && status < 300 && [^;]*;/,
  to: 'return status >= 200 && status < 300;',
};
const newIdForEachTry: Mutation = {
  file: 'outbox/delivery.ts',
  from: '{ id, seq, surveyId, displayId, userId }',
  to: '{ id: id + Math.random().toString(36).slice(2), seq, surveyId, userId }',
};

it.each([
  ['removes an entry before its acknowledgement', 'our server', removedTooSoon, openOurs],
  ['removes an entry before its acknowledgement', 'a foreign one', removedTooSoon, async () => openForeign()],
  ['takes any 200 for an acknowledgement', 'our server', anyPageIsAnAcknowledgement, openOurs],
  ['makes a new id for each try', 'our server', newIdForEachTry, openOurs],
])('the proof fails when delivery %s (%s)', async (_mistake, _server, mutation, open) => {
  const server = await open();
  const scripts = loadScripts(await buildMutant(mutation));
  // A survey that merely doesn't come, or doesn't end, is no proof.
  const isCaught = (broken: readonly string[]): boolean =>
    broken.some((line) => /lost|duplicated/.test(line));
  const { broken } = await runSchedules(scripts, server, MOST, isCaught);
  await server.end();
  expect(isCaught(broken), broken.join('\n')).toBe(true);
});
