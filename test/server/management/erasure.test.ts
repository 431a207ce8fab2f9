import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { createLog } from '../../../server/base/log.ts';
import { createContext } from '../../../server/context/context.ts';
import { openFileStore } from '../../../server/files/open-file-store.ts';
import { addUploadSurvey, put } from '../storage/storage.ts';
import { addTenant, clientId, describeServer, send, type Tenant } from '../support.ts';

const TABLES = [
  'contact', 'contact_attribute', 'display', 'response', 'webhook_delivery', 'file_removal',
] as const; // biome-ignore format: a list of words

describeServer(
  'a person who is erased',
  (server) => {
    const lines: string[] = [];
    const canaries: string[] = [];
    let own: Tenant;
    let app: ReturnType<typeof createApp>;
    let surveyId: string;

    /** A unique text. */
    const canary = (): string => {
      const text = `canary${clientId()}`;
      canaries.push(text);
      return text;
    };
    const manage = async (method: string, path: string, body?: unknown) => {
      const reply = await send(app, method, `/api/v1${path}`, body, { 'x-api-key': own.key });
      expect(reply.status, reply.text).toBe(200);
      return reply.body.data;
    };

    beforeAll(async () => {
      own = await addTenant(server);
      const context = createContext({
        database: server.database,
        now: () => server.clock.now,
        log: createLog('trace', (line) => lines.push(line)),
        files: await openFileStore(server.filesUrl),
        rateLimit: 'off',
      });
      app = createApp(context);
      surveyId = await addUploadSurvey(server, own);
      // No worker runs, so every delivery stays in the queue.
      await manage('POST', '/webhooks', {
        url: 'https://93.184.216.34/',
        triggers: ['responseCreated', 'responseUpdated', 'responseFinished'],
      });
    });

    async function upload(): Promise<string> {
      const content = Buffer.from(`${canary()}\n${canary()}`);
      const request = { surveyId, elementId: 'file', fileName: `${canary()}.txt`, content };
      const { status, permit } = await put(server, own.id, request);
      expect(status).toBe(201);
      return permit.fileUrl;
    }

    /** A person with responses, displays, attributes and files. */
    async function live(userId: string): Promise<string> {
      const client = `/client/${own.id}`;
      await manage('POST', `${client}/user`, {
        userId,
        attributes: {
          email: `${canary()}@example.com`,
          firstName: canary(),
          lastName: canary(),
          plan: canary(),
        },
      });
      const display = await manage('POST', `${client}/displays`, { surveyId, userId });
      for (let count = 0; count < 15; count += 1) {
        const { id } = await manage('POST', `${client}/responses`, {
          surveyId,
          userId,
          finished: false,
          data: { file: count < 3 ? [await upload()] : [], note: canary(), hidden: { [canary()]: canary() } },
          variables: { name: canary() },
          meta: { url: `https://example.com/${canary()}`, source: canary(), action: canary() },
          endingId: canary(),
          singleUseId: canary(),
          ...(count === 0 ? { displayId: display.id } : {}),
        });
        await manage('PUT', `/management/responses/${id}`, { finished: true, data: { more: canary() } });
      }
      return display.contactId;
    }

    function storedBytes(): readonly { readonly path: string; readonly text: string }[] {
      const walk = (folder: string): readonly string[] =>
        readdirSync(folder).flatMap((name) => {
          const path = join(folder, name);
          return statSync(path).isDirectory() ? walk(path) : [path];
        });
      return [...server.databaseFiles(), ...walk(server.filesFolder)].map((path) => ({
        path,
        text: readFileSync(path, 'latin1'),
      }));
    }

    async function storedRows(): Promise<string> {
      const rows = await Promise.all(
        TABLES.map((table) => sql`select * from ${sql.table(table)}`.execute(server.database.read)),
      );
      return JSON.stringify(rows.map((one) => one.rows));
    }

    const found = (text: string): readonly string[] => canaries.filter((one) => text.includes(one));

    it('leaves none of 200 texts in rows, files, logs and the bytes of the database', async () => {
      const neighbour = await live('neighbour');
      const theirs = canaries.splice(0);
      const contactId = await live(canary());
      expect(canaries.length).toBeGreaterThan(150);
      const other = await live(canary());
      expect(canaries.length).toBeGreaterThan(200);

      const exported = JSON.stringify(await manage('GET', `/management/contacts/${contactId}/export`));
      expect(found(exported).length).toBeGreaterThan(120);
      expect(found(await storedRows()).length).toBeGreaterThan(200);

      expect(await manage('DELETE', `/management/contacts/${contactId}`)).toEqual({
        success: 'Contact deleted successfully',
      });
      expect(await manage('DELETE', `/management/people/${other}`)).toEqual({
        success: 'Person deleted successfully',
      });
      expect(found(await storedRows())).toEqual([]);
      for (const { path, text } of storedBytes()) expect(found(text), path).toEqual([]);
      expect(found(lines.join('\n'))).toEqual([]);
      expect(lines.some((line) => line.includes('contact erased') && line.includes('"responses":15'))).toBe(
        true,
      );

      // Another contact's data is complete.
      const kept = JSON.stringify(await manage('GET', `/management/contacts/${neighbour}/export`));
      expect(theirs.filter((one) => kept.includes(one)).length).toBeGreaterThan(90);
      const files = storedBytes().filter(({ path }) => path.startsWith(server.filesFolder));
      expect(files.filter(({ text }) => theirs.some((one) => text.includes(one)))).toHaveLength(3);
    });

    it('deletes only files of the own element, not others named in an answer', async () => {
      const theirs = await upload();
      const { id } = await manage('POST', '/management/responses', {
        surveyId,
        finished: true,
        data: { note: [theirs], file: [] },
      });
      await manage('DELETE', `/management/responses/${id}`);
      const reply = await send(app, 'GET', theirs, undefined, { 'x-api-key': own.key });
      expect(reply.status).toBe(200);
    });

    it('of a response includes its display and files, of a survey all of its responses', async () => {
      const [one, two] = [await upload(), await upload()];
      const read = async (path: string) =>
        (await send(app, 'GET', path, undefined, { 'x-api-key': own.key })).status;
      const display = await manage('POST', `/client/${own.id}/displays`, { surveyId });
      const { id } = await manage('POST', `/client/${own.id}/responses`, {
        surveyId,
        displayId: display.id,
        finished: true,
        data: { file: [one] },
      });
      await manage('DELETE', `/management/responses/${id}`);
      expect([await read(one), await read(two)]).toEqual([404, 200]);
      const left = await send(app, 'GET', `/api/v1/client/${own.id}/displays/${display.id}/response`);
      expect(left.status).toBe(404);
      await manage('DELETE', `/management/surveys/${surveyId}`);
      expect(await read(two)).toBe(404);
    });
  },
  { withBucket: true },
);
