import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import { sweepUploads } from '../../../server/domain/stored-files.ts';
import { openFileStore } from '../../../server/files/open-file-store.ts';
import { createJobs, type Jobs } from '../../../server/jobs.ts';
import { LEAST_FILE_BYTES, MAX_UNUSED_FILE_MS, SWEPT_FILE_MS } from '../../../src/core/limits.ts';
import { addTenant, clientId, describeServer, type Reply, send, silentLog, type Tenant } from '../support.ts';
import { addUploadSurvey, ask, put, toForm, upload } from './storage.ts';

const HOUR_MS = 60 * 60_000;
const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;

describeServer(
  'an upload',
  (server) => {
    let own: Tenant;
    let surveyId: string;
    let jobs: Jobs;

    beforeAll(async () => {
      jobs = await openJobs();
    });
    beforeEach(async () => {
      own = await addTenant(server);
      surveyId = await addUploadSurvey(server, own, [{ maxSizeInMB: 1 }]);
    });

    async function openContext(fileQuota?: number) {
      const files = await openFileStore(server.filesUrl);
      const { database, clock } = server;
      const now = () => clock.now;
      return createContext({ database, now, log: silentLog, rateLimit: 'off', files, fileQuota });
    }
    const openJobs = async (): Promise<Jobs> => createJobs(await openContext());
    const later = async (ms: number): Promise<void> => {
      server.clock.now += ms;
      await jobs.tick();
    };

    const client = (path: string, body: unknown, method = 'POST'): Promise<Reply> =>
      server.send(method, `/api/v1/client/${own.id}${path}`, body);
    const manage = (method: string, path: string, body?: unknown): Promise<Reply> =>
      server.send(method, path, body, { 'x-api-key': own.key });
    const make = async (content = clientId()): Promise<string> => {
      const request = { surveyId, elementId: 'file', fileName: 'a.txt', content: Buffer.from(content) };
      const { status, permit } = await put(server, own.id, request);
      expect(status).toBe(201);
      return permit.fileUrl;
    };
    const answer = (file: readonly string[], more: object = {}): Promise<Reply> =>
      client('/responses', { surveyId, finished: false, data: { file }, ...more });
    const isThere = async (url: string): Promise<boolean> => (await manage('GET', url)).status === 200;

    it('is removed a day later when no answer uses it, and stays with the answer that does', async () => {
      const [unused, used] = [await make(), await make()];
      expect((await answer([used])).status).toBe(200);
      await later(MAX_UNUSED_FILE_MS);
      expect([await isThere(unused), await isThere(used)]).toEqual([true, true]);
      await later(HOUR_MS);
      expect([await isThere(unused), await isThere(used)]).toEqual([false, true]);
      await later(30 * MAX_UNUSED_FILE_MS);
      expect(await isThere(used)).toBe(true);
    });

    it('that was never sent, or is the owner’s, is no reason to fail', async () => {
      await ask(server, own.id, { surveyId, elementId: 'file', fileName: 'a.txt' });
      const body = { fileName: 'a.txt', fileType: 'text/plain' };
      const { data } = (await manage('POST', '/api/v1/management/storage', body)).body;
      const form = toForm(data.presignedFields, Buffer.from('public'));
      expect((await upload(server, data.signedUrl, form)).status).toBe(201);
      await later(2 * MAX_UNUSED_FILE_MS);
      expect(await isThere(data.fileUrl)).toBe(true);
    });

    it('that an answer no longer names is removed a day after', async () => {
      const [first, second] = [await make(), await make()];
      const { id } = (await answer([first])).body.data;
      await later(2 * MAX_UNUSED_FILE_MS);
      expect((await client(`/responses/${id}`, { data: { file: [] } }, 'PUT')).status).toBe(200);
      await later(MAX_UNUSED_FILE_MS - HOUR_MS);
      expect(await isThere(first)).toBe(true);
      await later(2 * HOUR_MS);
      expect([await isThere(first), await isThere(second)]).toEqual([false, false]);
    });

    it('of before uploads were recorded counts as used', async () => {
      const [kept, named] = [await make(), await make()];
      await server.database.write((trx) => trx.deleteFrom('stored_file').execute());
      await later(2 * MAX_UNUSED_FILE_MS);
      expect((await answer([named])).status).toBe(200);
      await later(2 * MAX_UNUSED_FILE_MS);
      expect([await isThere(kept), await isThere(named)]).toEqual([true, true]);
    });

    describe('that was removed', () => {
      type Way = readonly [name: string, give: (file: string) => Promise<Reply>];
      const ways: readonly Way[] = [
        ['a new response', (file) => answer([file])],
        ['a new response beside a file that is there', async (file) => answer([await make(), file])],
        ['a response under a client-made id', (file) => answer([file], { id: clientId(), seq: 1 })],
        [
          'a further post under a client-made id',
          async (file) => {
            const id = clientId();
            await answer([], { id, seq: 1 });
            return answer([file], { id, seq: 2 });
          },
        ],
        [
          'a response by v2',
          (file) => {
            const body = { surveyId, finished: true, data: { file: [file] } };
            return server.send('POST', `/api/v2/client/${own.id}/responses`, body);
          },
        ],
        [
          'a response by the oldest path',
          (file) => {
            const body = { surveyId, finished: true, data: { file: [file] } };
            return server.send('POST', '/api/v1/client/responses', body);
          },
        ],
        [
          'a change',
          async (file) => {
            const { id } = (await answer([])).body.data;
            return client(`/responses/${id}`, { data: { file: [file] } }, 'PUT');
          },
        ],
        [
          'an owner’s response',
          (file) =>
            manage('POST', '/api/v1/management/responses', {
              surveyId,
              finished: true,
              data: { file: [file] },
            }),
        ],
        [
          'an owner’s change',
          async (file) => {
            const { id } = (await answer([])).body.data;
            return manage('PUT', `/api/v1/management/responses/${id}`, { data: { file: [file] } });
          },
        ],
      ];
      it.each(ways)('is refused in %s by its element, and nothing is stored', async (_name, give) => {
        const file = await make();
        await later(MAX_UNUSED_FILE_MS + HOUR_MS);
        const reply = await give(file);
        expect([reply.status, reply.body.message]).toEqual([400, 'Invalid file upload response']);
        expect(reply.body.details).toEqual({ 'data.file': expect.stringContaining('upload it again') });
        const { data } = (await manage('GET', `/api/v1/management/responses?surveyId=${surveyId}`)).body;
        expect(JSON.stringify(data)).not.toContain('/storage/');
        await later(SWEPT_FILE_MS + HOUR_MS);
        expect((await answer([file])).status).toBe(200);
      });
    });

    it('is there or refused, whenever answers arrive while it is removed', { timeout: 60_000 }, async () => {
      const context = await openContext();
      const statuses: (number | undefined)[] = [];
      for (const start of [0, 2, 4, 6, 8, 10, 12]) {
        const files = await Promise.all(Array.from({ length: 12 }, () => make()));
        server.clock.now += MAX_UNUSED_FILE_MS + HOUR_MS;
        const early = files.slice(0, start).map((file) => answer([file]));
        // Two processes sweep: before all answers, after some turns of the event loop, and after all answers.
        for (let turn = 0; turn < start; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        if (start === files.length) await Promise.all(early);
        const sweeps = [sweepUploads(context), sweepUploads(context)];
        if (start === 0) await Promise.all(sweeps);
        const replies = await Promise.all([...early, ...files.slice(start).map((file) => answer([file]))]);
        await Promise.all(sweeps);
        // Whatever was marked is gone by the next run at the latest.
        await later(HOUR_MS);
        for (const [index, file] of files.entries()) {
          const status = replies[index]?.status;
          expect(await isThere(file)).toBe(status === 200);
          statuses.push(status);
        }
      }
      expect(new Set(statuses)).toEqual(new Set([200, 400]));
    });

    describe('within a quota', () => {
      let app: ReturnType<typeof createApp>;
      beforeAll(async () => {
        app = createApp(await openContext(3 * MIB));
      });

      const permit = (): Promise<Reply> =>
        send(app, 'POST', `/api/v1/client/${own.id}/storage`, {
          ...{ fileName: 'a.txt', fileType: 'text/plain', surveyId, elementId: 'file' },
        });

      it('is permitted while there is room for it, and answers are stored without', async () => {
        const replies = [await permit(), await permit(), await permit(), await permit()];
        expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 403]);
        expect(replies[3]?.body).toEqual({
          code: 'forbidden',
          message: 'The space for uploaded files is used up',
          details: { error: 'QuotaExceeded' },
        });
        expect((await answer([replies[0]?.body.data.fileUrl])).status).toBe(200);
        // A permission that nobody used counts for minutes only.
        await later(4 * MINUTE_MS);
        expect((await permit()).status).toBe(200);
      });

      it('is not permitted to more calls at once than there is room for', async () => {
        const replies = await Promise.all(Array.from({ length: 12 }, permit));
        expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
        expect(replies.filter(({ status }) => status === 403)).toHaveLength(9);
        const other = await addTenant(server);
        const theirs = await addUploadSurvey(server, other);
        await expect(ask(server, other.id, { surveyId: theirs, fileName: 'a.txt' })).resolves.toBeTruthy();
      });

      it('counts with its size, at least 64 KiB, until its answer or the file is deleted', async () => {
        const least = LEAST_FILE_BYTES;
        const files: string[] = [];
        // The quota minus the largest file, by small files.
        for (let n = 0; n <= (2 * MIB) / least; n += 1) files.push(await make());
        await later(4 * MINUTE_MS);
        expect((await permit()).status).toBe(403);
        expect((await manage('DELETE', files[0] ?? '')).status).toBe(200);
        expect((await permit()).status).toBe(200);
        await later(4 * MINUTE_MS);
        files.push(await make());
        await later(4 * MINUTE_MS);
        expect((await permit()).status).toBe(403);
        const { id } = (await answer([files[1] ?? ''])).body.data;
        await manage('DELETE', `/api/v1/management/responses/${id}`);
        expect((await permit()).status).toBe(200);
        await later(MAX_UNUSED_FILE_MS + HOUR_MS);
        expect((await permit()).status).toBe(200);
      });
    });
  },
  { withBucket: true },
);
