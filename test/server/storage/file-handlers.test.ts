import { beforeAll, describe, expect, it } from 'vitest';
import { FILE_EXTENSIONS, FILE_TYPES, type FileExtension } from '../../../src/wire/file-types.ts';
import { SAMPLES } from '../files/samples.ts';
import { addKey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';
import { addUploadSurvey, put, toForm, upload } from './storage.ts';

const INLINE = [
  'heic',
  'png',
  'jpeg',
  'jpg',
  'webp',
  'ico',
  'pdf',
  'mp4',
  'mov',
  'avi',
  'mkv',
  'webm',
  'mp3',
];
const POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

describeServer(
  'GET and DELETE /storage',
  (server) => {
    let own: Tenant;
    let other: Tenant;
    let readKey: string;
    let surveyId: string;
    let secondSurveyId: string;

    beforeAll(async () => {
      own = await addTenant(server);
      other = await addTenant(server);
      readKey = await server.database.write((trx) => addKey(trx, own.id, 'read'));
      surveyId = await addUploadSurvey(server, own, [{}, { allowedFileExtensions: ['pdf'] }]);
      secondSurveyId = await addUploadSurvey(server, own);
    });

    const store = async (fileName = 'a.txt', content = SAMPLES.txt): Promise<string> => {
      const { status, permit } = await put(server, own.id, {
        surveyId,
        elementId: 'file',
        fileName,
        content,
      });
      expect(status).toBe(201);
      return permit.fileUrl;
    };
    const publish = async (extension: FileExtension): Promise<string> => {
      const wish = { environmentId: own.id, fileName: `a.${extension}`, fileType: FILE_TYPES[extension] };
      const { body } = await server.send('POST', '/api/v1/management/storage', wish, {
        'x-api-key': own.key,
      });
      const form = toForm(body.data.presignedFields, SAMPLES[extension]);
      expect((await upload(server, body.data.signedUrl, form)).status).toBe(201);
      return body.data.fileUrl;
    };
    const send = (method: string, url: string, key?: string, headers = {}): Promise<Reply> =>
      server.send(method, url, undefined, { ...(key === undefined ? {} : { 'x-api-key': key }), ...headers });

    it.each(FILE_EXTENSIONS)('%s is served with headers that prevent execution', async (extension) => {
      for (const [url, access] of [
        [await store(`Größe "1".${extension}`, SAMPLES[extension]), 'private'],
        [await publish(extension), 'public'],
      ] as const) {
        const { status, headers } = await send('GET', url, own.key);
        expect(status).toBe(200);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toBe(POLICY);
        expect(headers.get('content-disposition')).toMatch(
          INLINE.includes(extension) ? /^inline; / : /^attachment; /,
        );
        expect(headers.get('cross-origin-resource-policy')).toBe(
          access === 'public' ? 'cross-origin' : 'same-origin',
        );
        expect(headers.get('cache-control')).toBe(
          access === 'public' ? 'public, max-age=31536000, immutable' : 'no-store, no-cache, must-revalidate',
        );
        expect(headers.get('content-length')).toBe(String(SAMPLES[extension].length));
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
    });

    it("is downloaded under the visitor's file name", async () => {
      const { headers } = await send('GET', await store('Größe (1).txt'), own.key);
      expect(headers.get('content-disposition')).toBe(
        `attachment; filename="Gr__e (1).txt"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%281%29.txt`,
      );
    });

    it('is readable with keys of its environment only; for other keys it does not exist', async () => {
      const url = await store();
      const missing = await send('GET', url);
      expect([missing.status, missing.body.code]).toEqual([401, 'not_authenticated']);
      expect((await send('GET', url, 'fbk_unknown')).body).toEqual(missing.body);
      expect((await send('GET', url, readKey)).text).toBe(SAMPLES.txt.toString());
      const foreign = await send('GET', url, other.key);
      const unknown = await send('GET', url.replace(own.id, 'unknown'), other.key);
      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(unknown.text.replaceAll('unknown', own.id));
    });

    it('is readable without a key where it is public', async () => {
      const url = await publish('png');
      expect((await send('GET', url)).status).toBe(200);
      expect((await send('GET', url.replace('/public/', '/private/'))).status).not.toBe(200);
      const missing = await send('GET', url.replace('a--fid', 'b--fid'));
      expect([missing.status, missing.body.message, missing.body.details.resource_type]).toEqual([
        404,
        'file not found',
        'file',
      ]);
      expect((await send('GET', url.replace(own.id, 'unknown'))).body.message).toBe('Workspace not found');
    });

    it.each(['/storage/x/secret/a.png', '/storage/x/public/a', '/storage/x', '/storage/x/private/surveys/a'])(
      '%s is no address of a file',
      async (path) => {
        const reply = await send('GET', path.replace('/x', `/${own.id}`), own.key);
        expect([reply.status, reply.body.message]).toEqual([400, 'Invalid input']);
      },
    );

    describe('with a Range header', () => {
      const size = SAMPLES.mp4.length;
      const rows: [range: string | undefined, status: number, from: number, to: number][] = [
        [undefined, 200, 0, size],
        ['bytes=0-0', 206, 0, 1],
        ['bytes=3-5', 206, 3, 6],
        ['bytes=5-', 206, 5, size],
        ['bytes=-4', 206, size - 4, size],
        [`bytes=0-${size + 5}`, 206, 0, size],
        [`bytes=-${size + 5}`, 206, 0, size],
        ['bytes=5-3', 200, 0, size],
        ['bytes=0-1,3-4', 200, 0, size],
        ['lines=0-1', 200, 0, size],
        ['bytes=-', 200, 0, size],
        [`bytes=${size}-`, 416, 0, 0],
        ['bytes=-0', 416, 0, 0],
      ];
      it.each(rows)('%s', async (range, status, from, to) => {
        const url = await store('a.mp4', SAMPLES.mp4);
        const headers = { 'x-api-key': own.key, ...(range === undefined ? {} : { range }) };
        const reply = await server.app.request(url, { headers });
        expect(reply.status).toBe(status);
        const bytes = Buffer.from(await reply.arrayBuffer());
        expect(bytes.equals(SAMPLES.mp4.subarray(from, to))).toBe(true);
        const expected = { 200: null, 206: `bytes ${from}-${to - 1}/${size}`, 416: `bytes */${size}` }[
          status
        ];
        expect(reply.headers.get('content-range')).toBe(expected);
      });
    });

    it('answers HEAD with the headers alone, and an empty file with nothing', async () => {
      const head = await send('HEAD', await store(), own.key);
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(String(SAMPLES.txt.length));
      const empty = await send('GET', await store('a.txt', Buffer.alloc(0)), own.key);
      expect([empty.status, empty.text]).toEqual([200, '']);
    });

    it('is deleted once, with manage permission', async () => {
      for (const url of [await store(), await publish('png')]) {
        expect((await send('DELETE', url)).status).toBe(401);
        const little = await send('DELETE', url, readKey);
        expect([little.status, little.body.code]).toEqual([401, 'unauthorized']);
        expect((await send('DELETE', url, other.key)).status).toBe(404);
        expect((await send('GET', url, own.key)).status).toBe(200);
        const gone = await send('DELETE', url, own.key);
        expect([gone.status, gone.body]).toEqual([200, { data: 'File deleted successfully' }]);
        expect((await send('DELETE', url, own.key)).status).toBe(404);
        expect((await send('GET', url, own.key)).status).toBe(404);
      }
    });

    describe('as an answer', () => {
      const post = (answer: unknown, change: object = {}, host = 'localhost'): Promise<Reply> =>
        server.send('POST', `http://${host}/api/v1/client/${own.id}/responses`, {
          surveyId,
          finished: false,
          data: { file: answer },
          ...change,
        });
      const refused = {
        code: 'bad_request',
        message: 'Invalid file upload response',
        details: expect.any(Object),
      };

      it('is accepted as a path and as a URL of this server, and refused as any other', async () => {
        const url = await store();
        expect((await post([url])).status).toBe(200);
        expect((await post([`http://localhost${url}`, `https://localhost${url}`])).status).toBe(200);
        for (const answer of [
          url,
          [`https://evil.example${url}`],
          [url.replace(own.id, other.id)],
          [url.replace(surveyId, secondSurveyId)],
          [url.replace('/elements/file/', '/elements/file1/')],
          [`${url}?a`],
          ['https://example.com/a.png'],
        ]) {
          const reply = await post(answer);
          expect([reply.status, reply.body], JSON.stringify(answer)).toEqual([400, refused]);
          expect(Object.keys(reply.body.details)).toEqual(['data.file']);
        }
      });

      it('must have an extension that its element accepts', async () => {
        const url = (await store()).replace('/elements/file/', '/elements/file1/');
        expect((await post([], { data: { file1: [url] } })).body).toEqual(refused);
      });

      it('is checked in an update too', async () => {
        const url = await store();
        const id = clientId();
        expect((await post([url], { id, seq: 1 })).status).toBe(200);
        expect((await post(['x'], { id, seq: 2 })).status).toBe(400);
        const { data } = (await post([url])).body;
        const change = { data: { file: ['x'] } };
        const reply = await server.send('PUT', `/api/v1/client/${own.id}/responses/${data.id}`, change);
        expect([reply.status, reply.body]).toEqual([400, refused]);
      });

      it('without an element is accepted for any element of the survey', async () => {
        const request = { surveyId, fileName: 'a.txt', content: SAMPLES.txt };
        const { permit } = await put(server, own.id, { surveyId, fileName: 'a.pdf', content: SAMPLES.pdf });
        expect(permit.fileUrl).toContain('/~/');
        expect((await post([permit.fileUrl], { data: { file1: [permit.fileUrl] } })).status).toBe(200);
        // Only one element accepts text files.
        const text = await put(server, own.id, request);
        expect(text.permit.fileUrl).toContain('/elements/file/');
      });
    });
  },
  { withBucket: true },
);
