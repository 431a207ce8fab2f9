import { beforeAll, expect, it } from 'vitest';
import { toSingleUseToken } from '../../../server/domain/single-use.ts';
import { addSurvey, addTenant, describeServer, type Tenant } from '../support.ts';

it('the token matches the published example', () => {
  const given = { surveyId: 'clsurvey1', suId: 'abc123' };
  expect(toSingleUseToken('0123456789abcdef0123456789abcdef', given)).toBe(
    'd3cc5fd35346a45462051e361034d2d25aaa079a4f32ca92982b6060ebb5753c',
  );
});

describeServer('single-use links', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const link = (isEncrypted: boolean, enabled = true) =>
    addSurvey(server, own, { type: 'link', triggers: [], singleUse: { enabled, isEncrypted } });
  const ask = (id: string, query = '') =>
    server.send('GET', `/api/v1/management/surveys/${id}/singleUseIds${query}`, undefined, {
      'x-api-key': own.key,
    });

  it('are ten with a token each by default, or the given number, all different', async () => {
    const id = await link(false);
    const { body } = await ask(id);
    expect(body.data).toHaveLength(10);
    for (const url of body.data) {
      expect(url).toMatch(new RegExp(`^http://localhost/s/${id}\\?suId=[0-9a-z]{25}&suToken=[0-9a-f]{64}$`));
    }
    const many = (await ask(id, '?limit=5000')).body.data;
    expect(new Set(many).size).toBe(5000);
    expect((await ask(id, '?limit=2.5')).body.data).toHaveLength(3);
    expect((await ask(id, '?limit=many')).body.data).toEqual([]);
  });

  it('are encrypted where the survey is set so', async () => {
    const [url] = (await ask(await link(true), '?limit=1')).body.data;
    expect(new URL(url).searchParams.get('suId')).toMatch(/^[0-9a-f]{32}:[0-9a-f]{50}:[0-9a-f]{32}$/);
  });

  it.each([
    ['?limit=0', 'Limit cannot be less than 1'],
    ['?limit=5001', 'Limit cannot be more than 5000'],
  ])('%s is refused', async (query, message) => {
    const reply = await ask(await link(false), query);
    expect([reply.status, reply.body]).toEqual([400, { code: 'bad_request', message, details: {} }]);
  });

  it('exist for link surveys that have them enabled only', async () => {
    expect((await ask(await link(false, false))).body.message).toBe(
      'Single use links are not enabled for this survey',
    );
    expect((await ask(await addSurvey(server, own))).body.message).toBe(
      'Single use links are only available for link surveys',
    );
  });
});
