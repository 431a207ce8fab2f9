import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A bucket on a real S3-compatible server. */
export interface TestBucket {
  /** For `FILES_URL`. */
  readonly filesUrl: string;
  readonly endpoint: string;
  /** The server's folder of the bucket. */
  readonly folder: string;
  /** Environment variables with the credentials for the SDK. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Keys of all objects in the bucket. */
  keys(): readonly string[];
  stop(): Promise<void>;
}

const NAME = 'answers';
const REGION = 'us-east-1';
const KEY_ID = 'S3RVER';
const SECRET = 'S3RVER';
const CORS = `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>POST</AllowedMethod>
  <AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>`;

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type S3rverClass = new (options: object) => S3rver;

/**
 * Starts s3rver on loopback with one private bucket. It verifies the signature of every request except form uploads,
 * and ignores policies: a proxy in front of it checks both as Amazon's documentation describes, so that forms which
 * Amazon would refuse are refused here.
 */
export async function startBucket(): Promise<TestBucket> {
  const directory = mkdtempSync(join(tmpdir(), 'inkling-bucket-'));
  const S3rver = createRequire(import.meta.url)('@20minutes/s3rver') as S3rverClass;
  const options = { address: '127.0.0.1', port: 0, silent: true, directory };
  const server = new S3rver({ ...options, configureBuckets: [{ name: NAME, configs: [CORS] }] });
  const { port } = await server.run();
  const gate = createServer((incoming, reply) => {
    pass(incoming, reply, port).catch(() => reply.destroy());
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
  return {
    filesUrl: `s3://${NAME}/some/prefix?endpoint=${encodeURIComponent(endpoint)}&forcePathStyle=1`,
    endpoint,
    folder: join(directory, NAME),
    credentials: {
      AWS_ACCESS_KEY_ID: KEY_ID,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    keys: () => listKeys(join(directory, NAME)),
    async stop() {
      gate.closeAllConnections();
      await new Promise((resolve) => gate.close(resolve));
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Each object is a file that ends in `._S3rver_object`. */
function listKeys(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all
    .filter((name) => name.endsWith('._S3rver_object') && statSync(join(folder, name)).isFile())
    .map((name) => name.slice(0, -'._S3rver_object'.length))
    .sort();
}

async function pass(incoming: IncomingMessage, reply: ServerResponse, port: number): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const problem = await findProblem(incoming, body);
  if (problem) {
    const [status, code] = problem;
    reply.writeHead(status, { 'content-type': 'application/xml', 'access-control-allow-origin': '*' });
    reply.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
    return;
  }
  const { method, url = '' } = incoming;
  // s3rver signs a bucket's path without the slash at its end, and answers the range 0-0 with the whole object.
  const isBucket = url.split('?')[0] === `/${NAME}/`;
  const isOneByte = incoming.headers.range === 'bytes=0-0';
  const { authorization, ...others } = incoming.headers;
  const unsigned = { ...others, ...(isOneByte ? { range: 'bytes=0-1' } : {}) };
  const headers = isBucket || isOneByte ? unsigned : incoming.headers;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
    const length = isOneByte ? { 'content-length': '1' } : {};
    reply.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...length });
    if (isOneByte) answer.once('data', (chunk) => reply.end(chunk.subarray(0, 1)));
    else answer.pipe(reply);
  });
  onward.on('error', () => reply.destroy());
  onward.end(body);
}

type Problem = readonly [status: number, code: string];

async function findProblem({ method, headers }: IncomingMessage, body: Buffer): Promise<Problem | undefined> {
  if (method === 'OPTIONS') return undefined;
  const type = headers['content-type'] ?? '';
  if (method === 'POST' && type.startsWith('multipart/form-data')) return findFormProblem(type, body);
  return headers.authorization ? undefined : [403, 'AccessDenied'];
}

/** `sigv4-HTTPPOSTConstructPolicy` and `sigv4-post-example` of Amazon's documentation. */
async function findFormProblem(type: string, body: Buffer): Promise<Problem | undefined> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const entries = [...form.entries()];
  const [name, file] = entries.at(-1) ?? [];
  if (name !== 'file' || !(file instanceof File)) return [400, 'InvalidArgument'];
  const fields = new Map(entries.slice(0, -1).map(([key, value]) => [key.toLowerCase(), String(value)]));
  const policy = fields.get('policy') ?? '';
  if (fields.get('x-amz-signature') !== sign(policy, fields.get('x-amz-credential') ?? ''))
    return [403, 'SignatureDoesNotMatch'];

  const { expiration, conditions } = JSON.parse(Buffer.from(policy, 'base64').toString()) as Policy;
  if (!(Date.parse(expiration) > Date.now())) return [403, 'AccessDenied'];
  const open = new Set([...fields.keys()].filter((key) => !['policy', 'x-amz-signature'].includes(key)));
  open.add('bucket');
  for (const condition of conditions) {
    const [kind, key, value] = Array.isArray(condition) ? condition : toEqual(condition);
    if (kind === 'content-length-range') {
      if (file.size > Number(value)) return [400, 'EntityTooLarge'];
      if (file.size < Number(key)) return [400, 'EntityTooSmall'];
      continue;
    }
    const field = String(key).slice(1).toLowerCase();
    const given = field === 'bucket' ? NAME : (fields.get(field) ?? '');
    const holds = kind === 'eq' ? given === value : kind === 'starts-with' && given.startsWith(String(value));
    if (!holds) return [403, 'AccessDenied'];
    open.delete(field);
  }
  // Fields that the policy doesn't mention are refused.
  return open.size > 0 ? [403, 'AccessDenied'] : undefined;
}

type Condition = readonly [kind: string, key: string | number, value: string | number];
interface Policy {
  readonly expiration: string;
  readonly conditions: readonly (Condition | Readonly<Record<string, string>>)[];
}

function toEqual(condition: object): Condition {
  const [[key, value] = ['', '']] = Object.entries(condition) as [string, string][];
  return ['eq', `$${key}`, value];
}

function sign(policy: string, credential: string): string | undefined {
  const [keyId, date, region, service, last] = credential.split('/');
  if (keyId !== KEY_ID || region !== REGION || service !== 's3' || last !== 'aws4_request') return undefined;
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const key = [date ?? '', region, service, last].reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key, policy).toString('hex');
}
