import { beforeAll, expect, it } from 'vitest';
import { loadFixtures } from '../../fixtures/load.ts';
import { addTenant, describeServer, type Tenant } from '../support.ts';

/** Adds the date format that the API requires and the renderer does not. */
const withFormats = (document: object): object =>
  JSON.parse(JSON.stringify(document), (_key, value) =>
    value?.type === 'date' ? { format: 'y-M-d', ...value } : value,
  );
const SURVEYS = '/api/v1/management/surveys';

describeServer('a survey that is read and written back', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const call = (method: string, path: string, body?: unknown) =>
    server.send(method, `${SURVEYS}${path}`, body, { 'x-api-key': own.key });

  it.each(loadFixtures().map((one) => [one.name, withFormats(one.document)] as const))(
    '%s',
    async (name, document) => {
      const { id: _id, ...rest } = document as { id?: string };
      const made = await call('POST', '', {
        name,
        ...rest,
        type: 'app',
        status: 'draft',
        environmentId: own.id,
        triggers: [],
      });
      expect(made.status, made.text).toBe(200);
      const { id } = made.body.data;
      const read = await call('GET', `/${id}`);
      const { updatedAt: _first, ...before } = read.body.data;
      const written = await call('PUT', `/${id}`, read.body.data);
      expect(written.status, written.text).toBe(200);
      const { updatedAt: _second, ...after } = (await call('GET', `/${id}`)).body.data;
      expect(after).toEqual(before);
    },
  );
});
