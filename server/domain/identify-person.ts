import type { Kysely } from 'kysely';
import { badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import { type AttributeKey, ensureKeys, listAttributeKeys } from '../repo/attribute-keys.ts';
import {
  type AttributeEntry,
  type AttributeWrite,
  ensureContact,
  isValueTaken,
  type Person,
  readPerson,
  saveAttributes,
  type UserRef,
} from '../repo/contacts.ts';
import { bumpRevision, lockEnvironment } from '../repo/environments.ts';
import type { Schema } from '../repo/schema.ts';
import type { CheckedUser } from './check-user.ts';
import {
  type AttributePlan,
  type AttributeValue,
  type PlannedAttribute,
  planAttributes,
} from './plan-attributes.ts';

/** A user id with the attributes that a site sets. */
export interface Identification {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
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
  user: CheckedUser,
): Promise<Identified> {
  if ('attributes' in user) return identifyPerson(context, live, user);
  const ref = { environmentId: live.environment.id, userId: user.userId };
  await context.database.write((trx) => ensureContact(trx, ref, context.now()));
  throw badRequest(`Validation failed: ${user.problem}`);
}

/**
 * Finds or makes the contact of a user id and stores the attributes that differ (client-api.md 4.3): one read, and one
 * write only when something changes. Safe under concurrency of any number of processes: one contact per user id, one key
 * per name, and never more keys than the limit.
 */
export async function identifyPerson(
  { database, cache, now }: ServerContext,
  live: LiveEnvironment,
  { userId, attributes }: Identification,
): Promise<Identified> {
  const ref: UserRef = { environmentId: live.environment.id, userId };
  const known = await readPerson(database.read, ref);
  const plan = planFor(known, live, { attributes, keys: live.attributeKeys });
  if (known && plan.writes.length === 0) return toIdentified(known, plan, attributes);

  const stored = await database.write((trx) =>
    store(trx, live, { ref, attributes, known, plan, now: now() }),
  );
  if (stored.madeKeys) cache.forget(ref.environmentId);

  // Made by a concurrent request since our read: there may be history that we have not read.
  const before = known ?? (stored.isNew ? undefined : await readPerson(database.read, ref));
  const person = withAttributes(before ?? newPerson(stored.contactId, userId), stored.written);
  return toIdentified(person, stored.plan, attributes);
}

interface Work {
  readonly ref: UserRef;
  readonly attributes: Identification['attributes'];
  readonly known: Person | undefined;
  readonly plan: AttributePlan;
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
  const { ref, now } = work;
  const contact = await ensureContact(trx, ref, now);
  const { plan, keys, madeKeys } = await settleKeys(trx, live, work);
  const steps = await toWrites(trx, { plan, keys, contactId: contact.id });
  await saveAttributes(trx, contact.id, { writes: steps.map(({ write }) => write), now });
  if (madeKeys) await bumpRevision(trx, ref.environmentId);
  const written = steps.map(({ planned }) => planned);
  return { contactId: contact.id, isNew: contact.isNew, plan, written, madeKeys };
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
  { ref, attributes, known, plan, now }: Work,
): Promise<Settled> {
  if (!plan.writes.some(({ isNew }) => isNew)) return { plan, keys: live.attributeKeys, madeKeys: false };

  await lockEnvironment(trx, ref.environmentId);
  const present = toMap(await listAttributeKeys(trx, ref.environmentId));
  const settled = planFor(known, live, { attributes, keys: present });
  const fresh = settled.writes.filter(({ isNew }) => isNew);
  const made = toMap(await ensureKeys(trx, ref.environmentId, { keys: fresh, now }));
  const keys = new Map([...present, ...made]);
  // An owner may have made one of them with another type concurrently: then the value is reported as of the wrong type.
  const isAsPlanned = fresh.every(({ key, dataType }) => made.get(key)?.dataType === dataType);
  const final = isAsPlanned ? settled : planFor(known, live, { attributes, keys });
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
    contactId,
  }: {
    readonly plan: AttributePlan;
    readonly keys: ReadonlyMap<string, AttributeKey>;
    readonly contactId: string;
  },
): Promise<readonly WriteStep[]> {
  const steps: WriteStep[] = [];
  for (const planned of plan.writes) {
    const key = keys.get(planned.key);
    if (key?.dataType !== planned.dataType) continue;
    const { value, number, date } = planned;
    // Skipped silently: this route is public, and a message would reveal whose address is known here.
    const isRefused =
      key.key === 'email' && (await isValueTaken(trx, { attributeKeyId: key.id, value, contactId }));
    if (!isRefused) steps.push({ planned, write: { attributeKeyId: key.id, value, number, date } });
  }
  return steps;
}

function planFor(
  known: Person | undefined,
  { languages }: LiveEnvironment,
  {
    attributes,
    keys,
  }: {
    readonly attributes: Identification['attributes'];
    readonly keys: ReadonlyMap<string, AttributeKey>;
  },
): AttributePlan {
  return planAttributes(attributes, { keys, languages, current: known?.attributes ?? new Map() });
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
  return { contactId, userId, attributes, displays: [], responses: [] };
}

function withAttributes(person: Person, written: readonly PlannedAttribute[]): Person {
  if (written.length === 0) return person;
  const entries = written.map((planned) => [planned.key, planned] as const);
  return { ...person, attributes: new Map<string, AttributeEntry>([...person.attributes, ...entries]) };
}

function toMap(keys: readonly AttributeKey[]): ReadonlyMap<string, AttributeKey> {
  return new Map(keys.map((key) => [key.key, key]));
}
