import type { Context } from 'hono';
import { extensionOf, type FileExtension } from '../../src/wire/file-types.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { findLive } from '../context/live-survey.ts';
import { measureUpload } from '../domain/stored-files.ts';
import { fileTooLarge } from '../domain/upload-elements.ts';
import type { ContentProblem } from '../files/check-content.ts';
import { type FileAddress, parseFilePath, toFileKey, toFilePath } from '../files/file-address.ts';
import { type Received, receiveUpload, type UploadBytes } from '../files/receive-upload.ts';
import { PUBLIC_FILE, readTicket, type UploadClaim, type UploadTicket } from '../files/upload-ticket.ts';
import { pathParam, type Route } from '../http/routes.ts';
import { requireStore } from './permit-upload.ts';
import { readUpload } from './upload-form.ts';

const PROBLEMS: Readonly<Record<ContentProblem, string>> = {
  'other-type': 'The content of the file is of another type than its name',
  binary: 'The file has bytes that no text has',
  'html-looking': 'The file looks like a page and not like plain text',
  'no-message': 'The file does not begin like a mail',
};

/**
 * Handler of `POST …/storage/local` (management-api.md 12.2): receives an upload in any of its encodings. Acknowledged only
 * once the file is flushed to disk.
 */
export function uploadHandler(context: ServerContext, secret: () => Promise<Buffer>): Route['handle'] {
  return async (c: Context) => {
    const { environment } = await findLive(context, pathParam(c, 'environmentId'));
    const store = requireStore(context);
    const key = await secret();

    const admit = (claim: Omit<UploadClaim, 'environmentId'>): UploadTicket => {
      const ticket = readTicket(key, { ...claim, environmentId: environment.id }, context.now());
      if (ticket === 'forged') {
        throw new ApiError('unauthorized', 'You are not authorized to access this resource');
      }
      if (ticket === 'expired') throw new ApiError('unauthorized', 'The permission to upload has expired');
      return ticket;
    };
    const receive = async (ticket: UploadTicket, bytes: UploadBytes): Promise<void> => {
      const { maxBytes } = ticket;
      const { fileKey, extension } = toPlace(ticket);
      const received = await receiveUpload(store, { key: fileKey, extension, maxBytes, bytes });
      if (received !== 'kept') throw toError(received, maxBytes);
      if (ticket.surveyId !== PUBLIC_FILE) await measureUpload(context, fileKey);
    };

    const { status } = await readUpload(c, { environmentId: environment.id, admit, receive });
    return c.json({ data: { message: 'File uploaded successfully' } }, status);
  };
}

function toPlace(ticket: UploadTicket): { readonly fileKey: string; readonly extension: FileExtension } {
  const { environmentId, surveyId, elementId, name } = ticket;
  const address: FileAddress =
    surveyId === PUBLIC_FILE
      ? { environmentId, access: 'public', name }
      : { environmentId, access: 'private', answer: { surveyId, elementId }, name };
  const parsed = parseFilePath(toFilePath(address));
  if (!parsed) throw new Error(`signed a name that is none: ${extensionOf(name)}`);
  return { fileKey: toFileKey(parsed), extension: parsed.file.extension };
}

function toError(received: Exclude<Received, 'kept'>, maxBytes: number): ApiError {
  if (received === 'too-large') return fileTooLarge(maxBytes);
  if (received === 'taken')
    return new ApiError('conflict', 'Another file has been uploaded with this permission');
  return badRequest('Invalid file', { file: PROBLEMS[received] });
}
