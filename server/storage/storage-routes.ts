import type { Context } from 'hono';
import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import { once } from '../base/once.ts';
import type { ServerContext } from '../context/context.ts';
import type { Route } from '../http/routes.ts';
import type { StorageHandlers } from './storage-handlers.ts';

const schemas = () => import('../../src/wire/storage-schema.ts');

/** Lists the routes that permit an upload, receive it, and read and delete files. */
export function storageRoutes(context: ServerContext): readonly Route[] {
  // Loaded with the first request: few surveys ask for files.
  const load = once(async (): Promise<StorageHandlers> => {
    const { createStorageHandlers } = await import('./storage-handlers.ts');
    return createStorageHandlers(context);
  });
  const lazily = (name: keyof StorageHandlers) => async (c: Context) => (await load())[name](c);

  const uploads = ['v1', 'v2'].flatMap((version): Route[] => {
    const base = `/api/${version}/client/:environmentId/storage`;
    return [
      {
        method: 'POST',
        path: base,
        handle: lazily('ask'),
        summary: 'Permits the upload of one file as an answer',
        tag: 'Files',
        auth: 'none',
        params: { environmentId: 'environment' },
        body: async () => (await schemas()).storageRequestSchema,
        reply: async () => (await schemas()).storageReplySchema,
        errors: [403, 500],
      },
      {
        method: 'POST',
        path: `${base}/local`,
        handle: lazily('upload'),
        summary: 'Uploads the permitted file, in any encoding that clients have used',
        tag: 'Files',
        auth: 'none',
        params: { environmentId: 'environment' },
        body: async () => (await schemas()).uploadFieldsSchema,
        bodyType: 'multipart/form-data',
        reply: async () => (await schemas()).uploadReplySchema,
        status: 201,
        errors: [401, 409],
      },
    ];
  });
  const publishing: Route = {
    method: 'POST',
    path: '/api/v1/management/storage',
    handle: lazily('askPublic'),
    summary: 'Permits the upload of one public file',
    tag: 'Management: files',
    auth: 'write',
    body: async () => (await schemas()).publicStorageSchema.and(environmentRefSchema),
    reply: async () => (await schemas()).storageReplySchema,
    errors: [500],
  };
  return [...uploads, ...fileRoutes(lazily), publishing];
}

function fileRoutes(lazily: (name: keyof StorageHandlers) => Route['handle']): readonly Route[] {
  const places = [
    {
      path: '/storage/:environmentId/private/surveys/:surveyId/elements/:elementId/:file',
      params: { environmentId: 'environment', surveyId: 'survey', elementId: 'element', file: 'file' },
      what: 'a private file, uploaded as an answer',
      auth: 'read',
    },
    {
      path: '/storage/:environmentId/public/:file',
      params: { environmentId: 'environment', file: 'file' },
      what: 'a public file',
      auth: 'none',
    },
  ] as const;
  return places.flatMap(({ path, params, what, auth }): Route[] => [
    {
      method: 'GET',
      path,
      handle: lazily('read'),
      summary: `Reads ${what}`,
      tag: 'Files',
      auth,
      params,
      reply: 'bytes',
      errors: [206, 416],
    },
    {
      method: 'DELETE',
      path,
      handle: lazily('remove'),
      summary: `Deletes ${what}`,
      tag: 'Files',
      auth: 'manage',
      params,
      reply: async () => (await schemas()).fileDeletedSchema,
    },
  ]);
}
