import type { stringify } from '../platform/json.ts';
import { extensionOf, FILE_TYPES, isFileExtension } from '../wire/file-types.ts';
import type { Upload, UploadProblem, UploadRequest } from '../wire/upload.ts';
import type { request } from './request.ts';

/** Where the files of one survey go. */
export interface UploadTarget {
  /** `…/api/v1/client/{environmentId}` */
  readonly api: string;
  readonly surveyId: string;
  /** Passed in by the core. */
  readonly request: typeof request;
  readonly stringify: typeof stringify;
}

/** The server's permit to upload one file (client-api.md 3.6). */
interface Permit {
  readonly signedUrl: string;
  readonly presignedFields: Readonly<Record<string, string>>;
  readonly fileUrl: string;
}

/**
 * Uploads one file: asks for a permit, then sends the file and reports its progress (survey-model.md 10.7). Never
 * rejects; an aborted upload counts as failed.
 *
 * @example
 * const result = await uploadFile(target, { file, elementId, onProgress, signal });
 */
export async function uploadFile(
  target: UploadTarget,
  { file, elementId, onProgress, signal }: UploadRequest,
): ReturnType<Upload> {
  const extension = extensionOf(file.name);
  // The server accepts one media type per extension, whatever type the browser gives the file.
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
  const { status, text } = await post(addressOf(data, target), form, onProgress, signal);
  if (status >= 200 && status < 300) return { url: data.fileUrl };
  return {
    problem: status === 413 || text.includes('EntityTooLarge') ? 'file_size_exceeded' : 'upload_failed',
  };
}

/**
 * Where a permitted file goes. The server's own upload is beside its permits, whatever address the server believes to have: a
 * proxy before it may have another.
 */
function addressOf({ signedUrl }: Permit, { api }: UploadTarget): string {
  return signedUrl.replace(/^.*(?=\/storage\/local$)/, () => api);
}

/** The problem that the server's refusal of a permit stands for. */
function problemOf(details: Readonly<Record<string, unknown>>): UploadProblem {
  if (details.fileName) return 'invalid_file_name';
  return details.storage_error_code ? 'upload_service_unavailable' : 'upload_failed';
}

/** Posts a form by `XMLHttpRequest`, since `fetch` reports no progress. Status 0 when it failed or was aborted. */
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
