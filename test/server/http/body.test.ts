import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Listening, listen } from '../../../server/serve.ts';
import { addTenant, describeServer, type Tenant } from '../support.ts';

const LIMIT = 2 * 1024 * 1024;

describeServer('a body', (server) => {
  let own: Tenant;
  let listening: Listening;

  beforeAll(async () => {
    own = await addTenant(server);
    listening = await listen(server.app, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => listening.stop(0));

  const paths = ['user', 'displays', 'responses'];
  const padded = (size: number): string => {
    const start = '{"surveyId":"unknown","finished":false,"data":{},"userId":"u","pad":"';
    return `${start}${'x'.repeat(size - start.length - 2)}"}`;
  };
  const chunked = (path: string, text: string) =>
    fetch(`http://127.0.0.1:${listening.port}/api/v1/client/${own.id}/${path}`, {
      method: 'POST',
      body: Readable.toWeb(Readable.from(split(text))) as unknown as string,
      ...{ duplex: 'half' },
    });

  it.each(paths)('of exactly 2 MiB is read: %s', async (path) => {
    const reply = await server.send('POST', `/api/v1/client/${own.id}/${path}`, padded(LIMIT));
    expect([200, 404]).toContain(reply.status);
    expect([200, 404]).toContain((await chunked(path, padded(LIMIT))).status);
  });

  it.each(paths)('of one byte more is 413, declared or in chunks: %s', async (path) => {
    const declared = await server.send('POST', `/api/v1/client/${own.id}/${path}`, padded(LIMIT + 1));
    expect(declared.status).toBe(413);
    expect(declared.body).toEqual({
      code: 'payload_too_large',
      message: 'Payload Too Large',
      details: { error: 'Request body must not exceed 2097152 bytes' },
    });
    expect(declared.headers.get('access-control-allow-origin')).toBe('*');
    const streamed = await chunked(path, padded(LIMIT + 1));
    expect([streamed.status, ((await streamed.json()) as { code: string }).code]).toEqual([
      413,
      'payload_too_large',
    ]);
  });

  it.each(['surveys', 'segments'])('with one of the %s has half of that', async (kind) => {
    const body = (bytes: number): string => {
      const start = `{"environmentId":"${own.id}","title":"x","name":"x","type":"app","description":"`;
      return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
    };
    const post = (text: string) =>
      server.send('POST', `/api/v1/management/${kind}`, text, { 'x-api-key': own.key });
    expect((await post(body(LIMIT / 2))).status).not.toBe(413);
    const refused = await post(body(LIMIT / 2 + 1));
    expect([refused.status, refused.body.details]).toEqual([
      413,
      { error: 'Request body must not exceed 1048576 bytes' },
    ]);
  });

  it('that is declared as too large is refused before it is sent', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(listening.port, '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/client/${own.id}/displays HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT + 1}\r\n\r\n{`,
        );
      });
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that ends early is answered with 400 and not logged', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(listening.port, '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/client/${own.id}/displays HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`,
        );
        socket.end();
        setTimeout(() => socket.destroy(), 50);
      });
      socket.once('close', () => resolve());
    });
    const reply = await fetch(`http://127.0.0.1:${listening.port}/health`);
    expect(await reply.json()).toEqual({ status: 'ok' });
    // It is no failure of the server that needs a log line.
    expect(server.logged).toEqual([]);
  });
});

function* split(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
