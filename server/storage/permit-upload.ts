import type { Context } from 'hono';
import type { WireUploadPermit } from '../../src/wire/storage.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import {
  ANY_ELEMENT,
  type FileAddress,
  parseFilePath,
  toFileKey,
  toFilePath,
} from '../files/file-address.ts';
import { toStoredName } from '../files/file-name.ts';
import type { FileStore, UploadForm } from '../files/file-store.ts';
import { PUBLIC_FILE, signTicket } from '../files/upload-ticket.ts';
import { originOf } from '../http/origin.ts';

/** An upload that may be made. */
export interface PermittedUpload {
  readonly place: FileAddress;
  /** The media type as the client declared it. */
  readonly type: string;
  readonly maxBytes: number;
}

/** What everybody who may upload is told (management-api.md 12.1), and what clients of before 2026 sign with. */
export interface UploadPermit {
  readonly reply: Omit<WireUploadPermit, 'signingData'>;
  /** None where uploads go straight into a bucket, which takes a form alone. */
  readonly signing: { readonly signature: string; readonly timestamp: number } | undefined;
}

/** Makes the permission to upload one file: into the store itself if it takes uploads, else through this server. */
export async function permitUpload(
  context: ServerContext,
  c: Context,
  { place, type, maxBytes, secret }: PermittedUpload & { readonly secret: () => Promise<Buffer> },
): Promise<UploadPermit> {
  const store = requireStore(context);
  const fileUrl = toFilePath(place);
  const told = { fileUrl, updatedFileName: place.name };
  if (store.permit) {
    const { url, fields } = await askStore(context, store.permit, { place, maxBytes });
    return { reply: { signedUrl: url, presignedFields: fields, ...told }, signing: undefined };
  }

  const { environmentId, name, answer = { surveyId: PUBLIC_FILE, elementId: ANY_ELEMENT } } = place;
  const timestamp = context.now();
  const ticket = { environmentId, ...answer, name, type, maxBytes, issuedAt: timestamp };
  const signature = signTicket(await secret(), ticket);
  const signedUrl = `${originOf(c, context.publicUrl)}/api/v1/client/${environmentId}/storage/local`;
  const presignedFields = {
    key: fileUrl.slice(1),
    'Content-Type': type,
    success_action_status: '201',
    'X-Timestamp': String(timestamp),
    'X-Signature': signature,
  };
  return { reply: { signedUrl, presignedFields, ...told }, signing: { signature, timestamp } };
}

/** The name a file is kept under; throws 400 when nothing is left of what it is called. */
export function requireStoredName(fileName: string, uuid: string): string {
  const name = toStoredName(fileName, uuid);
  if (name !== undefined) return name;
  const details = { fileName: 'Nothing is left of the file name without forbidden characters' };
  throw badRequest('Invalid input', details);
}

/** The file store; throws what clients read as "uploads are not set up here" (client-api.md 3.6). */
export function requireStore({ files }: ServerContext): FileStore {
  if (files) return files;
  throw notSetUp('s3_client_error');
}

async function askStore(
  { log }: ServerContext,
  permit: NonNullable<FileStore['permit']>,
  { place, maxBytes }: Pick<PermittedUpload, 'place' | 'maxBytes'>,
): Promise<UploadForm> {
  const parsed = parseFilePath(toFilePath(place));
  if (!parsed) throw new Error('permitted a name that is none');
  try {
    return await permit(toFileKey(parsed), maxBytes);
  } catch (error) {
    log.error('cannot permit uploads', { error });
    const isSecret = error instanceof Error && /credential|token/i.test(error.name);
    throw notSetUp(isSecret ? 's3_credentials_error' : 's3_client_error');
  }
}

function notSetUp(code: 's3_credentials_error' | 's3_client_error'): ApiError {
  return new ApiError(
    'internal_server_error',
    'File storage is not configured correctly. Please check your file upload settings.',
    { storage_error_code: code },
  );
}
