import * as z from 'zod';
import { MAX_FILE_NAME_CHARS, MAX_ID_CHARS } from '../core/limits.ts';
import { boundedSchema, envelope, type Inferred, idSchema } from './base-schema.ts';
import { extensionOf, FILE_EXTENSIONS, FILE_TYPES, isFileExtension } from './file-types.ts';
import type { WireUploadPermit } from './storage.ts';

const fileName = boundedSchema(MAX_FILE_NAME_CHARS).trim().min(1);
const fileType = boundedSchema(255).trim().min(1);
const allowedFileExtensions = z.array(z.enum(FILE_EXTENSIONS)).optional();

/**
 * `POST /api/v1/client/{id}/storage` (client-api.md 3.6): requests the upload of a file as an answer. Bodies from
 * before 2026 have no `elementId`.
 */
export const storageRequestSchema = z
  .object({
    fileName,
    fileType,
    surveyId: idSchema,
    elementId: boundedSchema(MAX_ID_CHARS)
      .regex(/^[A-Za-z0-9_-]+$/, 'Element id must be letters, digits, hyphens or underscores')
      .optional(),
    allowedFileExtensions,
  })
  .superRefine(checkFile);

/** `POST /api/v1/management/storage` (management-api.md 12.1): requests the upload of an owner's public file. */
export const publicStorageSchema = z
  .object({ fileName, fileType, allowedFileExtensions })
  .superRefine(checkFile);

interface File {
  readonly fileName: string;
  readonly fileType: string;
  readonly allowedFileExtensions?: readonly string[] | undefined;
}

/** Checks that file name, media type and allowed extensions agree; each error names its field. */
function checkFile(
  { fileName, fileType, allowedFileExtensions = [] }: File,
  refinement: z.RefinementCtx,
): void {
  const refuse = (path: string, message: string): void =>
    refinement.addIssue({ code: 'custom', path: [path], message });
  const extension = extensionOf(fileName);
  if (extension === '') {
    refuse('fileName', 'File name must have an extension');
    return;
  }
  if (!isFileExtension(extension)) {
    refuse('fileName', 'File extension is not allowed for security reasons');
    return;
  }
  if (toMediaType(fileType) !== FILE_TYPES[extension]) {
    refuse('fileType', "File type doesn't match the file extension");
  }
  if (allowedFileExtensions.length > 0 && !allowedFileExtensions.includes(extension)) {
    const list = allowedFileExtensions.join(', ');
    refuse('fileName', `File extension is not allowed, allowed extensions are: ${list}`);
  }
}

/** The media type without parameters, in lower case. */
function toMediaType(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase();
}

/** Reply to `POST …/storage` (client-api.md 3.6). */
export const storageReplySchema = envelope(
  z.object({
    signedUrl: z.url(),
    presignedFields: z.record(z.string(), z.string()),
    fileUrl: z.string(),
    signingData: z.object({ signature: z.string(), timestamp: z.int(), uuid: z.uuid() }).nullable(),
    updatedFileName: z.string(),
  }) satisfies z.ZodType<Inferred<WireUploadPermit>>,
);

/** The form of an upload: all of `presignedFields`, then the file (management-api.md 12.2). */
export const uploadFieldsSchema = z.object({
  key: z.string(),
  'Content-Type': z.string(),
  success_action_status: z.literal('201'),
  'X-Timestamp': z.string(),
  'X-Signature': z.string(),
  file: z.string().meta({ format: 'binary' }),
});

/** Reply to an upload. */
export const uploadReplySchema = envelope(z.object({ message: z.string() }));

/** Reply to deleting a file. */
export const fileDeletedSchema = envelope(z.string());
