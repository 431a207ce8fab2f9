import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

const MINUTE = 60_000;

describeServer('GET environment', (server) => {
  let own: Tenant;

  beforeAll(async () => {
    own = await addTenant(server);
  });

  const get = (id = own.id, headers: Record<string, string> = {}): Promise<Reply> =>
    server.send('GET', `/api/v1/client/${id}/environment`, undefined, headers);
  const manage = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `/api/v1/management/${path}`, body, { 'x-api-key': own.key });
  const inside = async (id?: string): Promise<Reply['body']> => (await get(id)).body.data.data;

  it('answers 400 for an id of the wrong shape and 404 for an unknown one, readable from any origin', async () => {
    const malformed = await get('ABC!');
    expect([malformed.status, malformed.body.message]).toEqual([400, 'Invalid ID format']);
    const unknown = await get('unknown');
    expect(unknown.status).toBe(404);
    expect(unknown.body).toEqual({
      code: 'not_found',
      message: 'Workspace not found',
      details: { resource_id: 'unknown', resource_type: 'Workspace' },
    });
    for (const reply of [malformed, unknown]) {
      expect(reply.headers.get('access-control-allow-origin')).toBe('*');
      expect(reply.headers.get('access-control-expose-headers')).toBe('Date, Retry-After, ETag');
      expect(reply.headers.get('cache-control')).toBe('private, no-store');
    }
  });

  it('carries the settings twice, the marker of this server, and caching for a minute', async () => {
    const reply = await get();
    const { data } = reply.body.data;
    expect(Object.keys(data).sort()).toEqual(['actionClasses', 'inkling', 'project', 'surveys', 'workspace']);
    expect(data.inkling).toBe(1);
    expect(data.project).toEqual(data.workspace);
    expect(data.workspace).toEqual({
      id: own.id,
      recontactDays: 7,
      clickOutsideClose: true,
      overlay: 'none',
      placement: 'bottomRight',
      inAppSurveyBranding: true,
      styling: { allowStyleOverwrite: true },
    });
    expect(reply.headers.get('cache-control')).toBe(
      'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60',
    );
    expect(reply.headers.get('vary')).toBe('Accept-Encoding');
  });

  it('answers v2 alike, HEAD without a body, OPTIONS for everybody, and 405 with the methods it has', async () => {
    expect((await server.send('GET', `/api/v2/client/${own.id}/environment`)).text).toBe((await get()).text);
    const head = await server.send('HEAD', `/api/v1/client/${own.id}/environment`);
    expect([head.status, head.text]).toEqual([200, '']);
    const preflight = await server.send('OPTIONS', '/api/v1/client/Any_Id/environment');
    expect([preflight.status, preflight.body]).toEqual([200, { data: {} }]);
    expect(preflight.headers.get('access-control-max-age')).toBe('7200');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Content-Type.*Cache-Control/);
    const wrong = await server.send('POST', `/api/v1/client/${own.id}/environment`, {});
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(wrong.body.code).toBe('method_not_allowed');
  });

  it('has an ETag per encoding and confirms each with 304', async () => {
    const plain = await server.app.request(`/api/v1/client/${own.id}/environment`);
    const text = await plain.text();
    const etags = new Set<string | null>();
    for (const encoding of ['identity', 'gzip', 'br']) {
      const headers = { 'accept-encoding': encoding };
      const reply = await server.app.request(`/api/v1/client/${own.id}/environment`, { headers });
      const bytes = Buffer.from(await reply.arrayBuffer());
      const etag = reply.headers.get('etag');
      etags.add(etag);
      expect(reply.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
      const unpack = { br: brotliDecompressSync, gzip: gunzipSync, identity: (same: Buffer) => same };
      expect(unpack[encoding as keyof typeof unpack](bytes).toString()).toBe(text);

      const again = await get(own.id, { ...headers, 'if-none-match': `"other", W/${etag}` });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect(etags.size).toBe(3);
    expect((await get(own.id, { 'accept-encoding': 'br;q=0, gzip' })).headers.get('content-encoding')).toBe(
      'gzip',
    );
  });

  it('expires an hour after the end of its five-minute slot, and is the same all through the slot', async () => {
    const before = server.clock.now;
    const first = await get();
    server.clock.now = Date.UTC(2026, 10, 24, 9, 4, 59, 999);
    const last = await get();
    server.clock.now = Date.UTC(2026, 10, 24, 9, 5);
    const next = await get();
    server.clock.now = before;
    expect(first.body.data.expiresAt).toBe('2026-11-24T10:05:00.000Z');
    expect(last.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(next.body.data.expiresAt).toBe('2026-11-24T10:10:00.000Z');
    expect(next.headers.get('etag')).not.toBe(first.headers.get('etag'));
  });

  it('sends live app surveys only, newest first, at most 30, without what only the owner may know', async () => {
    const tenant = await addTenant(server);
    const start = server.clock.now;
    const ids: string[] = [];
    for (let n = 0; n < 32; n += 1) {
      server.clock.now = start + n * MINUTE;
      ids.push(await addSurvey(server, tenant, { name: `Secret ${n}` }));
    }
    for (const change of [
      { status: 'draft' },
      { status: 'paused' },
      { status: 'completed' },
      { type: 'link' },
    ]) {
      await addSurvey(server, tenant, change);
    }
    server.clock.now = start;
    const reply = await get(tenant.id);
    const { surveys } = reply.body.data.data;
    expect(surveys.map(({ id }: { id: string }) => id)).toEqual(ids.slice(-30).reverse());
    expect(reply.text).not.toContain('Secret');
  });

  it('tells of a segment only that there are filters', async () => {
    const filter = {
      id: 'f1',
      connector: null,
      resource: {
        id: 'f2',
        root: { type: 'attribute', contactAttributeKey: 'salary' },
        value: 'much',
        qualifier: { operator: 'equals' },
      },
    };
    const tenant = await addTenant(server);
    await addSurvey(server, tenant, { segment: { filters: [filter] } });
    await addSurvey(server, tenant);
    const reply = await get(tenant.id);
    expect(reply.text).not.toMatch(/salary|much/);
    const segments = reply.body.data.data.surveys.map((survey: { segment: object }) => survey.segment);
    expect(segments).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ hasFilters: true, filters: [expect.anything()], surveys: [] }),
        expect.objectContaining({ hasFilters: false, filters: [] }),
      ]),
    );
    expect(segments[0].id).not.toBe(segments[1].id);
  });

  it('sends legacy questions as blocks', async () => {
    const tenant = await addTenant(server);
    const questions = [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: false }];
    await addSurvey(server, tenant, { blocks: [], questions });
    const [survey] = (await inside(tenant.id)).surveys;
    expect(survey.questions).toEqual([]);
    expect(survey.blocks[0].elements[0].id).toBe('q');
  });

  it('repeats region-tagged languages under their short codes when there are several', async () => {
    const tenant = await addTenant(server);
    const language = (code: string, isDefault: boolean) => ({
      default: isDefault,
      enabled: true,
      language: { code, alias: null },
    });
    await addSurvey(server, tenant, { languages: [language('en-US', true), language('de-DE', false)] });
    const [survey] = (await inside(tenant.id)).surveys;
    const codes = survey.languages.map(({ language: { code } }: { language: { code: string } }) => code);
    expect(codes).toEqual(['en-US', 'de-DE', 'en', 'de']);
  });

  describe('after a change', () => {
    it('shows it at once in the process that made it', async () => {
      const tenant = await addTenant(server);
      await get(tenant.id);
      const surveyId = await addSurvey(server, tenant);
      const data = await inside(tenant.id);
      expect(data.surveys.map(({ id }: { id: string }) => id)).toEqual([surveyId]);
      expect(data.actionClasses).toHaveLength(1);
    });

    it('shows it within a second in another process', async () => {
      const { app } = await server.openAgain();
      const ask = async (): Promise<number> => {
        const reply = await app.request(`/api/v1/client/${own.id}/environment`);
        return ((await reply.json()) as Reply['body']).data.data.workspace.recontactDays;
      };
      expect(await ask()).toBe(7);
      expect((await manage('PUT', 'environment', { recontactDays: 21 })).status).toBe(200);
      const changedAt = performance.now();
      await expect.poll(ask, { timeout: 1000, interval: 50 }).toBe(21);
      expect(performance.now() - changedAt).toBeLessThan(1000);
    });
  });

  it('notes for the owner that a browser has asked', async () => {
    const tenant = await addTenant(server);
    const me = () => server.send('GET', '/api/v1/management/me', undefined, { 'x-api-key': tenant.key });
    expect((await me()).body.appSetupCompleted).toBe(false);
    await get(tenant.id);
    await expect.poll(async () => (await me()).body.appSetupCompleted).toBe(true);
  });

  it('does not take made-up ids for a reason to remember', async () => {
    for (let n = 0; n < 5; n += 1) expect((await get(clientId())).status).toBe(404);
  });
});

describeServer(
  'environment lifetimes',
  (server) => {
    it('are what the app is told', async () => {
      const own = await addTenant(server);
      const reply = await server.send('GET', `/api/v1/client/${own.id}/environment`);
      expect(Date.parse(reply.body.data.expiresAt) - server.clock.now).toBeLessThanOrEqual(3000);
      const user = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId: 'u' });
      expect(Date.parse(user.body.data.state.expiresAt) - server.clock.now).toBe(500);
    });
  },
  { environmentMs: 2000, slotMs: 1000, userMs: 500 },
);
