import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { storageRequestSchema } from '../../src/wire/storage-schema.ts';
import { notFound } from '../base/api-error.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { findLive } from '../context/live-survey.ts';
import { recordUpload } from '../domain/stored-files.ts';
import { chooseUploadTarget } from '../domain/upload-elements.ts';
import { keyOfAddress } from '../files/file-address.ts';
import { readJson } from '../http/body.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { permitUpload, requireStore, requireStoredName } from './permit-upload.ts';

/**
 * Handler of `POST …/storage` (client-api.md 3.6): permits the upload of a file.
 *
 * The reply serves every generation of clients: `presignedFields` for a form that ends in the file, and `signingData` for
 * clients of before 2026, which name no element.
 */
export function uploadPermitHandler(context: ServerContext, secret: () => Promise<Buffer>): Route['handle'] {
  return async (c: Context) => {
    const live = await findLive(context, pathParam(c, 'environmentId'));
    const request = checkBody(storageRequestSchema, await readJson(c));
    const { fileName, fileType, surveyId, elementId } = request;
    const survey = live.surveys.get(surveyId);
    if (!survey) throw notFound('Survey', surveyId);
    const environmentId = live.environment.id;
    context.limits.take('environment-upload', environmentId);
    const target = chooseUploadTarget(survey, { fileName, elementId });
    const uuid = randomUUID();
    const name = requireStoredName(fileName, uuid);

    const answer = { surveyId, elementId: target.elementId };
    const place = { environmentId, access: 'private', answer, name } as const;
    requireStore(context);
    await recordUpload(context, { key: keyOfAddress(place), environmentId, maxBytes: target.maxBytes });
    const { reply, signing } = await permitUpload(context, {
      place,
      type: fileType,
      maxBytes: target.maxBytes,
      secret,
    });
    return ok(c, { ...reply, signingData: elementId === undefined && signing ? { ...signing, uuid } : null });
  };
}
