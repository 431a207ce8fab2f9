import { expect, it } from 'vitest';
import { bumpRevision } from '../../../server/repo/environments.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { saveSegment } from '../../../server/repo/segments.ts';
import { attribute, filter } from '../segments/support.ts';
import { addSurvey, addTenant, clientId, describeServer, type Tenant } from '../support.ts';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1';
const DAY_MS = 86_400_000;

describeServer('segments in POST user', (server) => {
  /** A shared segment, with a survey that uses it; answers with its id. */
  const addSegment = async (tenant: Tenant, title: string, filters: readonly unknown[]): Promise<string> => {
    const surveyId = await addSurvey(server, tenant, { segment: { title, isPrivate: false, filters } });
    const reply = await server.send('GET', `/api/v1/management/surveys/${surveyId}`, undefined, {
      'x-api-key': tenant.key,
    });
    return reply.body.data.segment.id;
  };
  const identify = async (tenant: Tenant, body: object, headers = {}): Promise<readonly string[]> => {
    const reply = await server.send('POST', `/api/v1/client/${tenant.id}/user`, body, headers);
    expect(reply.status).toBe(200);
    return [...reply.body.data.state.data.segments].sort();
  };

  it('are evaluated on attributes of every type, as they are after the request', async () => {
    const tenant = await addTenant(server);
    const ids = {
      text: await addSegment(tenant, 'text', [attribute('plan', 'startsWith', 'PRO')]),
      number: await addSegment(tenant, 'number', [attribute('seats', 'greaterEqual', 5)]),
      date: await addSegment(tenant, 'date', [
        attribute('since', 'isOlderThan', { amount: 1, unit: 'months' }),
      ]),
      person: await addSegment(tenant, 'person', [
        filter({ type: 'person', personIdentifier: 'userId' }, 'contains', 'mara'),
      ]),
      nested: '',
    };
    ids.nested = await addSegment(tenant, 'nested', [
      filter({ type: 'segment', segmentId: ids.text }, 'userIsIn', ''),
      filter({ type: 'segment', segmentId: ids.number }, 'userIsNotIn', '', 'and'),
    ]);
    const userId = `Mara-${clientId()}`;
    const since = '2026-10-24T09:00:59.999Z';
    expect(await identify(tenant, { userId })).toEqual([ids.person]);
    const first = await identify(tenant, { userId, attributes: { plan: 'professional', seats: 4, since } });
    expect(first).toEqual([ids.text, ids.date, ids.person, ids.nested].sort());
    const second = await identify(tenant, {
      userId,
      attributes: { seats: 5, since: '2026-10-24T09:01:00.000Z' },
    });
    expect(second).toEqual([ids.text, ids.number, ids.person].sort());
    expect(await identify(tenant, { userId })).toEqual(second);
  });

  it('are evaluated on the device type of the request', async () => {
    const tenant = await addTenant(server);
    const phone = await addSegment(tenant, 'phone', [filter({ type: 'device' }, 'equals', 'phone')]);
    const desktop = await addSegment(tenant, 'desktop', [filter({ type: 'device' }, 'notEquals', 'phone')]);
    const body = { userId: clientId() };
    expect(await identify(tenant, body, { 'user-agent': IPHONE })).toEqual([phone]);
    expect(await identify(tenant, body, { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' })).toEqual([
      desktop,
    ]);
    expect(await identify(tenant, body)).toEqual([desktop]);
  });

  it('are evaluated on displays and responses within the time window', async () => {
    const tenant = await addTenant(server);
    const surveyId = await addSurvey(server, tenant);
    const base = `/api/v1/client/${tenant.id}`;
    const value = { surveyScope: 'specific', surveyIds: [surveyId], within: { amount: 2, unit: 'days' } };
    const operators = [
      'haveSeen',
      'haveNotSeen',
      'haveStartedRespondingTo',
      'haveCompleted',
      'haveNotCompleted',
    ];
    const names = new Map<string, string>();
    for (const operator of operators) {
      const filters = [filter({ type: 'surveyInteraction' }, operator, value)];
      names.set(await addSegment(tenant, operator, filters), operator);
    }
    const userId = clientId();
    const ask = async (): Promise<unknown> =>
      (await identify(tenant, { userId })).flatMap((id) => names.get(id) ?? []).sort();
    const start = server.clock.now;

    expect(await ask()).toEqual(['haveNotCompleted', 'haveNotSeen']);
    const display = await server.send('POST', `${base}/displays`, { surveyId, userId });
    const displayId = display.body.data.id;
    expect(await ask()).toEqual(['haveNotCompleted', 'haveSeen']);
    const answer = { surveyId, userId, displayId, finished: false, data: { q1: 'a' } };
    const response = await server.send('POST', `${base}/responses`, answer);
    expect(await ask()).toEqual(['haveNotCompleted', 'haveSeen', 'haveStartedRespondingTo']);
    server.clock.now = start + 2 * DAY_MS;
    const path = `${base}/responses/${response.body.data.id}`;
    expect((await server.send('PUT', path, { finished: true })).status).toBe(200);
    // Both edges are included, and the creation of the response counts.
    expect(await ask()).toEqual(['haveCompleted', 'haveSeen', 'haveStartedRespondingTo']);
    server.clock.now += 1;
    expect(await ask()).toEqual(['haveNotCompleted', 'haveNotSeen']);
    server.clock.now = start;
  });

  it('skip one with an unknown filter, and one that refers to it, with one log line each per change', async () => {
    const tenant = await addTenant(server);
    const good = await addSegment(tenant, 'good', []);
    const store = async (title: string, filters: readonly unknown[]): Promise<string> => {
      const id = newId();
      await server.database.write(async (trx) => {
        const stamps = { createdAt: server.clock.now, updatedAt: server.clock.now };
        await saveSegment(trx, {
          ...{ id, environmentId: tenant.id, title, description: null, isPrivate: false, filters },
          ...stamps,
        });
        await bumpRevision(trx, tenant.id);
      });
      return id;
    };
    // As a later version, or an edit of the database, may have written them.
    const bad = await store('bad', [attribute('plan', 'soundsLike', 'x')]);
    const asking = await store('asking', [filter({ type: 'segment', segmentId: bad }, 'userIsNotIn', '')]);
    const lines = () => server.logged.filter(({ message }) => message.startsWith('segment has no members'));
    const userId = clientId();
    const settle = async (): Promise<void> => {
      await expect.poll(() => identify(tenant, { userId })).toEqual([good]);
    };
    server.logged.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all(Array.from({ length: 10 }, settle));
    const told = lines().map(({ level, facts }) => ({ level, facts }));
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        { level: 'warn', facts: { segment: bad, unknown: 'attribute operator soundsLike' } },
        { level: 'warn', facts: { segment: asking, unknown: `segment ${bad}, which can't be compiled` } },
      ]),
    );

    const owner = { 'x-api-key': tenant.key };
    await server.send('PUT', '/api/v1/management/environment', { recontactDays: 1 }, owner);
    await Promise.all(Array.from({ length: 10 }, settle));
    // A change that is refused at the end invalidates the cache too, but changes nothing.
    const questions = [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: false }];
    const triggers = [{ actionClass: { id: newId() } }];
    const refused = await server.send(
      'POST',
      '/api/v1/management/surveys',
      { name: 'x', type: 'app', questions, triggers },
      owner,
    );
    expect(refused.body.message).toBe('Invalid trigger id');
    await settle();
    expect(lines()).toHaveLength(4);
  });

  it('ignore a segment of another environment', async () => {
    const [own, other] = [await addTenant(server), await addTenant(server)];
    const theirs = await addSegment(other, 'theirs', [attribute('plan', 'equals', 'pro')]);
    const asks = await addSegment(own, 'asks', [
      filter({ type: 'segment', segmentId: theirs }, 'userIsIn', ''),
    ]);
    const unknown = await addSegment(own, 'unknown', [
      filter({ type: 'segment', segmentId: newId() }, 'userIsIn', ''),
    ]);
    expect(await identify(own, { userId: clientId() })).toEqual([asks, unknown].sort());
  });
});
