import type { Kysely } from 'kysely';
import { badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { type AttributeKey, ensureKeys, listAttributeKeys } from '../repo/attribute-keys.ts';
import {
  type AttributeEntry,
  type AttributeWrite,
  ensureContact,
  isClaimedByOther,
  type KnownContact,
  lockUnverified,
  type Person,
  readPerson,
  saveAttributes,
  setVerified,
  type UserRef,
} from '../repo/contacts.ts';
import { bumpRevision, lockEnvironment } from '../repo/environments.ts';
import type { Schema } from '../repo/schema.ts';
import type { CheckedUser } from './check-user.ts';
import { verifyContact } from './find-owner.ts';
import { countNewKeys, findKeyRoom } from './new-key-room.ts';
import {
  type AttributePlan,
  type AttributeValue,
  type PlannedAttribute,
  planAttributes,
} from './plan-attributes.ts';
import { type Claim, claimOf, type GivenIdentity, refuseIdentity } from './verify-identity.ts';

/** A user id with the attributes that a site sets. */
export interface Identification {
  readonly userId: string;
  readonly userHash?: string | undefined;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Address that new attribute keys are counted for; undefined where it isn't known. */
  readonly address: string | undefined;
}

/** A person after an identification, with remarks for the site's developer. */
export interface Identified {
  readonly person: Person;
  readonly messages: readonly string[];
  readonly errors: readonly string[];
  /** Whether any given attribute differs from the stored one. */
  readonly isChanged: boolean;
}

/**
 * Identifies a checked user. Where an attribute can't be stored the contact is made all the same, as in the original, and
 * 400 is thrown.
 */
export async function identifyUser(
  context: ServerContext,
  live: LiveEnvironment,
  { user, address }: { readonly user: CheckedUser; readonly address: string | undefined },
): Promise<Identified> {
  if ('attributes' in user) return identifyPerson(context, live, { ...user, address });
  const { now } = context;
  const claim = requireClaim(context, live, user);
  const ref = { environmentId: live.environment.id, userId: user.userId };
  await context.database.write(async (trx) => {
    const contact = await ensureContact(trx, ref, now());
    await admit(trx, live, { contact, claim, now: now(), isChanging: false });
  });
  throw badRequest(`Validation failed: ${user.problem}`);
}

/**
 * Decides what a request may do with the person it names. Throws 403 for nothing at all, before anything is read: the
 * reply says nothing about who exists.
 */
export function requireClaim(
  { now }: Pick<ServerContext, 'now'>,
  { environment }: LiveEnvironment,
  given: GivenIdentity,
): Claim {
  const claim = claimOf(environment, given, now());
  if (claim === 'refused') throw refuseIdentity(given);
  return claim;
}

/**
 * Finds or makes the contact of a user id and stores the attributes that differ (client-api.md 4.3): one read, and one
 * write only when something changes. Safe under concurrency of any number of processes: one contact per user id, one key
 * per name, and never more keys than the limits.
 */
export async function identifyPerson(
  context: ServerContext,
  live: LiveEnvironment,
  { userId, userHash, attributes, address }: Identification,
): Promise<Identified> {
  const { database, cache, limits, now } = context;
  const claim = requireClaim(context, live, { userId, userHash });
  const ref: UserRef = { environmentId: live.environment.id, userId };
  const known = await readPerson(database.read, ref);
  if (known?.isVerified && claim === 'bare') throw refuseIdentity({ userHash });
  const keys = live.attributeKeys;
  const asked = planFor(known, live, { attributes, keys, room: findKeyRoom(keys.values(), now()) });
  const wanted = asked.writes.filter(({ isNew }) => isNew).length;
  const room = countNewKeys(limits, address, wanted);
  const plan = room === wanted ? asked : planFor(known, live, { attributes, keys, room });
  const isNewlyProven = claim === 'proven' && !known?.isVerified;
  if (known && plan.writes.length === 0 && !isNewlyProven) return toIdentified(known, plan, attributes);

  const stored = await database.write((trx) =>
    store(trx, live, { ref, attributes, known, plan, room, claim, now: now() }),
  );
  if (stored.madeKeys) cache.forget(ref.environmentId);

  // Made by a concurrent request since our read, or robbed of somebody else's e-mail: not as we have read it.
  const isOutdated = !stored.isNew && (!known || isNewlyProven);
  const before = isOutdated ? await readPerson(database.read, ref) : known;
  const person = withAttributes(before ?? newPerson(stored.contactId, userId), stored.written);
  return toIdentified(person, stored.plan, attributes);
}

interface Work {
  readonly ref: UserRef;
  readonly attributes: Identification['attributes'];
  readonly known: Person | undefined;
  readonly plan: AttributePlan;
  /** How many keys this call may make. */
  readonly room: number;
  readonly claim: Claim;
  readonly now: number;
}

interface Stored {
  readonly contactId: string;
  readonly isNew: boolean;
  readonly plan: AttributePlan;
  readonly written: readonly PlannedAttribute[];
  readonly madeKeys: boolean;
}

/** Every transaction takes its locks in this order, which prevents deadlocks: contact, environment, e-mail, attributes. */
async function store(trx: Kysely<Schema>, live: LiveEnvironment, work: Work): Promise<Stored> {
  const { ref, claim, now } = work;
  const contact = await ensureContact(trx, ref, now);
  await admit(trx, live, { contact, claim, now, isChanging: work.plan.writes.length > 0 });
  const { plan, keys, madeKeys } = await settleKeys(trx, live, work);
  const steps = await toWrites(trx, { plan, keys, claim, contactId: contact.id });
  await saveAttributes(trx, contact.id, { writes: steps.map(({ write }) => write), now });
  if (madeKeys) await bumpRevision(trx, ref.environmentId);
  const written = steps.map(({ planned }) => planned);
  return { contactId: contact.id, isNew: contact.isNew, plan, written, madeKeys };
}

/** Lets a claim act on a contact, and marks what it makes of it. Throws 403 for a verified one without proof. */
async function admit(
  trx: Kysely<Schema>,
  live: LiveEnvironment,
  {
    contact: { id, isVerified },
    claim,
    now,
    isChanging,
  }: {
    readonly contact: KnownContact;
    readonly claim: Claim;
    readonly now: number;
    readonly isChanging: boolean;
  },
): Promise<void> {
  if (claim === 'proven' && !isVerified) await verifyContact(trx, live, { id, now });
  // Asked again under a lock: somebody may have come with a right hash since it was read.
  if (claim === 'bare' && !(await lockUnverified(trx, id))) throw refuseIdentity({});
  // While verification is off anybody may have written this: the mark comes back with the next right hash.
  if (claim === 'unchecked' && isVerified && isChanging) await setVerified(trx, id, null);
}

interface Settled {
  readonly plan: AttributePlan;
  readonly keys: ReadonlyMap<string, AttributeKey>;
  readonly madeKeys: boolean;
}

/**
 * Makes the missing keys. What is missing, and how many fit, is decided again under a lock of the environment: of two
 * calls that both saw room for one more key, one would otherwise exceed the limit.
 */
async function settleKeys(
  trx: Kysely<Schema>,
  live: LiveEnvironment,
  { ref, attributes, known, plan, room, now }: Work,
): Promise<Settled> {
  if (!plan.writes.some(({ isNew }) => isNew)) return { plan, keys: live.attributeKeys, madeKeys: false };

  await lockEnvironment(trx, ref.environmentId);
  const records = await listAttributeKeys(trx, ref.environmentId);
  const present = toMap(records);
  const least = Math.min(room, findKeyRoom(records, now));
  const settled = planFor(known, live, { attributes, keys: present, room: least });
  const fresh = settled.writes.filter(({ isNew }) => isNew);
  const made = toMap(await ensureKeys(trx, ref.environmentId, { keys: fresh, now }));
  const keys = new Map([...present, ...made]);
  // An owner may have made one of them with another type concurrently: then the value is reported as of the wrong type.
  const isAsPlanned = fresh.every(({ key, dataType }) => made.get(key)?.dataType === dataType);
  const final = isAsPlanned ? settled : planFor(known, live, { attributes, keys, room: 0 });
  return { plan: final, keys, madeKeys: fresh.length > 0 };
}

interface WriteStep {
  readonly planned: PlannedAttribute;
  readonly write: AttributeWrite;
}

async function toWrites(
  trx: Kysely<Schema>,
  {
    plan,
    keys,
    claim,
    contactId,
  }: {
    readonly plan: AttributePlan;
    readonly keys: ReadonlyMap<string, AttributeKey>;
    readonly claim: Claim;
    readonly contactId: string;
  },
): Promise<readonly WriteStep[]> {
  const steps: WriteStep[] = [];
  for (const planned of plan.writes) {
    const key = keys.get(planned.key);
    if (key?.dataType !== planned.dataType) continue;
    const { value, number, date } = planned;
    // Of somebody unproven it may be anybody's: it is stored, and keeps nobody from having it.
    const isClaimed = key.key === 'email' && claim === 'proven';
    const write = { attributeKeyId: key.id, value, number, date, isClaimed };
    // Skipped silently: this route is public, and a message would reveal whose address is known here.
    if (isClaimed && (await isClaimedByOther(trx, { ...write, contactId }))) continue;
    steps.push({ planned, write });
  }
  return steps;
}

function planFor(
  known: Person | undefined,
  { languages, environment }: LiveEnvironment,
  {
    attributes,
    keys,
    room,
  }: {
    readonly attributes: Identification['attributes'];
    readonly keys: ReadonlyMap<string, AttributeKey>;
    readonly room: number;
  },
): AttributePlan {
  const onlyKnown = environment.settings.onlyKnownAttributes;
  const current = known?.attributes ?? new Map();
  return planAttributes(attributes, { keys, languages, current, room, onlyKnown });
}

/**
 * Any given e-mail counts as a change: otherwise a second call would distinguish a refused one from an accepted one, and
 * reveal whose address is known here.
 */
function toIdentified(
  person: Person,
  { writes, messages, errors }: AttributePlan,
  attributes: Identification['attributes'],
): Identified {
  return { person, messages, errors, isChanged: writes.length > 0 || attributes.email !== undefined };
}

function newPerson(contactId: string, userId: string): Person {
  const attributes = new Map<string, AttributeEntry>([
    ['userId', { value: userId, number: null, date: null }],
  ]);
  return { contactId, userId, isVerified: false, attributes, displays: [], responses: [] };
}

function withAttributes(person: Person, written: readonly PlannedAttribute[]): Person {
  if (written.length === 0) return person;
  const entries = written.map((planned) => [planned.key, planned] as const);
  return { ...person, attributes: new Map<string, AttributeEntry>([...person.attributes, ...entries]) };
}

function toMap(keys: readonly AttributeKey[]): ReadonlyMap<string, AttributeKey> {
  return new Map(keys.map((key) => [key.key, key]));
}
