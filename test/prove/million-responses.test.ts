import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import Sqlite from 'better-sqlite3';
import { parse } from 'csv-parse';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts';
import { createDatabase, startPostgres, type TestPostgres } from '../support/postgres.ts';

const isFull = process.env.INKLING_PROVE === 'full';
const ROWS = isFull ? 1_000_000 : 10_000;
/** A short run has fewer and larger rows, so that an export that holds everything in memory still fails. */
const PADDING = isFull ? 100 : 1_500;
const LATE_PAGE = isFull ? 10_000 : 700;
const MAX_PAGE_MS = 50;
/** The limit of the heap, MB: garbage must be collected in time, and a process that holds the table in its heap ends. */
const HEAP_MB = 64;
/** How much memory may grow for ten times as many rows, MB; the table of a million rows is 255 MB. */
const MAX_GROWTH_MB = 25;
/** The limit of data read ahead for a receiver that has read one line. */
const MAX_AHEAD_MB = 15;
const ENVIRONMENT = 'million00000000000000000';
const KEY = 'a-key-for-a-million';
/** Three rows in a row are of the same second. */
const BEGAN_AT = Date.UTC(2026, 0, 1);

/** Texts that people write and that CSV has to escape. */
const TEXTS = [
  'plain', 'with, commas, and "quotes"', 'two\nlines', 'and\r\ntwo', '=HYPERLINK("http://x")', '+49 30', '-1', '@me',
  '\tindented', '', ' ', 'Größe 😀 你好', "'", '"', '""', ',', '\\', '\u2028', 'a;b', '007',
]; // biome-ignore format: a list of texts
const CHOICES = ['One', 'Two, too', '=3', 'The "fourth"', 'Ünf'];

interface Answers {
  readonly text: string;
  readonly choices: readonly string[];
  readonly matrix: Readonly<Record<string, string>>;
  readonly score: number;
  readonly extra: string;
}

/** The answers; their number is a prime. */
const SAMPLES = Array.from({ length: 101 }, (_, n): Answers => {
  const text = TEXTS[n % TEXTS.length] ?? '';
  return {
    text: n % 3 === 0 ? `${text}${'x'.repeat(PADDING)}` : text,
    choices: CHOICES.slice(0, n % 6),
    matrix: { 'Row "1"': CHOICES[n % 5] ?? '', 'Row, 2': 'b' },
    score: n % 11,
    extra: 'y'.repeat(n % 2 === 0 ? PADDING : 1),
  };
});

const elements = [
  { id: 'text', type: 'openText', headline: { default: 'What, exactly?' }, required: false },
  {
    id: 'choices',
    type: 'multipleChoiceMulti',
    headline: { default: 'Which?' },
    required: false,
    choices: CHOICES.map((label, index) => ({ id: `c${index}`, label: { default: label } })),
  },
  { id: 'score', type: 'nps', headline: { default: 'How likely?' }, required: false },
  {
    id: 'matrix',
    type: 'matrix',
    headline: { default: 'Each' },
    required: false,
    rows: ['Row "1"', 'Row, 2'].map((label, index) => ({ id: `r${index}`, label: { default: label } })),
    columns: [...CHOICES, 'b'].map((label, index) => ({ id: `m${index}`, label: { default: label } })),
  },
];

describe.each(['sqlite', 'postgres'] as const)(`${ROWS} responses on %s`, (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-million-'));
  let postgres: TestPostgres | undefined;
  let server: BuiltServer;
  let url: string;
  let surveyId: string;

  beforeAll(async () => {
    if (kind === 'postgres') postgres = await startPostgres();
    const file = join(folder, 'million.db');
    const databaseUrl = postgres ? await createDatabase(postgres.url) : `sqlite:${file}`;
    server = await startBuiltServer({
      nodeArgs: [`--max-old-space-size=${HEAP_MB}`],
      env: {
        DATABASE_URL: databaseUrl,
        FILES_URL: `file:${join(folder, 'files')}`,
        INKLING_ENVIRONMENT_ID: ENVIRONMENT,
        INKLING_API_KEY: KEY,
        INKLING_RATE_LIMIT: 'off',
      },
    });
    url = `${server.origin}/api/v1`;
    const made = await fetch(`${url}/management/surveys`, {
      method: 'POST',
      headers: { 'x-api-key': KEY },
      body: JSON.stringify({
        environmentId: ENVIRONMENT,
        name: 'Many',
        type: 'app',
        status: 'draft',
        blocks: [{ id: 'b1', name: 'Block', elements }],
        hiddenFields: { enabled: true, fieldIds: ['extra'] },
      }),
    });
    const text = await made.text();
    if (!made.ok) throw new Error(text);
    const { data } = JSON.parse(text) as { data: { id: string } };
    surveyId = data.id;
    if (postgres) await fillPostgres(databaseUrl, surveyId);
    else fillSqlite(file, surveyId);
  }, 900_000);

  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const get = (path: string, accept = 'application/json'): Promise<Response> =>
    fetch(url + path, { headers: { 'x-api-key': KEY, accept } });
  const memoryMb = (): number => {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };
  const open = async (path: string, accept: string): Promise<Readable> => {
    const reply = await get(path, accept);
    expect(reply.status).toBe(200);
    return Readable.fromWeb(reply.body as ReadableStream);
  };

  it('are exported as a table in constant memory, and the table says what the lines of JSON say', async () => {
    const file = join(folder, 'table.csv');
    /** The peak of the server's memory, MB, during an export of so many rows. */
    const peakOf = async (rows: number): Promise<number> => {
      let peak = memoryMb();
      const watch = setInterval(() => {
        peak = Math.max(peak, memoryMb());
      }, 20);
      await pipeline(await open(`/management/responses?limit=${rows}`, 'text/csv'), createWriteStream(file));
      clearInterval(watch);
      return peak;
    };
    // The same work as ten tables; it also brings the heap to its working size.
    let few = 0;
    for (let n = 0; n < 10; n += 1) few = Math.max(few, await peakOf(ROWS / 10));
    const began = performance.now();
    const all = await peakOf(ROWS);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const megabytes = (statSync(file).size / 1024 / 1024).toFixed(0);
    console.log(
      `${kind}: ${ROWS} rows, ${megabytes} MB as a table in ${seconds} s, server ${all.toFixed(0)} MB at most, ` +
        `${few.toFixed(0)} MB for ten of a tenth`,
    );
    expect(all - few).toBeLessThan(MAX_GROWTH_MB);

    const table = createReadStream(file).pipe(parse({ bom: true, columns: true }));
    const lines = createInterface({ input: await open('/management/responses', 'application/x-ndjson') });
    const rows = table[Symbol.asyncIterator]() as AsyncIterator<Record<string, string>>;
    let count = 0;
    let last = '';
    for await (const line of lines) {
      const response = JSON.parse(line) as Wire;
      const { value } = await rows.next();
      // Faster than an assertion for each of a million rows.
      const told = JSON.stringify(fromTable(value));
      const expected = JSON.stringify(fromWire(response));
      if (told !== expected) expect(told).toBe(expected);
      const place = response.createdAt + response.id;
      if (count > 0 && !(place < last)) expect(place < last, `${place} after ${last}`).toBe(true);
      last = place;
      count += 1;
    }
    expect(await rows.next()).toMatchObject({ done: true });
    expect(count).toBe(ROWS);
  }, 900_000);

  it('are not read ahead for a receiver that does not read', async () => {
    const before = memoryMb();
    const stream = await open('/management/responses', 'application/x-ndjson');
    for await (const _ of stream) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(memoryMb() - before).toBeLessThan(MAX_AHEAD_MB);
    stream.destroy();
  });

  it.each([
    ['of a survey', () => `surveyId=${surveyId}&`],
    ['of the environment', () => ''],
  ])('page 1 and a late page of a filtered list %s come at once', async (_name, scope) => {
    const createdAfter = new Date(BEGAN_AT + 60_000).toISOString();
    const figures: string[] = [];
    for (const limit of [10, 50]) {
      for (const page of [1, LATE_PAGE]) {
        const skip = (page - 1) * limit;
        // Every fifth is not finished.
        if (skip + limit > ROWS * 0.79) continue;
        const query = `${scope()}finished=true&createdAfter=${createdAfter}&limit=${limit}&skip=${skip}`;
        const times: number[] = [];
        for (let n = 0; n < 11; n += 1) {
          const began = performance.now();
          const reply = await get(`/management/responses?${query}`);
          const { data } = (await reply.json()) as { data: readonly Wire[] };
          times.push(performance.now() - began);
          expect(data.map(({ id }) => id)).toEqual(finishedIds(skip, limit));
        }
        const median = times.sort((a, b) => a - b)[5] ?? Number.NaN;
        figures.push(`page ${page} of ${limit}: ${median.toFixed(1)} ms`);
        // For late pages the figure is only printed: every index entry before them is read, half a million for page
        // 10,000 of 50.
        if (limit === 10) expect(median, figures.at(-1)).toBeLessThan(MAX_PAGE_MS);
      }
    }
    console.log(`${kind}, ${_name}: ${figures.join(', ')}`);
  });
});

interface Wire {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly surveyId: string;
  readonly finished: boolean;
  readonly contact: { readonly id: string; readonly userId?: string } | null;
  readonly data: Answers;
}

/** The fields that both formats share, as texts. */
function fromWire({ id, createdAt, updatedAt, surveyId, finished, contact, data }: Wire): readonly string[] {
  const { text, choices, score, matrix, extra } = data;
  const cells = Object.entries(matrix).map(([row, column]) => `${row}: ${column}`);
  return [
    ...[id, createdAt, updatedAt, surveyId, String(finished), contact?.userId ?? '', contact?.id ?? ''],
    ...[text, choices.join('; '), String(score), cells.join('; '), extra],
  ];
}

function fromTable(row: Readonly<Record<string, string>>): readonly string[] {
  const titles = [
    'Response ID',
    'Created at',
    'Updated at',
    'Survey ID',
    'Finished',
    'User ID',
    'Contact ID',
  ];
  const answers = ['What, exactly?', 'Which?', 'How likely?', 'Each', 'extra'];
  // The apostrophe keeps spreadsheets from evaluating a formula.
  return [...titles, ...answers].map((title) =>
    (row[title] ?? 'missing').replace(/(^|;)'(?=\s*[=+\-@\s])/g, '$1'),
  );
}

const toId = (n: number): string => `r${String(n).padStart(23, '0')}`;

/** Newest first; every fifth is not finished. */
function finishedIds(skip: number, limit: number): readonly string[] {
  return Array.from({ length: limit }, (_, index) => {
    const nth = skip + index;
    return toId(ROWS - 1 - (nth + Math.floor(nth / 4)));
  });
}

const CONTACTS = 1_000;

/** One statement that makes all rows of `series(n)` and `sample(n, data)`. */
function toInsert(surveyId: string, id: string): string {
  return `insert into response (id, created_at, updated_at, environment_id, survey_id, contact_id, finished, data,
      variables, ttc, meta)
    select ${id}, ${BEGAN_AT} + (series.n / 3) * 1000, ${BEGAN_AT} + series.n, '${ENVIRONMENT}', '${surveyId}',
      case when series.n % 10 = 0 then 'c' || (series.n % ${CONTACTS}) end,
      case when series.n % 5 = 0 then 0 else 1 end, sample.data, '{}', '{}', '{}'
    from series join sample on sample.n = series.n % ${SAMPLES.length}`;
}

function fillSqlite(file: string, surveyId: string): void {
  const database = new Sqlite(file);
  database.pragma('synchronous = off');
  database.exec('create temp table sample (n integer primary key, data text not null)');
  const sample = database.prepare('insert into sample values (?, ?)');
  for (const [n, one] of SAMPLES.entries()) sample.run(n, JSON.stringify(one));
  const contact = database.prepare(
    'insert into contact (id, created_at, updated_at, environment_id, user_id) values (?, 0, 0, ?, ?)',
  );
  for (let n = 0; n < CONTACTS; n += 1) contact.run(`c${n}`, ENVIRONMENT, `user, ${n}`);
  const series = `with recursive series (n) as (select 0 union all select n + 1 from series where n < ${ROWS - 1}) `;
  database.exec(series + toInsert(surveyId, "'r' || printf('%023d', series.n)"));
  database.close();
}

async function fillPostgres(url: string, surveyId: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create temp table sample (n integer primary key, data text not null)');
  for (const [n, one] of SAMPLES.entries()) {
    await client.query('insert into sample values ($1, $2)', [n, JSON.stringify(one)]);
  }
  await client.query(
    `insert into contact (id, created_at, updated_at, environment_id, user_id)
       select 'c' || n, 0, 0, $1, 'user, ' || n from generate_series(0, ${CONTACTS - 1}) n`,
    [ENVIRONMENT],
  );
  await client.query(`create temp table series as select n::bigint from generate_series(0, ${ROWS - 1}) n`);
  await client.query(toInsert(surveyId, "'r' || lpad(series.n::text, 23, '0')"));
  // As autovacuum does in time: queries that an index alone can answer are possible from then on.
  await client.query('vacuum analyze response');
  await client.end();
}
