import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import {
  attributeClassChangeSchema,
  attributeClassSchema,
  attributeKeyChangeSchema,
  attributeKeySchema,
} from '../../src/wire/contact-schema.ts';
import { authenticate, type Caller, requireOwn, resolveEnvironment } from '../auth/auth.ts';
import { checkBody } from '../base/check-body.ts';
import type { ServerContext } from '../context/context.ts';
import {
  changeAttributeClass,
  changeAttributeKey,
  createAttributeKey,
  removeAttributeKey,
  toNewKey,
} from '../domain/attribute-key-service.ts';
import { readJson } from '../http/body.ts';
import { readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireAttributeClass, toWireAttributeKey } from '../replies/attribute-key-wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import { type AttributeKeyRecord, findAttributeKey, listKeysOf } from '../repo/attribute-keys.ts';

const KEYS = '/api/v1/management/contact-attribute-keys';
const CLASSES = '/api/v1/management/attribute-classes';
const TAG = 'Management: contacts';
const replies = () => import('../../src/wire/contact-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');

/** Routes of attribute keys (management-api.md 6), and of attribute classes, their older name (management-api.md 13). */
export function attributeKeyRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(
    caller: Caller,
    id: string,
    { type, permission }: { readonly type: string; readonly permission: Permission },
  ): Promise<AttributeKeyRecord> {
    // A text that is no id is answered as an unknown one.
    const found = /^[0-9a-z]+$/.test(id) ? await findAttributeKey(db, id) : undefined;
    return requireOwn(caller, found, { type, id, permission });
  }
  const findKey = (caller: Caller, id: string, permission: Permission) =>
    findOwn(caller, id, { type: 'Attribute Key', permission });
  const findClass = (caller: Caller, id: string, permission: Permission) =>
    findOwn(caller, id, { type: 'Attribute Class', permission });

  return [
    {
      method: 'GET',
      path: KEYS,
      summary: 'Lists the attribute keys of all environments of the key',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).attributeKeyListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        return ok(c, (await listKeysOf(db, [...permissions.keys()], readPage(c))).map(toWireAttributeKey));
      },
    },
    {
      method: 'POST',
      path: KEYS,
      summary: 'Makes an attribute key',
      tag: TAG,
      auth: 'write',
      body: () => attributeKeySchema.extend(environmentRefSchema.shape),
      reply: async () => (await replies()).attributeKeyReplySchema,
      errors: [403],
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        const input = checkBody(attributeKeySchema, body);
        const taken = 'Attribute key already exists';
        return ok(c, toWireAttributeKey(await createAttributeKey(context, environmentId, { input, taken })));
      },
    },
    {
      method: 'GET',
      path: `${KEYS}/:id`,
      summary: 'Reads one attribute key',
      tag: TAG,
      auth: 'read',
      params: { id: 'attribute-key' },
      reply: async () => (await replies()).attributeKeyReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, toWireAttributeKey(await findKey(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'PUT',
      path: `${KEYS}/:id`,
      summary: 'Changes an attribute key; what is absent stays',
      tag: TAG,
      auth: 'write',
      params: { id: 'attribute-key' },
      body: () => attributeKeyChangeSchema,
      reply: async () => (await replies()).attributeKeyReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findKey(caller, pathParam(c, 'id'), 'write');
        return ok(c, toWireAttributeKey(await changeAttributeKey(context, present, await readJson(c))));
      },
    },
    {
      method: 'DELETE',
      path: `${KEYS}/:id`,
      summary: 'Deletes an attribute key and every value under it',
      tag: TAG,
      auth: 'manage',
      params: { id: 'attribute-key' },
      reply: async () => (await replies()).attributeKeyReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findKey(caller, pathParam(c, 'id'), 'manage');
        await removeAttributeKey(context, present, 'Default Contact Attribute Keys cannot be deleted');
        return ok(c, toWireAttributeKey(present));
      },
    },
    {
      method: 'GET',
      path: CLASSES,
      summary: 'Lists attribute keys under their older name',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).attributeClassListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const page = { ...readPage(c), leaveOut: 'userId' };
        return ok(c, (await listKeysOf(db, [...permissions.keys()], page)).map(toWireAttributeClass));
      },
    },
    {
      method: 'POST',
      path: CLASSES,
      summary: 'Makes an attribute key under its older name',
      tag: TAG,
      auth: 'write',
      body: () => attributeClassSchema.and(environmentRefSchema),
      reply: async () => (await replies()).attributeClassReplySchema,
      errors: [403],
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readJson(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        const input = toNewKey(checkBody(attributeClassSchema, body));
        // Older clients search the message for these words.
        const taken = 'Unique constraint failed on the fields: (`name`,`environmentId`): it already exists';
        return ok(
          c,
          toWireAttributeClass(await createAttributeKey(context, environmentId, { input, taken })),
        );
      },
    },
    {
      method: 'GET',
      path: `${CLASSES}/:id`,
      summary: 'Reads one attribute key under its older name',
      tag: TAG,
      auth: 'read',
      params: { id: 'attribute-key' },
      reply: async () => (await replies()).attributeClassReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, toWireAttributeClass(await findClass(caller, pathParam(c, 'id'), 'read')));
      },
    },
    {
      method: 'PUT',
      path: `${CLASSES}/:id`,
      summary: 'Describes or archives an attribute key under its older name',
      tag: TAG,
      auth: 'write',
      params: { id: 'attribute-key' },
      body: () => attributeClassChangeSchema,
      reply: async () => (await replies()).attributeClassReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findClass(caller, pathParam(c, 'id'), 'write');
        return ok(c, toWireAttributeClass(await changeAttributeClass(context, present, await readJson(c))));
      },
    },
    {
      method: 'DELETE',
      path: `${CLASSES}/:id`,
      summary: 'Deletes an attribute key under its older name',
      tag: TAG,
      auth: 'manage',
      params: { id: 'attribute-key' },
      reply: async () => (await replies()).attributeClassReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findClass(caller, pathParam(c, 'id'), 'manage');
        await removeAttributeKey(context, present, 'Automatic Attribute Classes cannot be deleted');
        return ok(c, toWireAttributeClass(present));
      },
    },
  ];
}
