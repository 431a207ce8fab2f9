import { Agent, type IncomingMessage, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** A request, byte for byte as it is sent. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly chunked?: boolean;
}

/** A reply. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Decoded according to `Content-Encoding`. */
  readonly text: string;
}

/** Sends requests to one server over real sockets; paths are sent unchanged, never normalised. */
export interface HttpClient {
  send(outgoing: Outgoing): Promise<Incoming>;
  close(): void;
}

/** A client for the server on this port of the loopback interface. */
export function createHttpClient(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (outgoing) => send({ agent, port }, outgoing),
    close: () => agent.destroy(),
  };
}

function send(
  { agent, port }: { readonly agent: Agent; readonly port: number },
  { method, path, headers, body, chunked = false }: Outgoing,
): Promise<Incoming> {
  const length = body && !chunked ? { 'content-length': String(body.byteLength) } : {};
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      agent,
      method,
      path,
      headers: { ...headers, ...length },
    });
    let replied = false;
    outgoing.on('response', (reply) => {
      replied = true;
      read(reply).then(resolve, reject);
    });
    // A server that refuses a large body may close its side while we are still sending: the reply is what counts.
    outgoing.on('error', (error) => {
      if (!replied) reject(error);
    });
    if (chunked && body) {
      for (let at = 0; at < body.byteLength; at += 65_536) outgoing.write(body.subarray(at, at + 65_536));
      outgoing.end();
      return;
    }
    outgoing.end(body);
  });
}

async function read(reply: IncomingMessage): Promise<Incoming> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  return {
    status: reply.statusCode ?? 0,
    headers: reply.headers,
    text: decode(reply, bytes).toString('utf8'),
  };
}

function decode(reply: IncomingMessage, bytes: Buffer): Buffer {
  if (bytes.byteLength === 0) return bytes;
  const encoding = reply.headers['content-encoding'];
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}
