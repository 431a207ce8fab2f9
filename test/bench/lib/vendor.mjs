import { createServer } from 'node:http';
import { brotliCompressSync, constants } from 'node:zlib';
import { freePort } from '../../../scripts/free-port.mjs';

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, OPTIONS, POST',
  'Access-Control-Allow-Headers': '*, Content-Type, Authorization, Cache-Control',
};

/**
 * A server on loopback in place of a vendor's hosts: its files, compressed beforehand as on a CDN, and its API. `files`
 * holds the content of each path; `answer(url)` returns other replies as `{ body, headers }`, or nothing.
 */
export async function startVendor({ files, headers, answer }) {
  const packed = new Map(Object.entries(files).map(([path, text]) => [path, pack(text, 11)]));
  const port = await freePort();
  const server = createServer((request, reply) => {
    const send = (status, body = '', more = {}) => {
      reply.writeHead(status, { ...CORS, 'Content-Length': body.length, ...more });
      reply.end(body);
    };
    request.resume();
    if (request.method === 'OPTIONS') return send(204);
    const url = new URL(request.url, `http://127.0.0.1:${port}`);
    const file = packed.get(url.pathname);
    const script = { 'Content-Type': 'application/javascript; charset=utf-8', 'Content-Encoding': 'br' };
    if (file) return send(200, file, { ...script, ...headers });
    const found = answer(url);
    if (!found) return send(404);
    const json = {
      'Content-Type': 'application/json',
      'Content-Encoding': 'br',
      'Cache-Control': 'no-store',
    };
    return send(200, pack(found.body, 5), { ...json, ...found.headers });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function pack(text, quality) {
  const bytes = Buffer.from(text);
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}
