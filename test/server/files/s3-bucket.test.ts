import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFileStore } from '../../../server/files/open-file-store.ts';
import { FILE_EXTENSIONS, FILE_TYPES } from '../../../src/wire/file-types.ts';
import { addUploadSurvey, ask, type Permit, put, toForm, upload } from '../storage/storage.ts';
import { addTenant, describeServer, type Tenant } from '../support.ts';
import { bytes, DISGUISED, SAMPLES } from './samples.ts';

const KIB = 1024;

describeServer(
  'uploads into a bucket',
  (server) => {
    let own: Tenant;
    let surveyId: string;
    let small: string;

    beforeAll(async () => {
      own = await addTenant(server);
      surveyId = await addUploadSurvey(server, own);
      small = await addUploadSurvey(server, own, [{ maxSizeInMB: 0.5 }]);
    });

    const asked = (fileName = 'a.png', survey = surveyId): Promise<Permit> =>
      ask(server, own.id, { surveyId: survey, elementId: 'file', fileName });
    const send = async (permit: Permit, change: Record<string, string> = {}, content = SAMPLES.png) => {
      const { status, text } = await upload(
        server,
        permit.signedUrl,
        toForm({ ...permit.presignedFields, ...change }, content),
      );
      return [status, /<Code>(.*?)<\/Code>/.exec(text)?.[1]];
    };
    const read = (url: string) => server.app.request(url, { headers: { 'x-api-key': own.key } });
    const keys = (): readonly string[] => server.bucket?.keys() ?? [];

    it('are permitted by a form for the bucket, whose key contains no text of a visitor', async () => {
      const askedAt = Date.now();
      const { signedUrl, presignedFields, fileUrl, signingData } = await asked('Meine Größe.png');
      expect(signedUrl).toBe(`${server.bucket?.endpoint}/answers`);
      expect(presignedFields).toEqual({
        'Content-Type': 'image/png',
        success_action_status: '201',
        bucket: 'answers',
        key: expect.stringMatching(
          new RegExp(`^some/prefix/\\.uploads/${own.id}/private/${surveyId}/[0-9a-f]{64}\\.png$`),
        ),
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': expect.stringMatching(/^S3RVER\/\d{8}\/us-east-1\/s3\/aws4_request$/),
        'X-Amz-Date': expect.any(String),
        'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
        Policy: expect.any(String),
      });
      expect(fileUrl).toMatch(
        new RegExp(`^/storage/${own.id}/private/surveys/${surveyId}/elements/file/Meine`),
      );
      expect(signingData).toBeNull();
      const policy = JSON.parse(Buffer.from(presignedFields.Policy ?? '', 'base64').toString());
      // Its expiration has whole seconds.
      expect(Date.parse(policy.expiration)).toBeGreaterThan(askedAt + 119_000 - 1);
      expect(Date.parse(policy.expiration)).toBeLessThanOrEqual(Date.now() + 120_000);
      expect(policy.conditions).toContainEqual(['content-length-range', 0, 10 * KIB * KIB]);
    });

    it('bind key, type, status, size and time, and nothing may be added', async () => {
      const permit = await asked('a.png', small);
      const other = await asked();
      const key = permit.presignedFields.key ?? '';
      const before = keys();
      for (const change of [
        { key: other.presignedFields.key ?? '' },
        { key: key.replace('/.uploads', '') },
        { 'Content-Type': 'text/html' },
        { success_action_status: '200' },
        { acl: 'public-read' },
        { success_action_redirect: 'https://evil.example/' },
      ]) {
        expect(await send(permit, change), JSON.stringify(change)).toEqual([403, 'AccessDenied']);
      }
      for (const name of ['X-Amz-Signature', 'Policy', 'X-Amz-Credential'] as const) {
        expect(await send(permit, { [name]: 'forged' }), name).toEqual([403, 'SignatureDoesNotMatch']);
      }
      const large = bytes(SAMPLES.png, Buffer.alloc(512 * KIB - SAMPLES.png.length + 1).toString());
      expect(await send(permit, {}, large)).toEqual([400, 'EntityTooLarge']);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 121_000 });
      expect(await send(permit)).toEqual([403, 'AccessDenied']);
      vi.useRealTimers();
      expect(keys()).toEqual(before);
      expect(await send(permit, {}, large.subarray(0, -1))).toEqual([201, undefined]);
    });

    it.each(FILE_EXTENSIONS)(
      '%s is kept when it is what it says, and deleted when it is not',
      async (extension) => {
        const request = { surveyId, elementId: 'file', fileName: `a.${extension}` };
        const right = await put(server, own.id, { ...request, content: SAMPLES[extension] });
        expect(right.status).toBe(201);
        const [place = ''] = keys().filter((key) => right.permit.presignedFields.key === key);
        expect(place).toContain('.uploads/');
        const reply = await read(right.permit.fileUrl);
        expect([reply.status, reply.headers.get('content-type')]).toEqual([200, FILE_TYPES[extension]]);
        expect(Buffer.from(await reply.arrayBuffer()).equals(SAMPLES[extension])).toBe(true);
        expect(keys()).toContain(place.replace('.uploads/', ''));
        expect(keys()).not.toContain(place);

        const content = extension === 'rar' ? SAMPLES.png : SAMPLES.rar;
        const before = keys();
        const wrong = await put(server, own.id, { ...request, content });
        expect(wrong.status).toBe(201);
        expect((await read(wrong.permit.fileUrl)).status).toBe(404);
        expect(keys()).toEqual(before);
      },
    );

    it.each(DISGUISED)('%s is never served', async (_name, extension, content) => {
      const before = keys();
      const request = { surveyId, elementId: 'file', fileName: `a.${extension}`, content };
      const { permit, status } = await put(server, own.id, request);
      expect(status).toBe(201);
      expect((await read(permit.fileUrl)).status).toBe(404);
      expect(keys()).toEqual(before);
    });

    it('cannot be replaced once they were checked', async () => {
      const permit = await asked('a.txt');
      await send(permit, {}, SAMPLES.txt);
      const first = await (await read(permit.fileUrl)).text();
      expect(await send(permit, {}, Buffer.from('something else'))).toEqual([201, undefined]);
      expect(await (await read(permit.fileUrl)).text()).toBe(first);
      const removed = await server.send('DELETE', permit.fileUrl, undefined, { 'x-api-key': own.key });
      expect(removed.status).toBe(200);
      expect(
        keys().filter((key) => key.includes(permit.presignedFields.key?.split('/').at(-1) ?? '?')),
      ).toEqual([]);
    });

    it('are kept whole when several requests check them at once', async () => {
      const permit = await asked('a.mp4');
      await send(permit, {}, SAMPLES.mp4);
      const all = await Promise.all(Array.from({ length: 8 }, () => read(permit.fileUrl)));
      for (const reply of all) {
        expect(reply.status).toBe(200);
        expect(Buffer.from(await reply.arrayBuffer()).equals(SAMPLES.mp4)).toBe(true);
      }
    });

    it('are deleted with their survey, whether they were checked or not', async () => {
      const survey = await addUploadSurvey(server, own);
      const seen = await asked('a.png', survey);
      for (const permit of [seen, await asked('b.png', survey)]) {
        expect(await send(permit)).toEqual([201, undefined]);
      }
      expect((await read(seen.fileUrl)).status).toBe(200);
      expect(keys().filter((key) => key.includes(survey))).toHaveLength(2);
      const path = `/api/v1/management/surveys/${survey}`;
      expect((await server.send('DELETE', path, undefined, { 'x-api-key': own.key })).status).toBe(200);
      await expect.poll(() => keys().filter((key) => key.includes(survey))).toEqual([]);
    });

    it('can only be read through the server', async () => {
      const permit = await asked();
      await send(permit);
      for (const key of [permit.presignedFields.key, permit.presignedFields.key?.replace('.uploads/', '')]) {
        expect((await fetch(`${permit.signedUrl}/${key}`)).status).toBe(403);
      }
    });
  },
  { withBucket: 'only' },
);

describe('a bucket that cannot be reached', () => {
  beforeEach(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
    return () => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    };
  });

  it('is reported in the background, without a secret', async () => {
    const problems: string[] = [];
    await openFileStore('s3://nowhere?endpoint=http://127.0.0.1:1', {
      onProblem: (message) => problems.push(message),
    });
    const told = 'the bucket of FILES_URL cannot be reached: ECONNREFUSED';
    await expect.poll(() => problems, { timeout: 15_000 }).toEqual([told]);
  });

  it('is refused without a region', async () => {
    await expect(openFileStore('s3://nowhere')).rejects.toThrow(/region/i);
  });
});
