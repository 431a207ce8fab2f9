import {
  displayV1Schema,
  displayV2Schema,
  responseUpdateSchema,
  responseV1Schema,
  responseV2Schema,
} from '../../src/wire/response-schema.ts';
import { userRequestSchema } from '../../src/wire/user-schema.ts';
import type { ServerContext } from '../context/context.ts';
import type { Route } from '../http/routes.ts';
import { storageRoutes } from '../storage/storage-routes.ts';
import { displayResponseRoute, displayRoute } from './display-routes.ts';
import { environmentRoute } from './environment-routes.ts';
import { responseRoute, responseUpdateRoute } from './response-routes.ts';
import { userRoute } from './user-routes.ts';

const replies = () => import('../../src/wire/client-reply-schema.ts');

/**
 * Lists the routes for visitors' browsers (client-api.md 3). Displays and responses name a user id in v1, a contact id in
 * v2.
 */
export function clientRoutes(context: ServerContext): readonly Route[] {
  const environment = environmentRoute(context);
  const user = userRoute(context);
  const update = responseUpdateRoute(context);
  const displayResponse = displayResponseRoute(context);
  const versions = ['v1', 'v2'] as const;
  const routes = versions.flatMap((version): Route[] => {
    const base = `/api/${version}/client/:environmentId`;
    const who = version === 'v1' ? 'a person named by user id' : 'a person named by contact id';
    return [
      {
        method: 'GET',
        path: `${base}/environment`,
        handle: environment,
        summary: 'Reads everything that a browser needs to decide which survey to show',
        tag: 'Environment',
        auth: 'none',
        params: { environmentId: 'environment' },
        reply: async () => (await replies()).environmentReplySchema,
        errors: [304],
      },
      {
        method: 'POST',
        path: `${base}/user`,
        handle: user,
        summary: 'Identifies a person, stores attributes and returns the segments they are in',
        tag: 'People',
        auth: 'none',
        params: { environmentId: 'environment' },
        body: () => userRequestSchema,
        reply: async () => (await replies()).userReplySchema,
        errors: [403],
      },
      {
        method: 'POST',
        path: `${base}/displays`,
        handle: displayRoute(context, version),
        summary: `Stores a display of a survey for ${who}`,
        tag: 'Displays',
        auth: 'none',
        params: { environmentId: 'environment' },
        body: () => (version === 'v1' ? displayV1Schema : displayV2Schema),
        reply: async () => (await replies()).displayReplySchema,
        errors: [403, 409],
      },
      {
        method: 'GET',
        path: `${base}/displays/:displayId/response`,
        handle: displayResponse,
        summary: 'Reads which response belongs to a display',
        tag: 'Displays',
        auth: 'none',
        params: { environmentId: 'environment', displayId: 'display' },
        reply: async () => (await replies()).displayResponseReplySchema,
      },
      {
        method: 'POST',
        path: `${base}/responses`,
        handle: responseRoute(context, version),
        summary: `Stores the answers of ${who}`,
        tag: 'Responses',
        auth: 'none',
        params: { environmentId: 'environment' },
        body: () => (version === 'v1' ? responseV1Schema : responseV2Schema),
        reply: async () => (await replies()).responseReplySchema,
        errors: [403, 409],
      },
      {
        method: 'PUT',
        path: `${base}/responses/:responseId`,
        handle: update,
        summary: 'Merges more answers into a response',
        tag: 'Responses',
        auth: 'none',
        params: { environmentId: 'environment', responseId: 'response' },
        body: () => responseUpdateSchema,
        reply: async () => (await replies()).responseReplySchema,
        errors: [403],
      },
    ];
  });
  return [...routes, ...storageRoutes(context)];
}
