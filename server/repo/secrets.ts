import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/**
 * A secret of the server by name: 256 random bits, made at its first use and the same ever after for every process on
 * the database.
 */
export async function readSecret({ read, write }: Database, name: string): Promise<Buffer> {
  const known = await read.selectFrom('secret').select('value').where('name', '=', name).executeTakeFirst();
  const value = known?.value ?? (await write((trx) => makeSecret(trx, name)));
  return Buffer.from(value, 'hex');
}

async function makeSecret(trx: Database['read'], name: string): Promise<string> {
  const value = randomBytes(32).toString('hex');
  // Two processes may make it at once: one of them wins, both read what is there.
  await trx
    .insertInto('secret')
    .values({ name, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await trx
    .selectFrom('secret')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.value;
}
