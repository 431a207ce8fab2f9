import type { Kysely } from 'kysely';
import type { WireContactExport } from '../../src/wire/management-reply.ts';
import type { ServerContext } from '../context/context.ts';
import { fileKeysOf } from '../files/file-keys.ts';
import { toWireResponse } from '../replies/response-wire.ts';
import { toInstant, withAbsoluteUrls } from '../replies/wire.ts';
import { type ContactRecord, deleteContact } from '../repo/contact-lists.ts';
import { deleteDisplays, listDisplaysOfContact } from '../repo/displays.ts';
import { addFileRemovals, deleteFileRemovals, listFileRemovals } from '../repo/file-removals.ts';
import { deleteResponses, listResponsesOfContact, type ResponseRecord } from '../repo/responses.ts';
import type { Schema } from '../repo/schema.ts';
import { deleteStoredFiles } from '../repo/stored-files.ts';
import { deleteDeliveriesOf } from '../repo/webhook-deliveries.ts';

/**
 * Erases a contact: attributes, displays, responses, the files they refer to, and their webhook deliveries. The files are
 * listed for removal in the same transaction, so that a crash in between leaves no file behind.
 */
export async function eraseContact(context: ServerContext, { id }: ContactRecord): Promise<void> {
  const erased = await context.database.write(async (trx) => {
    const [responses, displays] = [
      await listResponsesOfContact(trx, id),
      await listDisplaysOfContact(trx, id),
    ];
    const files = responses.flatMap(fileKeysOf);
    await addFileRemovals(trx, files);
    await deleteDeliveriesOf(trx, { contactId: id, responseIds: responses.map((one) => one.id) });
    await deleteContact(trx, id);
    return { responses: responses.length, displays: displays.length, files: files.length };
  });
  await removeFiles(context);
  await context.database.scrub();
  // Counts only, no personal data.
  context.log.info('contact erased', erased);
}

/** Deletes responses with their displays and deliveries, and lists their files for removal. */
export async function eraseResponses(
  trx: Kysely<Schema>,
  responses: readonly ResponseRecord[],
): Promise<void> {
  const ids = responses.map(({ id }) => id);
  await addFileRemovals(trx, responses.flatMap(fileKeysOf));
  await deleteDeliveriesOf(trx, { responseIds: ids });
  await deleteResponses(trx, ids);
  await deleteDisplays(
    trx,
    responses.flatMap(({ displayId }) => (displayId === null ? [] : [displayId])),
  );
}

/** Removes the files that are listed for removal. After a failure the rest is tried again at the next call. Never rejects. */
export async function removeFiles({ database, files, log }: ServerContext): Promise<void> {
  if (!files) return;
  try {
    for (;;) {
      const keys = await listFileRemovals(database.read);
      if (keys.length === 0) return;
      for (const key of keys) await files.remove(key);
      await database.write(async (trx) => {
        await deleteFileRemovals(trx, keys);
        await deleteStoredFiles(trx, keys);
      });
    }
  } catch (error) {
    log.warn('files of erased answers not removed yet', { error });
  }
}

/** Lists displays and responses of a contact, for an export of all that is stored about them. */
export async function exportContact(
  { database, addresses }: ServerContext,
  { id }: ContactRecord,
): Promise<Pick<WireContactExport, 'displays' | 'responses'>> {
  const [displays, responses] = await Promise.all([
    listDisplaysOfContact(database.read, id),
    listResponsesOfContact(database.read, id),
  ]);
  return {
    displays: displays.map((display) => ({
      id: display.id,
      surveyId: display.surveyId,
      createdAt: toInstant(display.createdAt),
    })),
    responses: responses.map((response) => withAbsoluteUrls(toWireResponse(response), addresses.base)),
  };
}
