import { FILE_TYPES, type FileExtension } from '../../../src/wire/file-types.ts';
import { addSurvey, type Reply, type Tenant, type TestServer } from '../support.ts';

/** Reply to `POST …/storage`. */
export interface Permit {
  readonly signedUrl: string;
  readonly presignedFields: Readonly<Record<string, string>>;
  readonly fileUrl: string;
  readonly signingData: {
    readonly signature: string;
    readonly timestamp: number;
    readonly uuid: string;
  } | null;
  readonly updatedFileName: string;
}

/** A survey with these upload elements; by default with one called `file` that accepts every type. */
export function addUploadSurvey(
  server: TestServer,
  tenant: Tenant,
  elements: readonly object[] = [{}],
): Promise<string> {
  const common = {
    type: 'fileUpload',
    headline: { default: 'Files?' },
    required: false,
    allowMultipleFiles: true,
  };
  const all = elements.map((element, index) => ({
    id: index === 0 ? 'file' : `file${index}`,
    ...common,
    ...element,
  }));
  return addSurvey(server, tenant, { blocks: [{ id: 'block1', name: 'Block', elements: all }] });
}

/** Requests the permission to upload; fails on any status but 200. */
export async function ask(
  server: TestServer,
  environmentId: string,
  request: {
    readonly surveyId: string;
    readonly elementId?: string;
    readonly fileName: string;
    readonly fileType?: string;
  },
): Promise<Permit> {
  const extension = request.fileName.split('.').at(-1)?.toLowerCase() as FileExtension;
  const reply = await server.send('POST', `/api/v1/client/${environmentId}/storage`, {
    fileType: FILE_TYPES[extension],
    ...request,
  });
  if (reply.status !== 200) throw new Error(`refused: ${reply.text}`);
  return reply.body.data;
}

/** A form as S3 requires it: all fields, then the file. */
export function toForm(fields: Readonly<Record<string, string>>, file: Buffer | undefined): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file) form.append('file', new Blob([new Uint8Array(file)]), 'blob');
  return form;
}

/**
 * Uploads through the app, without a socket, or to the bucket; a form is sent without its length, like a stream.
 */
export async function upload(
  server: Pick<TestServer, 'app'> & Partial<Pick<TestServer, 'bucket'>>,
  url: string,
  body: FormData | string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<Reply, 'status' | 'body' | 'text'>> {
  const { pathname, origin } = new URL(url);
  const payload = Buffer.isBuffer(body) ? new Uint8Array(body) : body;
  const init = { method: 'POST', headers, body: payload };
  const toBucket = server.bucket?.endpoint === origin;
  const reply = await (toBucket ? fetch(url, init) : server.app.request(pathname, init));
  const text = await reply.text();
  return { status: reply.status, text, body: toBucket ? undefined : JSON.parse(text) };
}

/** Requests a permission and uploads as current clients do. */
export async function put(
  server: TestServer,
  environmentId: string,
  request: Parameters<typeof ask>[2] & { readonly content: Buffer },
): Promise<Pick<Reply, 'status' | 'body' | 'text'> & { readonly permit: Permit }> {
  const { content, ...rest } = request;
  const permit = await ask(server, environmentId, rest);
  return { ...(await upload(server, permit.signedUrl, toForm(permit.presignedFields, content))), permit };
}

/** Fields that clients of before 2026 send beside the file. */
export function toHeaders(
  { signingData, updatedFileName }: Permit,
  {
    surveyId,
    fileType,
    fileName = updatedFileName,
  }: { surveyId: string; fileType: string; fileName?: string },
): Record<string, string> {
  return {
    'X-File-Type': fileType,
    'X-File-Name': encodeURIComponent(fileName),
    'X-Survey-ID': surveyId,
    'X-Signature': signingData?.signature ?? '',
    'X-Timestamp': String(signingData?.timestamp),
    'X-UUID': signingData?.uuid ?? '',
  };
}
