import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { MAX_PUBLIC_FILE_BYTES } from '../../src/core/limits.ts';
import { publicStorageSchema } from '../../src/wire/storage-schema.ts';
import { authenticate, resolveEnvironment } from '../auth/auth.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import { readJson } from '../http/body.ts';
import { ok, type Route } from '../http/routes.ts';
import { permitUpload, requireStoredName } from './permit-upload.ts';

/** Handler of `POST /api/v1/management/storage` (management-api.md 12.1): permits the upload of a public file. */
export function publicPermitHandler(context: ServerContext, secret: () => Promise<Buffer>): Route['handle'] {
  return async (c: Context) => {
    const caller = await authenticate(context, c);
    const body = await readJson(c);
    const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
    const { fileName, fileType } = checkBody(publicStorageSchema, body);
    const name = requireStoredName(fileName, randomUUID());
    const { reply } = await permitUpload(context, {
      place: { environmentId, access: 'public', name },
      type: fileType,
      maxBytes: MAX_PUBLIC_FILE_BYTES,
      secret,
    });
    return ok(c, { ...reply, signingData: null });
  };
}
