import type { WireActionClass } from '../../src/wire/management-reply.ts';
import type { ActionClassRecord } from '../repo/action-classes.ts';
import { toOwner, toStamps } from './wire.ts';

/** Converts an action class to its form in the management API (management-api.md 5). */
export function toWireActionClass(record: ActionClassRecord): WireActionClass {
  const { name, description, type, key, noCodeConfig, environmentId } = record;
  return { ...toStamps(record), name, description, type, key, noCodeConfig, ...toOwner(environmentId) };
}
