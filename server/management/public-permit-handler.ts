import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { publicStorageSchema } from '../../src/wire/storage-schema.ts';
import type { ServerContext } from '../client/context.ts';
import { requireStore, requireStoredName } from '../client/upload-permit-handler.ts';
import { ANY_ELEMENT, toFilePath } from '../files/file-address.ts';
import { PUBLIC_FILE, signTicket } from '../files/upload-ticket.ts';
import { checkBody, readJson } from '../http/body.ts';
import { originOf } from '../http/origin.ts';
import { ok, type Route } from '../http/routes.ts';
import { authenticate, resolveEnvironment } from './auth.ts';

/** The most bytes of a public file: 5 MiB (management-api.md 12.1). */
const MAX_PUBLIC_BYTES = 5 * 1024 * 1024;

/** `POST /api/v1/management/storage` (management-api.md 12.1): where and with what an owner may publish a file. */
export function publicPermitHandler(context: ServerContext, secret: () => Promise<Buffer>): Route['handle'] {
  return async (c: Context) => {
    const caller = await authenticate(context, c);
    const body = await readJson(c);
    const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
    const { fileName, fileType } = checkBody(publicStorageSchema, body);
    const name = requireStoredName(fileName, randomUUID());
    requireStore(context);

    const issuedAt = context.now();
    const signature = signTicket(await secret(), {
      environmentId,
      surveyId: PUBLIC_FILE,
      elementId: ANY_ELEMENT,
      name,
      type: fileType,
      maxBytes: MAX_PUBLIC_BYTES,
      issuedAt,
    });
    const fileUrl = toFilePath({ environmentId, access: 'public', name });
    return ok(c, {
      signedUrl: `${originOf(c, context.publicUrl)}/api/v1/client/${environmentId}/storage/local`,
      presignedFields: {
        key: fileUrl.slice(1),
        'Content-Type': fileType,
        success_action_status: '201',
        'X-Timestamp': String(issuedAt),
        'X-Signature': signature,
      },
      fileUrl,
      signingData: null,
      updatedFileName: name,
    });
  };
}
