import type { Kysely } from 'kysely';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import {
  claimOwnValue,
  ensureContact,
  findContactById,
  findContactByUserId,
  type KnownContact,
  setVerified,
} from '../repo/contacts.ts';
import type { Schema } from '../repo/schema.ts';
import { claimOf } from './verify-identity.ts';

/** A person as a display or an answer names them: by user id, or by contact id. */
export interface NamedPerson {
  readonly userId?: string | null | undefined;
  readonly contactId?: string | null | undefined;
  readonly userHash?: string | null | undefined;
}

/** The contact that a display or an answer is stored under. */
export interface Owner {
  /** Null for nobody, for somebody unknown, and for somebody whom the request may not act for. */
  readonly contactId: string | null;
  /** Whether a right hash came along. */
  readonly isVerified: boolean;
  /** Whether a person was named whom the request may not act for: what it brings is kept without them. */
  readonly isSetAside: boolean;
}

const NOBODY: Owner = { contactId: null, isVerified: false, isSetAside: false };
const SET_ASIDE: Owner = { ...NOBODY, isSetAside: true };

/**
 * Finds the contact of a display or an answer (client-api.md 4.7). A person without the proof that the environment asks
 * for is set aside, since what a visitor has answered is worth more than whose it is; then the reply is the same for
 * somebody who exists and for somebody who doesn't.
 *
 * @param makes whether an unknown user id makes a contact, as a display does
 */
export async function findOwner(
  trx: Kysely<Schema>,
  live: LiveEnvironment,
  { person, makes, now }: { readonly person: NamedPerson; readonly makes: boolean; readonly now: number },
): Promise<Owner> {
  const { userId, contactId, userHash } = person;
  const { environment } = live;
  if (userId) {
    const ref = { environmentId: environment.id, userId };
    if (claimOf(environment, { userId, userHash }, now) === 'refused') return SET_ASIDE;
    const found = makes ? await ensureContact(trx, ref, now) : await findContactByUserId(trx, ref);
    return found ? toOwner(trx, live, { found, userHash, now }) : NOBODY;
  }
  const found = contactId ? await findContactById(trx, environment.id, contactId) : undefined;
  return found ? toOwner(trx, live, { found, userHash, now }) : NOBODY;
}

/** The owner is this contact, if the request may act for it. */
async function toOwner(
  trx: Kysely<Schema>,
  live: LiveEnvironment,
  {
    found,
    userHash,
    now,
  }: { readonly found: KnownContact; readonly userHash: NamedPerson['userHash']; readonly now: number },
): Promise<Owner> {
  const claim = claimOf(live.environment, { userId: found.userId, userHash }, now);
  if (claim === 'refused' || (claim === 'bare' && found.isVerified)) return SET_ASIDE;
  if (claim === 'proven' && !found.isVerified) await verifyContact(trx, live, { id: found.id, now });
  return { contactId: found.id, isVerified: claim === 'proven', isSetAside: false };
}

/** Marks a contact as verified, and claims its e-mail; one that another verified contact has is removed. */
export async function verifyContact(
  trx: Kysely<Schema>,
  { attributeKeys }: Pick<LiveEnvironment, 'attributeKeys'>,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<void> {
  await setVerified(trx, id, now);
  const email = attributeKeys.get('email');
  if (email) await claimOwnValue(trx, { attributeKeyId: email.id, contactId: id });
}
