import type { ServerContext } from '../context/context.ts';
import type { Route } from '../http/routes.ts';
import { readSecret } from '../repo/secrets.ts';
import { fileHandlers } from './file-handlers.ts';
import { publicPermitHandler } from './public-permit-handler.ts';
import { uploadHandler } from './upload-handler.ts';
import { uploadPermitHandler } from './upload-permit-handler.ts';

/** Handlers of the storage routes. */
export type StorageHandlers = Readonly<
  Record<'ask' | 'askPublic' | 'upload' | 'read' | 'remove', Route['handle']>
>;

/** Makes the handlers; those that sign uploads and those that verify them share the secret. */
export function createStorageHandlers(context: ServerContext): StorageHandlers {
  let known: Buffer | undefined;
  const secret = async (): Promise<Buffer> => {
    known ??= await readSecret(context.database, 'upload');
    return known;
  };
  return {
    ask: uploadPermitHandler(context, secret),
    askPublic: publicPermitHandler(context, secret),
    upload: uploadHandler(context, secret),
    ...fileHandlers(context),
  };
}
