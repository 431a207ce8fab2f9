import { parse } from 'csv-parse/sync';
import { beforeAll, expect, it } from 'vitest';
import { addSurvey, addTenant, clientId, describeServer, type Tenant } from '../support.ts';

const PATH = '/api/v1/management/responses';
const ELEMENTS = [
  { id: 'q1', type: 'openText', headline: { default: '<p>Why, "really"?</p>' }, required: false },
  {
    id: 'q2',
    type: 'multipleChoiceMulti',
    headline: { default: 'Which?' },
    required: false,
    choices: [
      { id: 'a', label: { default: 'Red' } },
      { id: 'b', label: { default: 'Blue' } },
    ],
  },
  { id: 'q3', type: 'openText', headline: { default: 'Which?' }, required: false },
];

const LINE = { show: true, required: false, placeholder: { default: 'A' } };

describeServer('responses sent by an owner', (server) => {
  let own: Tenant;
  let surveyId: string;
  beforeAll(async () => {
    own = await addTenant(server);
    surveyId = await addSurvey(server, own, {
      status: 'completed',
      blocks: [{ id: 'b1', name: 'B', elements: ELEMENTS }],
      hiddenFields: { enabled: true, fieldIds: ['campaign'] },
      variables: [{ id: 'v1', name: 'score', type: 'number', value: 0 }],
    });
  });
  const send = (method: string, path: string, body?: unknown, accept?: string) =>
    server.send(method, path, body, { 'x-api-key': own.key, ...(accept ? { accept } : {}) });
  const add = async (json: object = {}) =>
    (await send('POST', PATH, { surveyId, finished: true, data: {}, ...json })).body.data;
  const list = async (query: string) =>
    (await send('GET', `${PATH}?surveyId=${surveyId}&${query}`)).body.data;

  it('are stored whatever the status of the survey, with their original time', async () => {
    const stored = await add({
      createdAt: '2020-05-06T07:08:09.123+02:00',
      data: { q1: 'a' },
      ttc: { q1: -4, q2: 1e12 },
    });
    expect(stored).toMatchObject({
      createdAt: '2020-05-06T05:08:09.123Z',
      updatedAt: '2020-05-06T05:08:09.123Z',
      ttc: { q1: 0, q2: 86_400_000, _total: 86_400_000 },
      contact: null,
      contactAttributes: null,
    });
    const both = await add({ createdAt: '2020-01-01', updatedAt: '2021-01-01' });
    expect([both.createdAt, both.updatedAt]).toEqual([
      '2020-01-01T00:00:00.000Z',
      '2021-01-01T00:00:00.000Z',
    ]);
    expect((await add({ createdAt: null })).createdAt).toBe(new Date(server.clock.now).toISOString());
  });

  it('are linked to a known contact with a snapshot of attributes, and make no contact', async () => {
    const userId = clientId();
    expect((await add({ userId })).contact).toBeNull();
    const client = `/api/v1/client/${own.id}`;
    await send('POST', `${client}/user`, { userId, attributes: { plan: 'free' } });
    const stored = await add({ userId });
    expect(stored.contact).toEqual({ id: expect.any(String), userId });
    await send('POST', `${client}/user`, { userId, attributes: { plan: 'pro' } });
    const read = (await send('GET', `${PATH}/${stored.id}`)).body.data;
    expect(read.contactAttributes).toEqual({ userId, plan: 'free' });
    expect((await list(`contactId=${stored.contact.id}`)).map(({ id }: { id: string }) => id)).toEqual([
      stored.id,
    ]);
  });

  it('use a display once and a single-use id once', async () => {
    const open = await addSurvey(server, own);
    const { body } = await send('POST', `/api/v1/client/${own.id}/displays`, { surveyId: open });
    const json = { surveyId: open, finished: true, data: {}, displayId: body.data.id };
    expect((await send('POST', PATH, json)).status).toBe(200);
    expect((await send('POST', PATH, json)).status).toBe(400);
    const elsewhere = (await send('POST', `/api/v1/client/${own.id}/displays`, { surveyId: open })).body.data
      .id;
    expect((await send('POST', PATH, { ...json, surveyId, displayId: elsewhere })).status).toBe(400);
    const single = { surveyId, finished: true, data: {}, singleUseId: clientId() };
    expect((await send('POST', PATH, single)).status).toBe(200);
    expect((await send('POST', PATH, single)).status).toBe(409);
  });

  it('are merged key by key, may be reopened, and have their total time once', async () => {
    const { id } = await add({ data: { q1: 'a', q2: ['Red'] }, ttc: { q1: 5 }, endingId: 'end1' });
    const put = async (json: object) => (await send('PUT', `${PATH}/${id}`, json)).body.data;
    expect(await put({ data: { q1: 'b', extra: 1 }, ttc: { q2: 7 }, finished: true })).toMatchObject({
      data: { q1: 'b', q2: ['Red'], extra: 1 },
      ttc: { q1: 5, q2: 7, _total: 12 },
      endingId: 'end1',
    });
    expect((await put({ finished: true })).ttc._total).toBe(12);
    expect(await put({ finished: false, endingId: null })).toMatchObject({ finished: false, endingId: null });
    expect((await put({})).ttc).toEqual({ q1: 5, q2: 7 });
    expect((await send('PUT', `${PATH}/${id}`, { data: { q2: ['Green'] } })).body.details).toEqual({
      'response.data.q2': expect.any(String),
    });
  });

  it('are filtered by time and by whether they are finished', async () => {
    const survey = await addSurvey(server, own);
    const days = ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-04'];
    for (const [index, createdAt] of days.entries())
      await add({ surveyId: survey, createdAt, finished: index % 2 === 0 });
    const find = async (query: string) =>
      (await send('GET', `${PATH}?surveyId=${survey}&${query}`)).body.data.map(
        ({ createdAt }: { createdAt: string }) => createdAt.slice(8, 10),
      );
    expect(await find('')).toEqual(['04', '03', '02', '01']);
    expect(await find('finished=true')).toEqual(['03', '01']);
    expect(await find('finished=false&limit=1')).toEqual(['04']);
    expect(await find('createdAfter=2020-01-02')).toEqual(['04', '03']);
    expect(await find('createdBefore=2020-01-02T00:00:00.001Z')).toEqual(['02', '01']);
    expect(await find('createdAfter=2020-01-01&createdBefore=2020-01-04&skip=1')).toEqual(['02']);
    expect(await find('limit=0')).toEqual([]);
  });

  it('are exported as CSV that spreadsheets read without evaluating formulas', async () => {
    const survey = await addSurvey(server, own, {
      blocks: [{ id: 'b1', name: 'B', elements: ELEMENTS }],
      hiddenFields: { enabled: true, fieldIds: ['campaign'] },
      variables: [{ id: 'v1', name: 'score', type: 'number', value: 0 }],
    });
    const answers = [
      { data: { q1: '=1+1', q2: ['Red', 'Blue'] }, variables: { v1: -5 } },
      { data: { q1: '+49 1', q3: '-x', campaign: '@sum' } },
      { data: { q1: 'a "quote", a comma\r\nand a line', other: { row: 'column' } } },
      { data: { q1: '', q2: [] } },
    ];
    for (const [index, answer] of answers.entries()) {
      await add({ surveyId: survey, createdAt: `2020-01-0${index + 1}`, ...answer });
    }
    const reply = await server.app.request(`${PATH}?surveyId=${survey}`, {
      headers: { 'x-api-key': own.key, accept: 'text/csv' },
    });
    expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="responses.csv"');
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [titles, ...rows] = parseCsv(bytes.toString('utf8').slice(1));
    expect(titles).toEqual([
      'Response ID', 'Created at', 'Updated at', 'Survey ID', 'Finished', 'User ID', 'Contact ID', 'Language', 'Ending',
      'URL', 'Source', 'Country', 'Browser', 'OS', 'Device', 'Why, "really"?', 'Which?', 'Which? (2)', 'campaign', 'score',
      'Other answers', 'Contact attributes',
    ]); // biome-ignore format: a list of words
    const cells = rows.map((row) => row.slice(15, 21));
    expect(cells).toEqual([
      ['', '', '', '', '', ''],
      ['a "quote", a comma\r\nand a line', '', '', '', '', '{"other":{"row":"column"}}'],
      ["'+49 1", '', "'-x", "'@sum", '', ''],
      ["'=1+1", 'Red; Blue', '', '', '-5', ''],
    ]);
  });

  it('are exported without a formula in any column or title, however a program splits the lines', async () => {
    const texts = [
      '=1+1',
      '＝1+1',
      'x;=1+1',
      ' \u200b+1+1',
      '"@SUM(1)',
      'x\t-1+1',
      'x|＋1+1',
      'x\n=1+1',
      '\ufeff=1+1',
    ];
    for (const text of texts) {
      const element = (id: string, more: object) => ({
        id,
        headline: { default: `${text} ${id}` },
        required: false,
        ...more,
      });
      const survey = await addSurvey(server, own, {
        name: text,
        blocks: [
          {
            id: 'b1',
            elements: [
              element('q1', { type: 'openText' }),
              element('q2', {
                type: 'address',
                addressLine1: LINE,
                addressLine2: LINE,
                city: LINE,
                state: LINE,
                zip: LINE,
                country: LINE,
              }),
              element('q3', {
                type: 'matrix',
                rows: [{ id: 'r', label: { default: 'R' } }],
                columns: [{ id: 'c', label: { default: 'C' } }],
              }),
            ],
          },
        ],
        hiddenFields: { enabled: true, fieldIds: [text] },
        variables: [{ id: 'v1', name: 'label', type: 'text', value: '' }],
      });
      const userId = `${text}${clientId()}`;
      await send('POST', `/api/v1/client/${own.id}/user`, { userId, attributes: { plan: text } });
      await add({
        ...{ surveyId: survey, userId, language: text, endingId: text, variables: { v1: text } },
        data: {
          q1: text,
          q2: ['x', text, ''],
          q3: { [text]: text },
          [text]: [text, text],
          more: text,
          [`${text}2`]: text,
        },
        meta: {
          url: text,
          source: text,
          country: text,
          userAgent: { browser: text, os: text, device: text },
        },
      });
      const csv = (await send('GET', `${PATH}?surveyId=${survey}`, undefined, 'text/csv')).text;
      const rows = parse(csv.replace(/^\ufeff/, ''), {
        record_delimiter: '\r\n',
      }) as readonly (readonly string[])[];
      expect(rows.map((row) => row.length)).toEqual([22, 22]);
      const splits = [
        ...rows.flat(),
        ...[';', '\t', '|'].flatMap((delimiter) =>
          (
            parse(csv, {
              ...{ delimiter, quote: false, relax_column_count: true },
              record_delimiter: ['\r\n', '\n', '\r'],
            }) as readonly (readonly string[])[]
          ).flat(),
        ),
      ];
      expect(
        splits.filter((cell) => /^[\s\p{C}"]*[=+\-@＝＋－＠]/u.test(cell)),
        text,
      ).toEqual([]);
    }
  });

  it('are streamed as NDJSON in pages, none twice and none missing, while others are added and deleted', async () => {
    const survey = await addSurvey(server, own);
    // Many of one instant: pages break between them.
    for (let count = 0; count < 1100; count += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () =>
          add({
            surveyId: survey,
            createdAt: count < 700 ? '2020-01-01' : '2020-01-02',
            data: { q1: `${count}` },
          }),
        ),
      );
    }
    const all = (await send('GET', `${PATH}?surveyId=${survey}&limit=2000`)).body.data;
    expect(all).toHaveLength(1100);
    const reply = await send('GET', `${PATH}?surveyId=${survey}`, undefined, 'application/x-ndjson');
    expect(
      reply.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(all);
    const part = await send(
      'GET',
      `${PATH}?surveyId=${survey}&limit=600&skip=450`,
      undefined,
      'application/ndjson',
    );
    expect(
      part.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(all.slice(450, 1050));

    // Read slowly: rows deleted and added meanwhile move no other row.
    const stream = await server.app.request(`${PATH}?surveyId=${survey}`, {
      headers: { 'x-api-key': own.key, accept: 'application/x-ndjson' },
    });
    const reader = stream.body?.getReader();
    if (!reader) throw new Error('no body');
    const chunks: Uint8Array[] = [(await reader.read()).value as Uint8Array];
    await send('DELETE', `${PATH}/${all[10].id}`);
    await add({ surveyId: survey });
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(all.map(({ id }: { id: string }) => id));
  });
});

/** A strict parser of RFC 4180. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let rest = text;
  while (rest !== '') {
    const row: string[] = [];
    for (;;) {
      const [whole = '', quoted, plain = '', end = ''] =
        /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
      if (whole === '') throw new Error(`not a row: ${rest.slice(0, 50)}`);
      row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      rest = rest.slice(whole.length);
      if (end === '\r\n') break;
    }
    rows.push(row);
  }
  return rows;
}
