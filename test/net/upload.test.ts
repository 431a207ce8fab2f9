import { Window } from 'happy-dom';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createLog } from '../../server/base/log.ts';
import { provisionOwner } from '../../server/provision.ts';
import { request } from '../../src/net/request.ts';
import { uploadFile } from '../../src/net/upload.ts';
import { stringify } from '../../src/platform/json.ts';
import { SAMPLES } from '../server/files/samples.ts';
import { openApp } from '../support/app.ts';
import { listen } from './server.ts';

const KEY = 'key-for-the-upload-test';
let url = '';
let surveyId = '';
let stop: () => Promise<void>;

// Node has no XMLHttpRequest. The server in this process keeps Node's own globals.
const page = new Window({ url: 'http://site.test/', settings: { fetch: { disableSameOriginPolicy: true } } });
vi.stubGlobal('XMLHttpRequest', page.XMLHttpRequest);
vi.stubGlobal('FormData', page.FormData);

/** Our own server on a real socket, with one survey that takes pictures of at most one byte over what is sent. */
beforeAll(async () => {
  const { app, database, serve, ...opened } = await openApp({ log: createLog('error', () => {}) });
  stop = opened.stop;
  await provisionOwner(database, { environmentId: 'env', apiKey: KEY }, Date.now());
  url = (await serve()).origin;
  const element = { id: 'file', type: 'fileUpload', headline: { default: 'Files?' }, required: false };
  const limits = { allowMultipleFiles: true, allowedFileExtensions: ['png', 'pdf'], maxSizeInMB: 1 };
  const make = async (path: string, body: object): Promise<{ id: string }> => {
    const reply = await app.request(`/api/v1/management/${path}`, {
      method: 'POST',
      headers: { 'x-api-key': KEY },
      body: JSON.stringify({ environmentId: 'env', name: 'Files', ...body }),
    });
    return ((await reply.json()) as { data: { id: string } }).data;
  };
  const actionClass = await make('action-classes', { type: 'code', key: 'files' });
  const survey = await make('surveys', {
    type: 'app',
    status: 'inProgress',
    triggers: [{ actionClass }],
    blocks: [{ id: 'b', name: 'B', elements: [{ ...element, ...limits }] }],
  });
  surveyId = survey.id;
});

afterAll(async () => {
  await stop();
  vi.unstubAllGlobals();
  await page.happyDOM.close();
});

const png = (name = 'a picture.png', more = 0): File => {
  const bytes = new Uint8Array(SAMPLES.png.length + more);
  bytes.set(SAMPLES.png);
  return new page.File([bytes], name, { type: 'image/png' }) as unknown as File;
};

const send = (file: File, { elementId = 'file', api = `${url}/api/v1/client/env` } = {}) => {
  const abort = new AbortController();
  const result = uploadFile(
    { api, surveyId, request, stringify },
    { file, elementId, onProgress: () => {}, signal: abort.signal },
  );
  return { abort, result };
};

it('returns the address that our server accepts as an answer', async () => {
  const result = await send(png()).result;
  expect(result).toEqual({
    url: expect.stringMatching(
      new RegExp(
        `^/storage/env/private/surveys/${surveyId}/elements/file/a%20picture--fid--[0-9a-f-]{36}\\.png$`,
      ),
    ),
  });
  const { url: path } = result as { url: string };
  const reply = await fetch(url + path, { headers: { 'x-api-key': KEY } });
  expect([reply.status, (await reply.arrayBuffer()).byteLength]).toEqual([200, SAMPLES.png.length]);
});

it('sends the media type of the extension, whatever type the browser gives the file', async () => {
  const file = new page.File([new Uint8Array(SAMPLES.png)], 'A.PNG', {
    type: 'application/x-nonsense',
  }) as never;
  expect(await send(file).result).toHaveProperty('url');
});

it.each<[string, () => ReturnType<typeof send>, string]>([
  ['a type that is never accepted', () => send(png('a.exe')), 'no_valid_file_types_selected'],
  ['no extension', () => send(png('png')), 'no_valid_file_types_selected'],
  ['a type that this question does not accept', () => send(png('a.jpg')), 'upload_failed'],
  ['an element that accepts no files', () => send(png(), { elementId: 'other' }), 'upload_failed'],
  ['a name without a valid character', () => send(png('?.png')), 'invalid_file_name'],
  ['a file that is too large', () => send(png('b.png', 1024 * 1024)), 'file_size_exceeded'],
  ['no server', () => send(png(), { api: 'http://127.0.0.1:9/api/v1/client/env' }), 'upload_failed'],
])('%s has its own problem code', async (_name, act, problem) => {
  expect(await act().result).toEqual({ problem });
});

it('a server without storage is reported as an unavailable service', async () => {
  const server = await listen((_, reply) => {
    reply.writeHead(500);
    reply.end('{"code":"internal_server_error","details":{"storage_error_code":"s3_client_error"}}');
  });
  const { result } = send(png(), { api: server.url });
  expect(await result).toEqual({ problem: 'upload_service_unavailable' });
  await server.close();
});

it('the S3 code for a file that is too large is known, and the permit’s fields come before the file', async () => {
  const server = await listen(({ path }, reply) => {
    if (path !== '/storage') reply.writeHead(400).end('<Error><Code>EntityTooLarge</Code></Error>');
    else {
      const data = {
        signedUrl: `${server.url}/bucket`,
        presignedFields: { key: 'k1', policy: 'p1' },
        fileUrl: '/f',
      };
      reply.end(JSON.stringify({ data }));
    }
  });
  expect(await send(png(), { api: server.url }).result).toEqual({ problem: 'file_size_exceeded' });
  const names = server.arrived[1]?.body.match(/name="\w+"/g);
  expect(names).toEqual(['name="key"', 'name="policy"', 'name="file"']);
  await server.close();
});

it.each([
  ['http://localhost:1/api/v1/client/env/storage/local', '/below/storage/local'],
  ['/api/v1/client/env/storage/local', '/below/storage/local'],
  ['%/bucket?to=/storage/local&a=1', '/bucket?to=/storage/local&a=1'],
  ['%/storage/local/more', '/storage/local/more'],
])('a permit for %s sends the file to %s', async (signedUrl, sentTo) => {
  const server = await listen(({ path }, reply) => {
    if (path !== '/below/storage') return reply.writeHead(201).end();
    const data = { signedUrl: signedUrl.replace('%', server.url), presignedFields: {}, fileUrl: '/f' };
    return reply.end(JSON.stringify({ data }));
  });
  expect(await send(png(), { api: `${server.url}/below` }).result).toEqual({ url: '/f' });
  expect(server.arrived.map(({ path }) => path)).toEqual(['/below/storage', sentTo]);
  await server.close();
});

it('an upload that is aborted while it waits for its permit is not sent', async () => {
  const paths: string[] = [];
  const server = await listen(({ path }, reply) => {
    paths.push(path);
    abort.abort();
    reply.end(`{"data":{"signedUrl":"${server.url}/bucket","presignedFields":{},"fileUrl":"/f"}}`);
  });
  const { abort, result } = send(png(), { api: server.url });
  expect(await result).toEqual({ problem: 'upload_failed' });
  expect(paths).toEqual(['/storage']);
  await server.close();
});
