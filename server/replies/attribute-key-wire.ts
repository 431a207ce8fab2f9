import type { WireAttributeClass, WireAttributeKey } from '../../src/wire/management-reply.ts';
import type { AttributeKeyRecord } from '../repo/attribute-keys.ts';
import { toOwner, toStamps } from './wire.ts';

/** Converts an attribute key to its form in the management API (management-api.md 6). */
export function toWireAttributeKey(record: AttributeKeyRecord): WireAttributeKey {
  const { key, name, description, dataType, isUnique, isDefault, isOwned } = record;
  return {
    ...toStamps(record),
    isUnique,
    key,
    name,
    description,
    type: isDefault ? 'default' : 'custom',
    dataType,
    ...(isOwned ? {} : { madeBy: 'client' }),
    ...toOwner(record.environmentId),
  };
}

/** Converts an attribute key to its older form, attribute class, whose name is the key (management-api.md 13). */
export function toWireAttributeClass(record: AttributeKeyRecord): WireAttributeClass {
  const { key, description, isArchived, isDefault } = record;
  return {
    ...toStamps(record),
    name: key,
    description,
    archived: isArchived,
    type: isDefault ? 'automatic' : 'code',
    ...toOwner(record.environmentId),
  };
}
