/** Why a file was not accepted; the names are those of the built-in texts (survey-model.md 6.4). */
export type UploadProblem =
  | 'upload_failed'
  | 'upload_service_unavailable'
  | 'invalid_file_name'
  | 'no_valid_file_types_selected'
  | 'file_size_exceeded';

/** One file to store as (a part of) an answer. */
export interface UploadRequest {
  readonly file: File;
  readonly elementId: string;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress: (part: number) => void;
  /** Cancels the upload. */
  readonly signal: AbortSignal;
}

/** Uploads a file. Resolves to its URL or to the reason for the failure; never rejects. */
export type Upload = (
  request: UploadRequest,
) => Promise<{ readonly url: string } | { readonly problem: UploadProblem }>;
