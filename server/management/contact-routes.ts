import type { WireContact, WirePerson } from '../../src/wire/management-reply.ts';
import { authenticate, type Caller, requireOwn } from '../auth/auth.ts';
import type { ServerContext } from '../context/context.ts';
import { eraseContact, exportContact } from '../domain/erase-contact.ts';
import { readId, readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireContact, toWireContactAttribute } from '../replies/contact-wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import {
  type ContactRecord,
  findContact,
  listContactAttributes,
  listContacts,
  readAttributesOf,
} from '../repo/contact-lists.ts';

const BASE = '/api/v1/management';
const TAG = 'Management: contacts';
const replies = () => import('../../src/wire/contact-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');

/** Contacts under one of their two names. */
interface Naming {
  readonly path: string;
  /** Name in errors and in the reply to an erasure. */
  readonly type: 'Contact' | 'Person';
  /** Suffix of each summary. */
  readonly words: string;
  readonly list: NonNullable<Route['reply']>;
  readonly one: NonNullable<Route['reply']>;
  readonly wire: (contacts: readonly ContactRecord[]) => Promise<readonly WireContact[]>;
}

/**
 * Routes of contacts (management-api.md 8) and their attributes (management-api.md 7), and of people, the older name of
 * contacts (management-api.md 14).
 */
export function contactRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(
    caller: Caller,
    text: string,
    { type, permission }: { readonly type: string; readonly permission: Permission },
  ): Promise<ContactRecord> {
    const id = readId(text);
    return requireOwn(caller, await findContact(db, id), { type, id, permission });
  }

  async function toPeople(contacts: readonly ContactRecord[]): Promise<readonly WirePerson[]> {
    const attributes = await readAttributesOf(
      db,
      contacts.map(({ id }) => id),
    );
    return contacts.map((contact) => ({
      ...toWireContact(contact),
      attributes: attributes.get(contact.id) ?? {},
    }));
  }

  /** Routes that contacts and people have in common. */
  function routesOf({ path, type, words, one, list, wire }: Naming): readonly Route[] {
    return [
      {
        method: 'GET',
        path: `${BASE}/${path}`,
        summary: `Lists contacts${words}`,
        tag: TAG,
        auth: 'read',
        query: async () => (await queries()).pageQuerySchema,
        reply: list,
        async handle(c) {
          const { permissions } = await authenticate(context, c);
          return ok(c, await wire(await listContacts(db, [...permissions.keys()], readPage(c))));
        },
      },
      {
        method: 'GET',
        path: `${BASE}/${path}/:id`,
        summary: `Reads one contact${words}`,
        tag: TAG,
        auth: 'read',
        params: { id: 'contact' },
        reply: one,
        async handle(c) {
          const caller = await authenticate(context, c);
          const contact = await findOwn(caller, pathParam(c, 'id'), { type, permission: 'read' });
          return ok(c, (await wire([contact]))[0]);
        },
      },
      {
        method: 'DELETE',
        path: `${BASE}/${path}/:id`,
        summary: `Erases a contact with everything that is stored about them${words}`,
        tag: TAG,
        auth: 'manage',
        params: { id: 'contact' },
        reply: async () => (await replies()).erasedSchema,
        async handle(c) {
          const caller = await authenticate(context, c);
          const contact = await findOwn(caller, pathParam(c, 'id'), { type, permission: 'manage' });
          await eraseContact(context, contact);
          return ok(c, { success: `${type} deleted successfully` });
        },
      },
    ];
  }

  return [
    {
      method: 'GET',
      path: `${BASE}/contact-attributes`,
      summary: 'Lists every attribute of every contact',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).contactAttributeListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        const found = await listContactAttributes(db, [...permissions.keys()], readPage(c));
        return ok(c, found.map(toWireContactAttribute));
      },
    },
    ...routesOf({
      path: 'contacts',
      type: 'Contact',
      words: '',
      list: async () => (await replies()).contactListSchema,
      one: async () => (await replies()).contactReplySchema,
      wire: async (contacts) => contacts.map(toWireContact),
    }),
    {
      method: 'GET',
      path: `${BASE}/contacts/:id/export`,
      summary: 'Exports everything that is stored about a contact as one document',
      tag: TAG,
      auth: 'read',
      params: { id: 'contact' },
      reply: async () => (await import('../../src/wire/management-reply-schema.ts')).contactExportSchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        const contact = await findOwn(caller, pathParam(c, 'id'), { type: 'Contact', permission: 'read' });
        c.header('Content-Disposition', `attachment; filename="contact-${contact.id}.json"`);
        const [person] = await toPeople([contact]);
        const more = await exportContact(context, contact);
        return ok(c, { contact: person, ...more });
      },
    },
    ...routesOf({
      path: 'people',
      type: 'Person',
      words: ', under their older name and with their attributes',
      list: async () => (await replies()).personListSchema,
      one: async () => (await replies()).personReplySchema,
      wire: toPeople,
    }),
  ];
}
