import { beforeAll, expect, it } from 'vitest';
import { toForm } from '../storage/storage.ts';
import { addTenant, describeServer, type Tenant } from '../support.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describeServer('files that an owner publishes', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const ask = (change: object = {}) =>
    server.send(
      'POST',
      '/api/v1/management/storage',
      { fileName: 'logo.png', fileType: 'image/png', ...change },
      { 'x-api-key': own.key },
    );
  const upload = async (
    permit: { signedUrl: string; presignedFields: Record<string, string> },
    bytes = PNG,
  ) => {
    const { pathname } = new URL(permit.signedUrl);
    const body = toForm(permit.presignedFields, bytes);
    return (await server.app.request(pathname, { method: 'POST', body })).status;
  };

  it('are uploaded with a permission and readable by anybody, cached for good', async () => {
    const { body } = await ask({ environmentId: own.id });
    expect(body.data).toEqual({
      signedUrl: expect.stringMatching(/^http/),
      presignedFields: expect.objectContaining({ 'Content-Type': 'image/png', success_action_status: '201' }),
      fileUrl: expect.stringMatching(
        new RegExp(`^/storage/${own.id}/public/logo--fid--[0-9a-f-]{36}\\.png$`),
      ),
      signingData: null,
      updatedFileName: expect.stringMatching(/^logo--fid--/),
    });
    expect(await upload(body.data)).toBe(201);
    const reply = await server.app.request(body.data.fileUrl);
    expect([reply.status, reply.headers.get('cache-control'), reply.headers.get('content-type')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'image/png',
    ]);
    expect(Buffer.from(await reply.arrayBuffer()).equals(PNG)).toBe(true);
    const removed = await server.send('DELETE', body.data.fileUrl, undefined, { 'x-api-key': own.key });
    expect(removed.body).toEqual({ data: 'File deleted successfully' });
    expect((await server.app.request(body.data.fileUrl)).status).toBe(404);
  });

  it('have at most 5 MiB, the type of their name, and no other name than permitted', async () => {
    const { data } = (await ask()).body;
    const large = Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]);
    expect(await upload(data, large)).toBe(400);
    expect(await upload(data, Buffer.from('<html>'))).toBe(400);
    const { presignedFields: fields } = data;
    const other = (await ask()).body.data.presignedFields;
    const forgeries = [
      { ...fields, key: other.key },
      { ...fields, key: fields.key.replace('/public/', '/private/') },
      { ...fields, key: fields.key.replace('/public/', '/private/surveys/a/elements/b/') },
      { ...fields, 'Content-Type': 'text/html' },
      { ...fields, 'X-Signature': other['X-Signature'] },
    ];
    for (const presignedFields of forgeries) {
      expect(await upload({ ...data, presignedFields })).toBe(401);
    }
  });

  it.each([
    [{ fileName: 'a.svg' }, { fileName: 'File extension is not allowed for security reasons' }],
    [{ fileName: 'a' }, { fileName: 'File name must have an extension' }],
    [{ fileType: 'text/plain' }, { fileType: "File type doesn't match the file extension" }],
    [
      { allowedFileExtensions: ['jpg'] },
      { fileName: 'File extension is not allowed, allowed extensions are: jpg' },
    ],
  ])('%j is refused', async (change, details) => {
    const reply = await ask(change);
    expect([reply.status, reply.body]).toEqual([
      400,
      { code: 'bad_request', message: 'Fields are missing or incorrectly formatted', details },
    ]);
  });
});
