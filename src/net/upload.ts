import type { stringify } from '../platform/json.ts';
import { extensionOf, FILE_TYPES, isFileExtension } from '../wire/file-types.ts';
import type { Upload, UploadProblem, UploadRequest } from '../wire/upload.ts';
import type { request } from './request.ts';

/** Whose files go where. */
export interface UploadTarget {
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  readonly surveyId: string;
  /** Lent by the core. */
  readonly request: typeof request;
  readonly stringify: typeof stringify;
}

/** What the server gives out for one file (client-api.md 3.6). */
interface Permit {
  readonly signedUrl: string;
  readonly presignedFields: Readonly<Record<string, string>>;
  readonly fileUrl: string;
}

/**
 * Stores one file: asks for a place, then sends it there and tells how far it has come (survey-model.md 10.7). Never
 * rejects; what was taken back counts as failed.
 *
 * @example
 * const result = await uploadFile(target, { file, elementId, onProgress, signal });
 */
export async function uploadFile(
  target: UploadTarget,
  { file, elementId, onProgress, signal }: UploadRequest,
): ReturnType<Upload> {
  const extension = extensionOf(file.name);
  // The server takes one media type per extension, whatever the browser thinks of the file.
  if (!isFileExtension(extension)) return { problem: 'no_valid_file_types_selected' };
  const asked = {
    fileName: file.name,
    fileType: FILE_TYPES[extension],
    surveyId: target.surveyId,
    elementId,
  };
  const { body } = await target.request(`${target.api}/storage`, target.stringify(asked));
  const { data, details } = (body ?? {}) as { data?: Permit; details?: Readonly<Record<string, unknown>> };
  if (!data?.signedUrl) return { problem: problemOf(details ?? {}) };

  const form = new FormData();
  for (const [name, text] of Object.entries(data.presignedFields)) form.append(name, text);
  form.append('file', file);
  const { status, text } = await post(data.signedUrl, form, onProgress, signal);
  if (status >= 200 && status < 300) return { url: data.fileUrl };
  return {
    problem: status === 413 || text.includes('EntityTooLarge') ? 'file_size_exceeded' : 'upload_failed',
  };
}

/** Why there is no place for a file. */
function problemOf(details: Readonly<Record<string, unknown>>): UploadProblem {
  if (details.fileName) return 'invalid_file_name';
  return details.storage_error_code ? 'upload_service_unavailable' : 'upload_failed';
}

/** The one request that tells how much of it has gone; `fetch` can't. Status 0 when it failed or was taken back. */
function post(
  url: string,
  form: FormData,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const sending = new XMLHttpRequest();
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    sending.onloadend = () => resolve({ status: sending.status, text: sending.responseText });
    signal.addEventListener('abort', () => sending.abort());
    if (signal.aborted) return resolve({ status: 0, text: '' });
    sending.open('POST', url);
    sending.send(form);
  });
}
