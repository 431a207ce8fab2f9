import { beforeAll, expect, it } from 'vitest';
import { createContext } from '../../server/context/context.ts';
import { createJobs, type Jobs } from '../../server/jobs.ts';
import { addSurvey, addTenant, describeServer, silentLog, type Tenant } from './support.ts';

const DAY = 86_400_000;

describeServer('background jobs', (server) => {
  let own: Tenant;
  let jobs: Jobs;
  beforeAll(async () => {
    own = await addTenant(server);
    jobs = createJobs(
      createContext({ database: server.database, now: () => server.clock.now, log: silentLog }),
    );
  });
  const manage = async (method: string, path: string, body?: unknown) =>
    (await server.send(method, `/api/v1/management${path}`, body, { 'x-api-key': own.key })).body.data;
  const statusOf = async (id: string): Promise<string> => (await manage('GET', `/surveys/${id}`)).status;
  const at = (ms: number): string => new Date(server.clock.now + ms).toISOString();
  const shown = async (): Promise<readonly string[]> => {
    // Other processes check for changes every 250 ms.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { body } = await server.send('GET', `/api/v1/client/${own.id}/environment`);
    return body.data.data.surveys.map(({ id }: { id: string }) => id);
  };

  it('open a survey at publishOn and complete it at closeOn, and visitors see it', async () => {
    const start = server.clock.now;
    const id = await addSurvey(server, own, { status: 'paused', publishOn: at(1000), closeOn: at(5000) });
    await jobs.tick();
    expect([await statusOf(id), await shown()]).toEqual(['paused', []]);
    server.clock.now = start + 1000;
    await jobs.tick();
    expect([await statusOf(id), await shown()]).toEqual(['inProgress', [id]]);
    expect((await manage('GET', `/surveys/${id}`)).publishOn).toBeNull();
    server.clock.now = start + 4999;
    await jobs.tick();
    expect(await statusOf(id)).toBe('inProgress');
    server.clock.now = start + 5000;
    await jobs.tick();
    expect([await statusOf(id), await shown()]).toEqual(['completed', []]);
    expect((await manage('GET', `/surveys/${id}`)).closeOn).toBeNull();
    server.clock.now = start;
  });

  it('skip drafts, and schedules that a manual change of status has overtaken', async () => {
    const draft = await addSurvey(server, own, { status: 'draft', publishOn: at(10), closeOn: at(20) });
    const opened = await addSurvey(server, own, { status: 'paused', publishOn: at(10) });
    expect((await manage('PUT', `/surveys/${opened}`, { status: 'inProgress' })).publishOn).toBeNull();
    const ended = await addSurvey(server, own, { closeOn: at(10) });
    expect((await manage('PUT', `/surveys/${ended}`, { status: 'completed' })).closeOn).toBeNull();
    const paused = await addSurvey(server, own, { closeOn: at(10) });
    expect((await manage('PUT', `/surveys/${paused}`, { status: 'paused' })).closeOn).toBeNull();
    server.clock.now += 1000;
    await jobs.tick();
    expect(await Promise.all([draft, opened, ended, paused].map(statusOf))).toEqual([
      'draft', 'inProgress', 'completed', 'paused',
    ]); // biome-ignore format: a list of words
    server.clock.now -= 1000;
  });

  it('erase responses beyond the retention of their survey, and no others', async () => {
    const kept = await addSurvey(server, own);
    const short = await addSurvey(server, own, { retentionDays: 30 });
    const add = (surveyId: string, days: number) =>
      manage('POST', '/responses', { surveyId, finished: true, data: {}, createdAt: at(-days * DAY) });
    await Promise.all([add(kept, 400), add(short, 31), add(short, 30.001), add(short, 29.9)]);
    await jobs.tick();
    const listed = async (id: string) => (await manage('GET', `/responses?surveyId=${id}`)).length;
    // Retention is checked once per hour.
    server.clock.now += 60 * 60_000;
    await jobs.tick();
    expect([await listed(kept), await listed(short)]).toEqual([1, 1]);
    server.clock.now -= 60 * 60_000;
  });

  it('are not needed to complete a survey at its response limit, for concurrent responses too', async () => {
    const id = await addSurvey(server, own, { autoComplete: 3 });
    const answer = (finished: boolean) =>
      server.send('POST', `/api/v1/client/${own.id}/responses`, { surveyId: id, finished, data: {} });
    await answer(true);
    await answer(false);
    expect(await statusOf(id)).toBe('inProgress');
    await Promise.all([answer(true), answer(true)]);
    expect(await statusOf(id)).toBe('completed');
    expect((await answer(true)).status).toBe(403);
  });
});
