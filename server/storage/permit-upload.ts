import type { WireUploadPermit } from '../../src/wire/storage.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { ANY_ELEMENT, type FileAddress, keyOfAddress, toFilePath } from '../files/file-address.ts';
import { toStoredName } from '../files/file-name.ts';
import type { FileStore, UploadForm } from '../files/file-store.ts';
import { PUBLIC_FILE, signTicket } from '../files/upload-ticket.ts';

/** An upload to permit. */
export interface PermittedUpload {
  readonly place: FileAddress;
  /** The media type as the client declared it. */
  readonly type: string;
  readonly maxBytes: number;
}

/** The reply to a permitted upload (management-api.md 12.1), with the signature for clients of before 2026. */
export interface UploadPermit {
  readonly reply: Omit<WireUploadPermit, 'signingData'>;
  /** Undefined where clients upload directly to a bucket, which accepts forms only. */
  readonly signing: { readonly signature: string; readonly timestamp: number } | undefined;
}

/** Permits the upload of one file: directly to the store if that accepts uploads, else through this server. */
export async function permitUpload(
  context: ServerContext,
  { place, type, maxBytes, secret }: PermittedUpload & { readonly secret: () => Promise<Buffer> },
): Promise<UploadPermit> {
  const store = requireStore(context);
  const fileUrl = toFilePath(place);
  const common = { fileUrl, updatedFileName: place.name };
  if (store.permit) {
    const { url, fields } = await askStore(context, store.permit, { place, maxBytes });
    return { reply: { signedUrl: url, presignedFields: fields, ...common }, signing: undefined };
  }

  const { environmentId, name, answer = { surveyId: PUBLIC_FILE, elementId: ANY_ELEMENT } } = place;
  const timestamp = context.now();
  const ticket = { environmentId, ...answer, name, type, maxBytes, issuedAt: timestamp };
  const signature = signTicket(await secret(), ticket);
  const signedUrl = `${context.addresses.base}/api/v1/client/${environmentId}/storage/local`;
  const presignedFields = {
    key: fileUrl.slice(1),
    'Content-Type': type,
    success_action_status: '201',
    'X-Timestamp': String(timestamp),
    'X-Signature': signature,
  };
  return { reply: { signedUrl, presignedFields, ...common }, signing: { signature, timestamp } };
}

/** Returns the name under which a file is stored; throws 400 when sanitising leaves nothing of it. */
export function requireStoredName(fileName: string, uuid: string): string {
  const name = toStoredName(fileName, uuid);
  if (name !== undefined) return name;
  const details = { fileName: 'Nothing is left of the file name without forbidden characters' };
  throw badRequest('Invalid input', details);
}

/** Returns the file store; without one throws the 500 that clients read as "uploads not configured" (client-api.md 3.6). */
export function requireStore({ files }: ServerContext): FileStore {
  if (files) return files;
  throw notSetUp('s3_client_error');
}

async function askStore(
  { log }: ServerContext,
  permit: NonNullable<FileStore['permit']>,
  { place, maxBytes }: Pick<PermittedUpload, 'place' | 'maxBytes'>,
): Promise<UploadForm> {
  const key = keyOfAddress(place);
  try {
    return await permit(key, maxBytes);
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
