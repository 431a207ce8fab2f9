import { setTimeout as wait } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { environmentReplySchema } from '../../../src/wire/client-reply-schema.ts';
import { attribute, filter } from '../segments/support.ts';
import {
  addSurvey,
  addTenant,
  clientId,
  describeServer,
  type Reply,
  send,
  type Tenant,
  type TestServer,
} from '../support.ts';

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

  it('has the settings under both names, the marker of this server, and is cached for a minute', async () => {
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
      darkOverlay: false,
      placement: 'bottomRight',
      inAppSurveyBranding: true,
      styling: { allowStyleOverwrite: true },
    });
    expect(reply.headers.get('cache-control')).toBe(
      'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60',
    );
    expect(reply.headers.get('vary')).toBe('Accept-Encoding');
  });

  it('answers v2 alike, HEAD without a body, OPTIONS for any origin, and other methods with 405 and Allow', async () => {
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

  it('has an ETag per encoding and answers each with 304', async () => {
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

  it('sends live app surveys only, newest first, at most 30, without private data of the owner', async () => {
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

  it('sends of a survey exactly the fields of the table', async () => {
    const tenant = await addTenant(server);
    const workspaceOverwrites = { brandColor: '#112233', placement: 'center', overlay: 'dark' };
    const id = await addSurvey(server, tenant, {
      workspaceOverwrites,
      displayPercentage: 12.5,
      displayOption: 'displaySome',
      displayLimit: 3,
      recontactDays: 0,
      delay: 4,
      autoClose: 9,
      pin: '1234',
      isVerifyEmailEnabled: true,
      metadata: { secret: 'x' },
      surveyClosedMessage: { enabled: true, heading: 'secret' },
    });
    const reply = await get(tenant.id);
    const { surveys, actionClasses } = reply.body.data.data;
    const [action] = actionClasses;
    const ids = { environmentId: tenant.id, workspaceId: tenant.id };
    const stamps = { createdAt: '1970-01-01T00:00:00.000Z', updatedAt: '1970-01-01T00:00:00.000Z' };
    const overwrites = { ...workspaceOverwrites, darkOverlay: true };
    expect(surveys).toEqual([
      {
        id,
        name: 'Survey',
        type: 'app',
        status: 'inProgress',
        welcomeCard: { enabled: false, timeToFinish: true, showResponseCount: false },
        questions: [],
        blocks: [expect.objectContaining({ id: 'block1' })],
        endings: [],
        variables: [],
        languages: [],
        showLanguageSwitch: null,
        autoClose: 9,
        styling: null,
        recaptcha: { enabled: false, threshold: 0.1 },
        segment: {
          id: expect.any(String),
          title: 'Survey',
          description: null,
          isPrivate: true,
          filters: [],
          ...ids,
          ...stamps,
          surveys: [],
          hasFilters: false,
        },
        recontactDays: 0,
        displayLimit: 3,
        displayOption: 'displaySome',
        hiddenFields: { enabled: false },
        isBackButtonHidden: false,
        isAutoProgressingEnabled: false,
        triggers: [{ actionClass: { name: action.name } }],
        displayPercentage: 12.5,
        delay: 4,
        workspaceOverwrites: overwrites,
        projectOverwrites: overwrites,
      },
    ]);
    expect(actionClasses).toEqual([
      { id: action.id, type: 'code', name: action.name, key: action.name, noCodeConfig: null },
    ]);
    expect(reply.text).not.toMatch(/secret|1234/);
    // No undocumented field: the schema would drop it.
    expect(environmentReplySchema.parse(reply.body)).toEqual(reply.body);
  });

  it('sends the overlay in the formats of all client generations', async () => {
    const tenant = await addTenant(server);
    const settings = { overlay: 'dark' };
    await server.send('PUT', '/api/v1/management/environment', settings, { 'x-api-key': tenant.key });
    await addSurvey(server, tenant, { workspaceOverwrites: { overlay: 'light' } });
    await addSurvey(server, tenant, { workspaceOverwrites: { placement: 'center' } });
    await addSurvey(server, tenant);
    const { surveys, project } = await inside(tenant.id);
    expect(project).toMatchObject({ overlay: 'dark', darkOverlay: true });
    const overwrites = surveys.map(({ projectOverwrites }: Reply['body']) => projectOverwrites);
    expect(overwrites).toHaveLength(3);
    expect(overwrites).toEqual(
      expect.arrayContaining([{ overlay: 'light', darkOverlay: false }, { placement: 'center' }, null]),
    );
  });

  it('sends a display percentage of 0 unchanged', async () => {
    const tenant = await addTenant(server);
    await addSurvey(server, tenant, { displayPercentage: 0 });
    expect((await inside(tenant.id)).surveys[0].displayPercentage).toBe(0);
  });

  it('sends of a segment only whether it has filters', async () => {
    const tenant = await addTenant(server);
    const filters = [attribute('salary', 'equals', 'much'), attribute('salary', 'isSet', '', 'and')];
    await addSurvey(server, tenant, { segment: { filters } });
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

  it('sends interactionRefresh on every survey while any targeting depends on interactions', async () => {
    const tenant = await addTenant(server);
    const refreshes = async (): Promise<unknown> =>
      Object.fromEntries(
        (await inside(tenant.id)).surveys.map(({ id, interactionRefresh }: Reply['body']) => [
          id,
          interactionRefresh,
        ]),
      );
    const first = await addSurvey(server, tenant);
    expect(await refreshes()).toEqual({ [first]: undefined });

    const within = { amount: 7, unit: 'days' };
    const value = { surveyScope: 'specific', surveyIds: [first], within };
    const filters = [
      filter({ type: 'surveyInteraction' }, 'haveCompleted', value),
      filter({ type: 'surveyInteraction' }, 'haveNotSeen', { surveyScope: 'any', within }, 'or'),
    ];
    const second = await addSurvey(server, tenant, { segment: { title: 'Asks', isPrivate: false, filters } });
    const third = await addSurvey(server, tenant, { status: 'draft' });
    expect(await refreshes()).toEqual({
      [first]: { onDisplay: true, onResponse: false, onFinished: true },
      [second]: { onDisplay: true, onResponse: false, onFinished: false },
    });
    const owner = { 'x-api-key': tenant.key };
    await server.send('PUT', `/api/v1/management/surveys/${second}`, { status: 'paused' }, owner);
    expect(await refreshes()).toEqual({ [first]: undefined });
    expect(third).not.toBe(second);
  });

  it('makes URLs of files absolute, under the address of the server, whatever the request was sent to', async () => {
    const tenant = await addTenant(server);
    const picture = `/storage/${tenant.id}/public/a%20b.png`;
    const element = {
      id: 'q1',
      type: 'openText',
      headline: { default: 'See /storage/ and /storage/x y' },
      subheader: { default: '/storage/ or not' },
      imageUrl: picture,
      required: false,
    };
    const rule = { value: '/storage/help', rule: 'contains' };
    const owner = { 'x-api-key': tenant.key };
    await addSurvey(server, tenant, { blocks: [{ id: 'b', name: 'B', elements: [element] }] });
    const change = { styling: { allowStyleOverwrite: true, logo: { url: picture } } };
    await server.send('PUT', '/api/v1/management/environment', change, owner);
    const noCode = { name: 'Help', type: 'noCode', noCodeConfig: { type: 'pageView', urlFilters: [rule] } };
    expect((await server.send('POST', '/api/v1/management/action-classes', noCode, owner)).status).toBe(200);

    const ask = async (app: TestServer['app'], origin: string) => {
      const reply = await app.request(`${origin}/api/v1/client/${tenant.id}/environment`);
      const { surveys, workspace, project, actionClasses } = ((await reply.json()) as Reply['body']).data
        .data;
      const { imageUrl, headline, subheader } = surveys[0].blocks[0].elements[0];
      expect([headline, subheader]).toEqual([element.headline, element.subheader]);
      expect(actionClasses.map(({ noCodeConfig }: Reply['body']) => noCodeConfig?.urlFilters)).toContainEqual(
        [rule],
      );
      return [imageUrl, workspace.styling.logo.url, project.styling.logo.url];
    };
    for (const origin of ['http://one.example', 'https://two.example:8443', 'http://localhost']) {
      expect(await ask(server.app, origin)).toEqual(Array(3).fill(`http://localhost${picture}`));
    }
    const { app } = await server.openAgain({ publicUrl: 'https://surveys.example.com/inkling' });
    const told = `https://surveys.example.com/inkling${picture}`;
    expect(await ask(app, 'http://one.example')).toEqual([told, told, told]);
  });

  it('sends legacy questions as blocks', async () => {
    const tenant = await addTenant(server);
    const questions = [{ id: 'q', type: 'openText', headline: { default: 'Q' }, required: false }];
    await addSurvey(server, tenant, { blocks: [], questions });
    const [survey] = (await inside(tenant.id)).surveys;
    expect(survey.questions).toEqual([]);
    expect(survey.blocks[0].elements[0].id).toBe('q');
  });

  const codeRows: [name: string, codes: string[], sent: string[]][] = [
    ['at the end', ['en-US', 'de-DE'], ['en-US', 'de-DE', 'en', 'de']],
    ['unless there is one language', ['de-DE'], ['de-DE']],
    ['unless they are used already', ['de-DE', 'de', 'fr-FR'], ['de-DE', 'de', 'fr-FR', 'fr']],
    ['in all their forms', ['zh-Hant-TW', 'fil-PH'], ['zh-Hant-TW', 'fil-PH', 'zh-Hant', 'zh-TW', 'tl']],
    ['unless they would mean another region', ['de-AT', 'en-GB'], ['de-AT', 'en-GB']],
    ['unless nobody knows them', ['klingon', 'de'], ['klingon', 'de']],
  ];
  it.each(codeRows)('repeats region-tagged languages under short codes, %s', async (_name, codes, sent) => {
    const tenant = await addTenant(server);
    const languages = codes.map((code, index) => ({
      default: index === 0,
      enabled: index !== 1,
      language: { code, alias: `Alias ${index}` },
    }));
    await addSurvey(server, tenant, { languages });
    const [survey] = (await inside(tenant.id)).surveys;
    expect(survey.languages.map(({ language }: Reply['body']) => language.code)).toEqual(sent);
    const stamp = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(survey.languages[0]).toEqual({
      default: true,
      enabled: true,
      language: {
        id: expect.any(String),
        code: codes[0],
        alias: 'Alias 0',
        createdAt: stamp,
        updatedAt: stamp,
        workspaceId: tenant.id,
        projectId: tenant.id,
      },
    });
    // A copy differs from the original entry in its code alone.
    for (const { default: isDefault, enabled, language } of survey.languages) {
      const index = Number(language.alias.slice(-1));
      expect([isDefault, enabled]).toEqual([index === 0, index !== 1]);
    }
  });

  describe('after a change', () => {
    it('is visible at once in the process that made the change', async () => {
      const tenant = await addTenant(server);
      await get(tenant.id);
      const surveyId = await addSurvey(server, tenant);
      const data = await inside(tenant.id);
      expect(data.surveys.map(({ id }: { id: string }) => id)).toEqual([surveyId]);
      expect(data.actionClasses).toHaveLength(1);
    });

    it('is visible within a second when another process made the change', async () => {
      const tenant = await addTenant(server);
      expect((await inside(tenant.id)).surveys).toEqual([]);
      const { app } = await server.openAgain();
      const other = {
        ...server,
        send: (...request: Parameters<typeof server.send>) => send(app, ...request),
      };
      const surveyId = await addSurvey(other, tenant);
      await wait(1000);
      const { surveys } = await inside(tenant.id);
      expect(surveys.map(({ id }: Reply['body']) => id)).toEqual([surveyId]);
    });

    it('is visible within a second in another process', async () => {
      const { app } = await server.openAgain();
      const ask = async (): Promise<number> => {
        const reply = await app.request(`/api/v1/client/${own.id}/environment`);
        return ((await reply.json()) as Reply['body']).data.data.workspace.recontactDays;
      };
      expect(await ask()).toBe(7);
      expect((await manage('PUT', 'environment', { recontactDays: 21 })).status).toBe(200);
      await wait(1000);
      expect(await ask()).toBe(21);
    });
  });

  it('records for the owner that a browser has loaded the environment', async () => {
    const tenant = await addTenant(server);
    const me = () => server.send('GET', '/api/v1/management/me', undefined, { 'x-api-key': tenant.key });
    expect((await me()).body.appSetupCompleted).toBe(false);
    await get(tenant.id);
    await expect.poll(async () => (await me()).body.appSetupCompleted).toBe(true);
  });

  it('does not cache unknown ids', async () => {
    for (let n = 0; n < 5; n += 1) expect((await get(clientId())).status).toBe(404);
  });
});

describeServer(
  'environment lifetimes',
  (server) => {
    it('are those that the context was made with', async () => {
      const own = await addTenant(server);
      const reply = await server.send('GET', `/api/v1/client/${own.id}/environment`);
      expect(Date.parse(reply.body.data.expiresAt) - server.clock.now).toBeLessThanOrEqual(3000);
      const user = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId: 'u' });
      expect(Date.parse(user.body.data.state.expiresAt) - server.clock.now).toBe(500);
    });
  },
  { lifetimes: { environmentMs: 2000, slotMs: 1000, userMs: 500 } },
);
