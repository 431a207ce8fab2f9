import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { createDatabase, startPostgres, type TestPostgres } from '../support/postgres.ts';

const PROCESSES = 4;
const CALLS = 64;
// A round takes about a second on a busy machine.
const ROUNDS = process.env.INKLING_PROVE === 'full' ? 50 : 3;
const TIMEOUT_MS = 30_000 + ROUNDS * 5_000;
const MAX_KEYS = 150;
const ENVIRONMENT = 'shared';
const API_KEY = 'a-key-for-many-processes';

let postgres: TestPostgres;
let database: pg.Client;
const servers: BuiltServer[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await createDatabase(postgres.url);
  // All at once: the first start of several processes is tested too.
  await Promise.all(Array.from({ length: PROCESSES }, () => start(url)));
  database = new pg.Client({ connectionString: url });
  await database.connect();
}, 120_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database?.end();
  await postgres?.stop();
});

async function start(url: string): Promise<void> {
  const server = await startBuiltServer({
    env: {
      DATABASE_URL: url,
      INKLING_ENVIRONMENT_ID: ENVIRONMENT,
      INKLING_API_KEY: API_KEY,
      INKLING_RATE_LIMIT: 'off',
    },
  });
  servers.push(server);
}

interface Answer {
  readonly status: number;
  readonly contactId: string | undefined;
  readonly text: string;
}

/** 64 calls at once, 16 to each process. */
function postAll(bodyOf: (index: number) => unknown): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: CALLS }, async (_, index) => {
      const url = `${servers[index % PROCESSES]?.origin}/api/v1/client/${ENVIRONMENT}/user`;
      const reply = await fetch(url, { method: 'POST', body: JSON.stringify(bodyOf(index)) });
      const text = await reply.text();
      return { status: reply.status, text, contactId: JSON.parse(text).data?.state.data.contactId };
    }),
  );
}

async function count(query: string, ...values: string[]): Promise<number> {
  const { rows } = await database.query<{ n: string }>(query, values);
  return Number(rows[0]?.n);
}

const failures = (answers: readonly Answer[]): readonly string[] =>
  answers.filter(({ status }) => status !== 200).map(({ text }) => text);

it(
  `${CALLS} first calls of one person to ${PROCESSES} processes make one contact`,
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const userId = `person-${round}`;
      const answers = await postAll(() => ({ userId, attributes: { plan: 'pro' } }));
      expect(failures(answers)).toEqual([]);
      expect(new Set(answers.map(({ contactId }) => contactId)).size).toBe(1);
      expect(await count('select count(*) as n from contact where user_id = $1', userId)).toBe(1);
    }
  },
  TIMEOUT_MS,
);

it(
  `${CALLS} calls that bring the same new key make one key and lose no value`,
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `fresh_${round}`;
      const answers = await postAll((index) => ({ userId: `${key}-${index}`, attributes: { [key]: index } }));
      expect(failures(answers)).toEqual([]);
      expect(await count('select count(*) as n from attribute_key where key = $1', key)).toBe(1);
      const values = `select count(distinct number_value) as n from contact_attribute a
      join attribute_key k on k.id = a.attribute_key_id where k.key = $1`;
      expect(await count(values, key)).toBe(CALLS);
    }
  },
  TIMEOUT_MS,
);

it(`${CALLS} calls that bring ${CALLS} new keys stop at ${MAX_KEYS} of them`, async () => {
  const all = 'select count(*) as n from attribute_key where environment_id = $1';
  const free = 24;
  // The keys of the rounds before count for another day.
  await database.query('update attribute_key set created_at = created_at - 172800000');
  const missing = MAX_KEYS - free - (await count(all, ENVIRONMENT));
  for (let index = 0; index < missing; index += 1) {
    await fetch(`${servers[0]?.origin}/api/v1/management/contact-attribute-keys`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY },
      body: JSON.stringify({ key: `k${index}`, type: 'custom' }),
    });
  }
  const answers = await postAll((index) => ({
    userId: `many-${index}`,
    attributes: { [`new${index}`]: 'x' },
  }));
  expect(failures(answers)).toEqual([]);
  expect(await count(all, ENVIRONMENT)).toBe(MAX_KEYS);
  expect(answers.filter(({ text }) => text.includes('were not stored'))).toHaveLength(CALLS - free);
});

it('no transactions have deadlocked', async () => {
  const query = 'select deadlocks as n from pg_stat_database where datname = current_database()';
  // Each connection reports at the end of a transaction, at most once a second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await postAll(() => ({ userId: 'reporter', attributes: { plan: String(Math.random()) } }));
  expect(await count(query)).toBe(0);
});
