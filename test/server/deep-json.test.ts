import { beforeAll, expect, it } from 'vitest';
import { MAX_ERROR_CHARS, MAX_JSON_DEPTH } from '../../src/core/limits.ts';
import { changeAt, listPlaces, Raw, write } from './mutations.ts';
import { ROUTE_CASES } from './route-cases.ts';
import { addSurvey, addTenant, describeServer, type Tenant } from './support.ts';
import { listTemplates, makeRequest, type Template } from './templates.ts';
import { type SeededTenant, seedTenant } from './tenants.ts';

const inLists = (depth: number): Raw => new Raw(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const inObjects = (depth: number): Raw => new Raw(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
const inBoth = (depth: number): Raw => new Raw(`${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`);

describeServer('JSON that is nested', (server) => {
  let own: SeededTenant;
  let tenant: Tenant;
  let changing: string;
  let templates: readonly Template[];

  beforeAll(async () => {
    own = await seedTenant(server, 'own');
    tenant = await addTenant(server);
    changing = await own.make('survey');
    templates = listTemplates(server).filter(({ route }) => route.body !== undefined);
    expect(templates.length).toBeGreaterThan(40);
  });

  it('5,000 deep is refused in every place of every body, and the reply names the place', async () => {
    for (const template of templates) {
      const { route } = template;
      if (ROUTE_CASES[`${route.method} ${route.path}`]?.readsBody === 'never') continue;
      const { path, body = 'null' } = await makeRequest(template, { tenant: own, changing });
      for (const { path: place } of listPlaces(JSON.parse(body))) {
        for (const deep of [inLists(5_000), inObjects(5_000), inBoth(5_000)]) {
          const text = write(changeAt(JSON.parse(body), place, () => deep));
          const reply = await server.send(route.method, path, text, { 'x-api-key': own.keys.manage });
          const what = `${route.method} ${path} ${place.join('.')}\n${reply.text.slice(0, 300)}`;
          // The permission comes first in such a body: without a right one the file is not read.
          if (route.path.endsWith('/storage/local') && place[0] === 'fileBase64String') {
            expect(reply.status, what).toBe(401);
            continue;
          }
          expect(reply.status, what).toBe(400);
          const [named = ''] = Object.keys(reply.body.details);
          expect(named.startsWith(place.join('.')), what).toBe(true);
          expect(reply.body.details[named], what).toBe(`Must not be nested more than ${MAX_JSON_DEPTH} deep`);
          expect(named.length, what).toBeLessThanOrEqual(MAX_ERROR_CHARS);
        }
      }
    }
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([inLists, inObjects, inBoth])('as deep as allowed is stored and read again', async (deep) => {
    const given = {
      metadata: { note: deep(MAX_JSON_DEPTH - 2) },
      styling: { note: deep(MAX_JSON_DEPTH - 2) },
    };
    const id = await addSurvey(server, tenant);
    const headers = { 'x-api-key': tenant.key };
    const path = `/api/v1/management/surveys/${id}`;
    expect((await server.send('PUT', path, write(given), headers)).status).toBe(200);
    const { body } = await server.send('GET', path, undefined, headers);
    expect(JSON.stringify(body.data.metadata)).toBe(write(given.metadata));
    expect(JSON.stringify(body.data.styling)).toBe(write(given.styling));
    expect((await server.send('GET', `/api/v1/client/${tenant.id}/environment`)).status).toBe(200);
    // Sent back as it was read, as an editor does.
    expect((await server.send('PUT', path, body.data, headers)).status).toBe(200);
  });

  it('logic as deep as allowed is checked, and refused where it is wrong', async () => {
    const group = (depth: number): string =>
      `${'{"id":"g","connector":"and","conditions":['.repeat(depth)}{}${']}'.repeat(depth)}`;
    for (const [depth, message] of [
      [120, 'Invalid cuid2'],
      [5_000, `Must not be nested more than ${MAX_JSON_DEPTH} deep`],
    ] as const) {
      const logic = new Raw(`[{"id":"r","actions":[],"conditions":${group(depth)}}]`);
      const elements = [{ id: 'q', type: 'openText', headline: { default: 'x' }, required: false }];
      const survey = { name: 'x', blocks: [{ id: 'b', elements, logic }] };
      const headers = { 'x-api-key': tenant.key };
      const reply = await server.send('POST', '/api/v1/management/surveys', write(survey), headers);
      expect(reply.status).toBe(400);
      expect(Object.keys(reply.body.details)[0]).toMatch(/^blocks\.0\.logic\.0\.conditions/);
      if (depth > 1_000) expect(Object.values(reply.body.details)).toEqual([message]);
    }
  });
});
