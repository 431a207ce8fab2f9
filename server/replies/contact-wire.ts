import type { WireContact, WireContactAttribute } from '../../src/wire/management-reply.ts';
import type { ContactAttribute, ContactRecord } from '../repo/contact-lists.ts';
import { toInstant, toOwner, toStamps } from './wire.ts';

/** Converts a contact to its form in the management API (management-api.md 8). */
export function toWireContact(contact: ContactRecord): WireContact {
  return { ...toStamps(contact), userId: contact.userId, ...toOwner(contact.environmentId) };
}

/** Converts one attribute of a contact to its form in the management API (management-api.md 7). */
export function toWireContactAttribute(attribute: ContactAttribute): WireContactAttribute {
  const { attributeKeyId, contactId, value, number, date } = attribute;
  return {
    ...toStamps(attribute),
    attributeKeyId,
    contactId,
    value,
    valueNumber: number,
    valueDate: date === null ? null : toInstant(date),
  };
}
