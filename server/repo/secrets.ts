import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/**
 * A secret of the server by name: 256 random bits, created at first use and the same from then on for every process on
 * the database.
 */
export async function readSecret({ read, write }: Database, name: string): Promise<Buffer> {
  const known = await read.selectFrom('secret').select('value').where('name', '=', name).executeTakeFirst();
  const value = known?.value ?? (await write((trx) => makeSecret(trx, name)));
  return Buffer.from(value, 'hex');
}

async function makeSecret(trx: Database['read'], name: string): Promise<string> {
  const value = randomBytes(32).toString('hex');
  // Two processes may create it at once: one insert wins, both read the stored one.
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
