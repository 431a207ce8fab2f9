/** Why a file was not taken; the names are those of the built-in texts (survey-model.md 6.4). */
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
  /** Called with how much has gone, from 0 to 1. */
  readonly onProgress: (part: number) => void;
  /** Takes it back. */
  readonly signal: AbortSignal;
}

/** Stores a file: its address, or why there is none. Never rejects. */
export type Upload = (
  request: UploadRequest,
) => Promise<{ readonly url: string } | { readonly problem: UploadProblem }>;
