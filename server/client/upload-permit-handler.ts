import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { storageRequestSchema } from '../../src/wire/storage-schema.ts';
import { toFilePath } from '../files/file-address.ts';
import { toStoredName } from '../files/file-name.ts';
import type { FileStore } from '../files/file-store.ts';
import { signTicket } from '../files/upload-ticket.ts';
import { checkBody, readJson } from '../http/body.ts';
import { ApiError, badRequest, notFound } from '../http/errors.ts';
import { originOf } from '../http/origin.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import type { ServerContext } from './context.ts';
import { findLive } from './live-survey.ts';
import { chooseUploadTarget } from './upload-elements.ts';

/**
 * `POST …/storage` (client-api.md 3.6): where and with what a file may be uploaded.
 *
 * The reply serves every generation of clients: `presignedFields` for a form that ends in the file; for those of before
 * 2026, which name no element, `signingData` as well.
 */
export function uploadPermitHandler(context: ServerContext, secret: () => Promise<Buffer>): Route['handle'] {
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const request = checkBody(storageRequestSchema, await readJson(c));
    const { fileName, fileType, surveyId, elementId } = request;
    const survey = live.surveys.get(surveyId);
    if (!survey) throw notFound('Survey', surveyId);
    context.limits.take('environment-upload', live.environment.id);
    const target = chooseUploadTarget(survey, { fileName, elementId });
    const uuid = randomUUID();
    const name = requireStoredName(fileName, uuid);
    requireStore(context);

    const environmentId = live.environment.id;
    const timestamp = context.now();
    const ticket = { environmentId, surveyId, ...target, name, type: fileType, issuedAt: timestamp };
    const signature = signTicket(await secret(), ticket);
    const fileUrl = toFilePath({
      environmentId,
      access: 'private',
      answer: { surveyId, elementId: target.elementId },
      name,
    });
    return ok(c, {
      signedUrl: `${originOf(c, context.publicUrl)}/api/v1/client/${environmentId}/storage/local`,
      presignedFields: {
        key: fileUrl.slice(1),
        'Content-Type': fileType,
        success_action_status: '201',
        'X-Timestamp': String(timestamp),
        'X-Signature': signature,
      },
      fileUrl,
      signingData: elementId === undefined ? { signature, timestamp, uuid } : null,
      updatedFileName: name,
    });
  };
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
  throw new ApiError(
    'internal_server_error',
    'File storage is not configured correctly. Please check your file upload settings.',
    { storage_error_code: 's3_client_error' },
  );
}
