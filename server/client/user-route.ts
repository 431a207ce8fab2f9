import type { Context } from 'hono';
import type * as z from 'zod';
import { attributesSchema, emailSchema, userIdSchema } from '../../src/wire/user-schema.ts';
import { readJson } from '../http/body.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { ensureKeys } from '../repo/attribute-keys.ts';
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
import { bumpRevision } from '../repo/environments.ts';
import type { ServerContext } from './context.ts';
import type { LiveEnvironment } from './environment-cache.ts';
import { toLegacyCode } from './language-codes.ts';
import {
  type AttributePlan,
  type AttributeValue,
  type PlannedAttribute,
  planAttributes,
} from './plan-attributes.ts';

interface UserRequest {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/**
 * `POST …/user` (client-api.md 3.7): makes or finds the contact, stores attributes that differ, and tells which
 * segments the person is in now. One read, and one write only when something changes.
 */
export function userRoute(context: ServerContext): Route['handle'] {
  return async (c: Context) => {
    const id = pathParam(c, 'environmentId').trim();
    if (!/^[0-9a-z]+$/.test(id)) throw badRequest('Invalid workspace ID format');
    const live = await context.cache.find(id);
    if (!live) throw notFound('Workspace', id);
    const request = checkRequest(await readJson(c));
    const { person, plan } = await identify(context, live, request);
    return ok(c, toReply(context, live, { person, plan }));
  };
}

function checkRequest(body: unknown): UserRequest {
  const { userId, attributes } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  if (typeof userId !== 'string' || userId === '')
    throw badRequest('userId is required and must be a string');
  const checkedId = userIdSchema.safeParse(userId);
  if (!checkedId.success) throw badRequest(`Validation failed: userId: ${firstMessage(checkedId.error)}`);
  // Anything but an object counts as no attributes at all.
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) {
    return { userId, attributes: {} };
  }

  const { email } = attributes as Record<string, unknown>;
  if (email !== undefined && (typeof email !== 'string' || email.length < 3 || !email.includes('@'))) {
    throw badRequest('Invalid email format');
  }
  if (email !== undefined && !emailSchema.safeParse(email).success) {
    throw badRequest('Validation failed: email: Invalid email address');
  }
  const checked = attributesSchema.safeParse(attributes);
  if (!checked.success) throw badRequest(`Validation failed: ${firstMessage(checked.error)}`);
  return { userId, attributes: checked.data };
}

function firstMessage(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? [...issue.path.map(String), issue.message].join(': ') : 'invalid';
}

interface Identified {
  readonly person: Person;
  readonly plan: AttributePlan;
}

async function identify(
  { database, cache, now }: ServerContext,
  live: LiveEnvironment,
  { userId, attributes }: UserRequest,
): Promise<Identified> {
  const ref: UserRef = { environmentId: live.environment.id, userId };
  const known = await readPerson(database.read, ref);
  const plan = planAttributes(attributes, {
    keys: live.attributeKeys,
    current: known?.attributes ?? new Map(),
    languages: live.languages,
  });
  if (known && plan.writes.length === 0) return { person: known, plan };

  const makesKeys = plan.writes.some((write) => write.isNew);
  const stored = await database.write(async (trx) => {
    const contact = await ensureContact(trx, ref, now());
    const { writes, clashes } = await toWrites(trx, live, { plan, contactId: contact.id, now: now() });
    await saveAttributes(trx, contact.id, { writes: writes.map(({ write }) => write), now: now() });
    if (makesKeys) await bumpRevision(trx, ref.environmentId);
    return { contact, written: writes.map(({ planned }) => planned), clashes };
  });
  if (makesKeys) cache.forget(ref.environmentId);

  const messages = [...plan.messages, ...stored.clashes];
  // Made by somebody else since our look: there may be history that we have not seen.
  const before = known ?? (stored.contact.isNew ? undefined : await readPerson(database.read, ref));
  const person = before ?? newPerson(stored.contact.id, userId);
  return { person: withAttributes(person, stored.written), plan: { ...plan, messages } };
}

interface WriteStep {
  readonly planned: PlannedAttribute;
  readonly write: AttributeWrite;
}

/** Finds or makes the keys; drops an e-mail that another contact has, and what a key made meanwhile refuses. */
async function toWrites(
  trx: Parameters<typeof ensureContact>[0],
  live: LiveEnvironment,
  {
    plan,
    contactId,
    now,
  }: { readonly plan: AttributePlan; readonly contactId: string; readonly now: number },
): Promise<{ readonly writes: readonly WriteStep[]; readonly clashes: readonly string[] }> {
  const fresh = plan.writes.filter((planned) => planned.isNew);
  const made = await ensureKeys(trx, live.environment.id, { keys: fresh, now });
  const keys = new Map([...live.attributeKeys, ...made.map((key) => [key.key, key] as const)]);

  const writes: WriteStep[] = [];
  const clashes: string[] = [];
  for (const planned of plan.writes) {
    const key = keys.get(planned.key);
    if (!key) continue;
    if (key.dataType !== planned.dataType) {
      clashes.push(`Attribute "${key.key}" has the type ${key.dataType} and was not changed`);
      continue;
    }
    const { value, number, date } = planned;
    // Silently: this route is public, and a message would tell anybody whose address is known here.
    if (key.key === 'email' && (await isValueTaken(trx, { attributeKeyId: key.id, value, contactId })))
      continue;
    writes.push({ planned, write: { attributeKeyId: key.id, value, number, date } });
  }
  return { writes, clashes };
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

function toReply(
  { now, lifetimes }: ServerContext,
  live: LiveEnvironment,
  { person, plan }: Identified,
): unknown {
  const language = person.attributes.get('language')?.value;
  const displays = person.displays.map(({ surveyId, createdAt }) => ({
    surveyId,
    createdAt: new Date(createdAt).toISOString(),
  }));
  return {
    state: {
      data: {
        contactId: person.contactId,
        userId: person.userId,
        segments: live.liveSegments.filter(({ isMember }) => isMember(person)).map(({ id }) => id),
        displays,
        responses: person.responses.map(({ surveyId }) => surveyId),
        lastDisplayAt: displays[0]?.createdAt ?? null,
        ...(language ? { language: toLegacyCode(language) } : {}),
      },
      expiresAt: new Date(now() + lifetimes.userMs).toISOString(),
    },
    ...(plan.messages.length > 0 ? { messages: plan.messages } : {}),
    ...(plan.errors.length > 0 ? { errors: plan.errors } : {}),
  };
}
