import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../server/repo/schema.ts';

/** What must hold whatever was sent; each query finds the rows that break it. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  'a display in another environment than its survey':
    'select d.id from display d join survey s on s.id = d.survey_id where s.environment_id <> d.environment_id',
  'a display of a contact elsewhere':
    'select d.id from display d join contact c on c.id = d.contact_id where c.environment_id <> d.environment_id',
  'a response in another environment than its survey':
    'select r.id from response r join survey s on s.id = r.survey_id where s.environment_id <> r.environment_id',
  'a response of a contact elsewhere':
    'select r.id from response r join contact c on c.id = r.contact_id where c.environment_id <> r.environment_id',
  'a response to another display than one of its survey': `select r.id from response r join display d on d.id = r.display_id
     where d.environment_id <> r.environment_id or d.survey_id <> r.survey_id`,
  'a response of somebody else than its display': `select r.id from response r join display d on d.id = r.display_id
     where d.contact_id is not null and (r.contact_id is null or r.contact_id <> d.contact_id)`,
  'two responses of one display':
    'select display_id as id from response where display_id is not null group by display_id having count(*) > 1',
  'a single-use id used twice': `select survey_id as id from response where single_use_id is not null
     group by survey_id, single_use_id having count(*) > 1`,
  'an attribute of a key elsewhere': `select a.contact_id as id from contact_attribute a join contact c on c.id = a.contact_id
     join attribute_key k on k.id = a.attribute_key_id where k.environment_id <> c.environment_id`,
  'a trigger elsewhere': `select t.survey_id as id from survey_trigger t join survey s on s.id = t.survey_id
     join action_class a on a.id = t.action_class_id where a.environment_id <> s.environment_id`,
  'a segment elsewhere':
    'select s.id from survey s join segment g on g.id = s.segment_id where g.environment_id <> s.environment_id',
  'two people of one name':
    'select user_id as id from contact where user_id is not null group by environment_id, user_id having count(*) > 1',
  'an e-mail of two people': `select a.value as id from contact_attribute a join attribute_key k on k.id = a.attribute_key_id
     where k.key = 'email' group by k.id, a.value having count(*) > 1`,
  'too many attribute keys of an owner':
    'select environment_id as id from attribute_key where owned = 1 group by environment_id having count(*) > 150',
  'too many attribute keys that identifications made':
    'select environment_id as id from attribute_key where owned = 0 group by environment_id having count(*) > 60',
  'a number attribute without a number': `select a.value as id from contact_attribute a join attribute_key k on k.id = a.attribute_key_id
     where k.data_type = 'number' and a.number_value is null`,
  'a flag that is neither 0 nor 1': 'select id from response where finished not in (0, 1)',
};

const JSON_COLUMNS = [
  ['environment', 'settings'],
  ['action_class', 'no_code_config'],
  ['segment', 'filters'],
  ['survey', 'document'],
  ['response', 'data'],
  ['response', 'variables'],
  ['response', 'ttc'],
  ['response', 'meta'],
  ['response', 'contact_attributes'],
] as const;

const DAY_MS = 86_400_000;

/** Looks for rows that break an invariant; each is told in one line. */
export async function findViolations(db: Kysely<Schema>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [what, query] of Object.entries(FORBIDDEN)) {
    const { rows } = await sql.raw<{ readonly id: string }>(query).execute(db);
    found.push(...rows.map(({ id }) => `${what}: ${id}`));
  }
  for (const [table, column] of JSON_COLUMNS) {
    const query = `select id, ${column} as text from ${table} where ${column} is not null`;
    const { rows } = await sql.raw<{ readonly id: string; readonly text: string }>(query).execute(db);
    for (const { id, text } of rows) {
      const value = parse(text);
      if (value === undefined) found.push(`${table}.${column} is not JSON: ${id}`);
      if (column === 'ttc' && Object.values(value ?? {}).some((ms) => !isTime(ms))) {
        found.push(`${table}.${column} out of range: ${id}`);
      }
    }
  }
  return found;
}

/** The sum of several elements may be longer than a day. */
function isTime(ms: unknown): boolean {
  return typeof ms === 'number' && ms >= 0 && ms <= DAY_MS * 1_000;
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
