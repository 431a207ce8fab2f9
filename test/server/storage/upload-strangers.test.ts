import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../server/serve.ts';
import { dial, drip, headOf, type Line } from '../../support/line.ts';
import { SAMPLES } from '../files/samples.ts';
import { addTenant, describeServer, type Tenant } from '../support.ts';
import { addUploadSurvey, ask, type Permit, toForm, toHeaders } from './storage.ts';

const FILE_TYPE = 'text/plain';
const MIB = 1024 * 1024;

describeServer('uploads beside strangers', (server) => {
  let own: Tenant;
  let surveyId: string;
  let listening: Listening;
  let path: string;
  const lines: Line[] = [];

  beforeAll(async () => {
    own = await addTenant(server);
    surveyId = await addUploadSurvey(server, own);
    path = `/api/v1/client/${own.id}/storage/local`;
  });
  beforeEach(async () => {
    // A look every 50 ms, so that it is soon known which bodies drip.
    listening = await listen(server.app, { host: '127.0.0.1', port: 0, limits: { checkMs: 50 } });
    return async () => {
      for (const { socket } of lines.splice(0)) socket.destroy();
      await listening.stop(0);
    };
  });

  const permitted = (): Promise<Permit> => ask(server, own.id, { surveyId, fileName: 'a.txt' });
  const send = (body: FormData | string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${listening.port}${path}`, { method: 'POST', body, headers });
  const claimOf = ({ signingData, updatedFileName: fileName }: Permit) => {
    return { fileType: FILE_TYPE, fileName, surveyId, ...signingData };
  };
  const toBase64 = (file: Buffer) => ({ fileBase64String: file.toString('base64') });

  type Encoding = readonly [name: string, send: (permit: Permit, file: Buffer) => Promise<Response>];
  const encodings: Encoding[] = [
    ['a form', (permit, file) => send(toForm(permit.presignedFields, file))],
    [
      'signed headers and a form',
      (permit, file) => send(toForm({}, file), toHeaders(permit, { surveyId, fileType: FILE_TYPE })),
    ],
    [
      'signed headers and JSON',
      (permit, file) =>
        send(JSON.stringify(toBase64(file)), toHeaders(permit, { surveyId, fileType: FILE_TYPE })),
    ],
    ['JSON', (permit, file) => send(JSON.stringify({ ...claimOf(permit), ...toBase64(file) }))],
    [
      'JSON with spaces',
      (permit, file) => send(JSON.stringify({ ...claimOf(permit), ...toBase64(file) }, null, 2)),
    ],
    [
      'JSON that begins with the file',
      (permit, file) => send(JSON.stringify({ ...toBase64(file), ...claimOf(permit) })),
    ],
  ];

  /** What strangers drip: head and beginning of a body, without a valid permission. */
  const form = '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n';
  const strangers: [name: string, count: number, type: string, body: string][] = [
    ['JSON', 8, 'application/json', '{"fileBase64String":"'],
    ['text', 64, 'text/plain', '{"fileBase64String":"'],
    ['JSON of 1.9 MiB', 8, 'application/json', `{"fileBase64String":"${'A'.repeat(1.9 * MIB)}`],
    [
      'JSON of 1.9 MiB with a made-up permission',
      16,
      'application/json',
      `{"signature":"x","fileBase64String":"${'A'.repeat(1.9 * MIB)}`,
    ],
    ['forms', 128, 'multipart/form-data; boundary=b', form],
    ['forms of 200 KiB', 128, 'multipart/form-data; boundary=b', form + 'A'.repeat(200 * 1024)],
  ];

  async function drips(count: number, type: string, body: string): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const line = await dial(listening.port);
      lines.push(line);
      line.socket.write(
        headOf(`POST ${path} HTTP/1.1`, `Content-Type: ${type}`, `Content-Length: ${4 * MIB}`),
      );
      line.socket.write(body);
      void drip(line, 'A', 20);
    }
  }

  describe.each(strangers)('that drip %s', (_name, count, type, body) => {
    it('every encoding of a permitted upload is stored', async () => {
      await drips(count, type, body);
      // The first look at a body has nothing to compare.
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const [name, upload] of encodings) {
        const permit = await permitted();
        const reply = await upload(permit, Buffer.alloc(MIB, 'a'));
        expect([200, 201], `${name}: ${await reply.text()}`).toContain(reply.status);
        const stored = await server.send('GET', permit.fileUrl, undefined, { 'x-api-key': own.key });
        expect(stored.text.length, name).toBe(MIB);
      }
    });
  });

  it('an upload in JSON whose permission is forged is refused before its file has arrived', async () => {
    const line = await dial(listening.port);
    lines.push(line);
    const claim = { ...claimOf(await permitted()), signature: 'forged' };
    const beginning = JSON.stringify({ ...claim, fileBase64String: '' }).slice(0, -2);
    line.socket.write(headOf(`POST ${path} HTTP/1.1`, `Content-Length: ${4 * MIB}`));
    line.socket.write(beginning);
    await expect.poll(line.received).toMatch(/^HTTP\/1\.1 401 [\s\S]*access-control-allow-origin: \*/i);
  });

  it('a permission that comes after the file counts as well', async () => {
    const permit = await permitted();
    const body = JSON.stringify({ ...toBase64(SAMPLES.txt), ...claimOf(permit) });
    expect((await send(body)).status).toBe(200);
  });

  it('a text that only looks like the name of the file field is no end of the permission', async () => {
    const permit = await permitted();
    const body = { note: '"fileBase64String":"', ...claimOf(permit), ...toBase64(SAMPLES.txt) };
    expect((await send(JSON.stringify(body))).status).toBe(200);
  });
});
