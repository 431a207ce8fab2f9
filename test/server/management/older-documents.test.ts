import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { surveyFieldsSchema } from '../../../src/wire/survey-schema.ts';
import { loadFixtures } from '../../fixtures/load.ts';
import { addSurvey, addTenant, describeServer, type Reply, type Tenant } from '../support.ts';

const BASE = '/api/v1/management';
const text = (words: string) => ({ default: words });
const open = (id: string, more: object = {}) => ({
  ...{ id, type: 'openText', headline: text(`Question ${id}`), required: false, ...more },
});
const condition = (operator: string, type: string, value: string) => ({
  ...{ id: 'c1', leftOperand: { type, value }, operator },
});
const group = (...conditions: object[]) => ({ id: 'g1', connector: 'and', conditions });

/** Two elements on a card, logic with every kind of operand and target, labels, a link. */
const BLOCKS = [
  {
    id: 'first',
    name: 'First',
    elements: [open('q1'), open('q2')],
    buttonLabel: text('On'),
    backButtonLabel: text('Back'),
    logicFallback: 'end1',
    logic: [
      {
        id: 'r1',
        conditions: group(
          { ...condition('equals', 'element', 'q1'), rightOperand: { type: 'element', value: 'q2' } },
          { ...group(condition('isSet', 'hiddenField', 'h')), id: 'g2', connector: 'or' },
        ),
        actions: [
          { id: 'a1', objective: 'jumpToBlock', target: 'third' },
          {
            ...{ id: 'a2', objective: 'calculate', variableId: 'v1', operator: 'concat' },
            value: { type: 'element', value: 'q1' },
          },
          { id: 'a3', objective: 'requireAnswer', target: 'q4' },
        ],
      },
    ],
  },
  {
    id: 'second',
    name: 'Second',
    elements: [
      open('q3', {
        ...{ type: 'cta', buttonExternal: true, buttonUrl: 'https://a.example/' },
        ctaButtonLabel: text('Read'),
      }),
    ],
    logicFallback: 'third',
    logic: [
      {
        id: 'r2',
        conditions: group(condition('isClicked', 'element', 'q3')),
        actions: [{ id: 'a4', objective: 'jumpToBlock', target: 'end1' }],
      },
    ],
  },
  { id: 'third', name: 'Third', elements: [open('q4'), open('q5')] },
];
const DOCUMENT = {
  ...{ name: 'N', type: 'app', blocks: BLOCKS, hiddenFields: { enabled: true, fieldIds: ['h'] } },
  endings: [{ id: 'end1', type: 'endScreen', headline: text('Thanks') }],
  variables: [{ id: 'v1', name: 'v', type: 'text', value: '' }],
};

const SPECIAL: Readonly<Record<string, object>> = {
  questions: { ...DOCUMENT, blocks: [] },
};

/** What a schema consists of. */
interface Defined {
  readonly def: {
    readonly type: string;
    readonly innerType?: z.ZodType;
    readonly in?: z.ZodType;
    readonly element?: z.ZodType;
    readonly options?: readonly z.ZodType[];
  };
}

/** Every optional text or address of a schema as a path of keys; `0` for the only entry of a list. */
function optionalTexts(schema: z.ZodType, path: readonly string[] = []): string[][] {
  const { def } = schema as unknown as Defined;
  const inner = def.innerType ?? def.in;
  if (inner) return optionalTexts(inner, path);
  if (def.element) return optionalTexts(def.element, [...path, '0']);
  for (const option of def.options ?? []) {
    if (!(option as z.ZodObject).shape?.type) return [];
  }
  if (def.options) {
    return def.options.flatMap((option) => {
      const { type } = (option as z.ZodObject<{ type: z.ZodLiteral<string> }>).shape;
      const [kind] = type.def.values;
      return optionalTexts(option, [...path.slice(0, -1), `${path.at(-1)}:${kind}`]);
    });
  }
  if (def.type !== 'object') return [];
  const { shape } = schema as z.ZodObject;
  return Object.entries(shape).flatMap(([key, field]) => {
    const part = field as z.ZodType;
    const isOptional = part.safeParse(undefined).success;
    return isOptional && isText(part) ? [[...path, key]] : optionalTexts(part, [...path, key]);
  });
}

function isText(schema: z.ZodType): boolean {
  const { def } = schema as unknown as Defined;
  const inner = def.innerType ?? def.in;
  return inner ? isText(inner) : /^(string|record)$/.test(def.type);
}

const choices = ['a', 'b'].map((id) => ({ id, label: text(id), imageUrl: 'https://a.example/a.png' }));
const part = { show: true, required: false, placeholder: text('Line') };
/** All that elements of any type need. */
const WHOLE = {
  ...{ id: 'q1', headline: text('Q'), required: false, choices, rows: choices, columns: choices },
  ...{ scale: 'star', range: 5, label: text('Yes'), format: 'y-M-d', allowMultipleFiles: false },
  ...{ calUserName: 'ada', addressLine1: part, addressLine2: part, city: part, state: part, zip: part },
  ...{ country: part, firstName: part, lastName: part, email: part, phone: part, company: part },
};

/** A document with an empty text at a path. */
function withBlank(path: readonly string[]): Record<string, unknown> {
  const [top = '', entry = '', ...rest] = path;
  const kind = /:(.*)/.exec(entry)?.[1] ?? /:(.*)/.exec(rest[1] ?? '')?.[1];
  const element = { ...WHOLE, ...(kind && { type: kind }) };
  const key = path.at(-1) ?? '';
  const base = { name: 'N', type: 'app', status: 'draft', questions: [open('q1')] };
  if (top === 'questions') return { ...base, questions: [{ ...element, [key]: '' }] };
  if (top === 'blocks') {
    const isBlock = rest.length === 1;
    const elements = isBlock ? [open('q1')] : [{ ...element, [key]: '' }];
    const block = { id: 'b1', name: 'B', elements, ...(isBlock && { [key]: '' }) };
    return { ...base, questions: [], blocks: [block] };
  }
  if (top === 'endings') {
    const ending = { id: 'e1', type: kind, url: 'https://a.example/', label: 'L', headline: text('E') };
    return { ...base, endings: [{ ...ending, [key]: '' }] };
  }
  if (top === 'variables') return { ...base, variables: [{ id: 'v1', name: 'v', type: kind, [key]: '' }] };
  if (path.length === 1) return { ...base, [top]: '' };
  const nested: Record<string, unknown> = {
    ...{ welcomeCard: { enabled: false }, workspaceOverwrites: {}, surveyClosedMessage: {}, styling: {} },
    singleUse: { enabled: false, isEncrypted: true },
    segment: { filters: [] },
  };
  return { ...base, [top]: { ...(nested[top] as object), [key]: '' } };
}

/** Fields of a trigger and of a language name something that must exist. */
const PATHS = optionalTexts(surveyFieldsSchema).filter(([top]) => !/^(triggers|languages)$/.test(top ?? ''));

describeServer('documents as other editors leave them', (server) => {
  let own: Tenant;
  beforeAll(async () => {
    own = await addTenant(server);
  });
  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}/surveys${path}`, body, { 'x-api-key': own.key });
  const save = async (document: object): Promise<Reply['body']> => {
    const reply = await call('POST', '', document);
    expect(reply.status, reply.text).toBe(200);
    return reply.body.data;
  };

  describe('a survey of blocks', () => {
    it('is read with its elements as questions, everywhere', async () => {
      const made = await save(DOCUMENT);
      const [q1, q2, q3, q4, q5] = made.questions;
      expect([q1, q4, q5]).toEqual(
        [open('q1'), open('q4'), open('q5')].map((one) => expect.objectContaining(one)),
      );
      expect(q1).not.toHaveProperty('logic');
      expect(q2).toMatchObject({
        ...open('q2'),
        ...{ buttonLabel: text('On'), backButtonLabel: text('Back'), logicFallback: 'end1' },
      });
      expect(q2.logic[0].conditions.conditions).toMatchObject([
        { leftOperand: { type: 'question', value: 'q1' }, rightOperand: { type: 'question', value: 'q2' } },
        { connector: 'or', conditions: [{ leftOperand: { type: 'hiddenField', value: 'h' } }] },
      ]);
      expect(q2.logic[0].actions).toMatchObject([
        { objective: 'jumpToQuestion', target: 'q4' },
        { objective: 'calculate', value: { type: 'question', value: 'q1' } },
        { objective: 'requireAnswer', target: 'q4' },
      ]);
      expect(q3).toMatchObject({
        ...{ type: 'cta', buttonLabel: text('Read'), ctaButtonLabel: text('Read'), logicFallback: 'q4' },
        logic: [{ actions: [{ objective: 'jumpToQuestion', target: 'end1' }] }],
      });
      expect(made.blocks).toMatchObject(BLOCKS);
      const { questions } = (await call('GET', `/${made.id}`)).body.data;
      const list = (await call('GET', '')).body.data;
      const put = (await call('PUT', `/${made.id}`, { name: 'New' })).body.data;
      expect([
        questions,
        list.find(({ id }: { id: string }) => id === made.id).questions,
        put.questions,
      ]).toEqual([made.questions, made.questions, made.questions]);
    });

    it('stays one when it is written back, whatever else is changed', async () => {
      const made = await save(DOCUMENT);
      const { updatedAt: _, ...before } = (await call('GET', `/${made.id}`)).body.data;
      const twice = await call('PUT', `/${made.id}`, before);
      expect(twice.status, twice.text).toBe(200);
      expect((await call('GET', `/${made.id}`)).body.data).toMatchObject(before);
      const [first, ...others] = before.blocks;
      const blocks = [{ ...first, elements: [open('q1', { headline: text('New') }), open('q2')] }, ...others];
      const changed = await call('PUT', `/${made.id}`, { ...before, blocks });
      expect(changed.status, changed.text).toBe(200);
      expect(changed.body.data.blocks).toMatchObject(blocks);
      expect(changed.body.data.questions[0].headline).toEqual(text('New'));
      const copy = await save(before);
      expect([copy.blocks, copy.questions]).toEqual([before.blocks, before.questions]);
    });

    it('is refused with other questions beside its blocks', async () => {
      const made = await save(DOCUMENT);
      const other = { ...made, questions: [open('q9')] };
      expect((await call('PUT', `/${made.id}`, other)).status).toBe(400);
      expect((await call('POST', '', other)).status).toBe(400);
    });
  });

  describe('a survey of questions', () => {
    it('may be changed in either list when it is written back', async () => {
      const made = await save({ ...SPECIAL.questions, questions: [open('q1'), open('q2')] });
      const questions = [open('q1', { headline: text('New') }), open('q2')];
      const one = await call('PUT', `/${made.id}`, { ...made, questions });
      expect(one.status, one.text).toBe(200);
      expect(one.body.data.blocks[0].elements[0].headline).toEqual(text('New'));
      const { blocks } = one.body.data;
      const other = await call('PUT', `/${made.id}`, { ...one.body.data, blocks: blocks.slice(1) });
      expect(other.status, other.text).toBe(200);
      expect(other.body.data.questions).toMatchObject([{ id: 'q2' }]);
    });
  });

  it.each(loadFixtures().map((one) => [one.name, one.document] as const))(
    '%s gives blocks again when its questions are saved',
    async (name, document) => {
      const given = JSON.parse(JSON.stringify(document), (_key, value) =>
        value?.type === 'date' ? { format: 'y-M-d', ...value } : value,
      );
      const draft = { ...given, name, type: 'app', status: 'draft', environmentId: own.id, triggers: [] };
      const made = await save(draft);
      const again = await save({ ...made, blocks: [] });
      const kinds = (survey: Reply['body']) =>
        survey.blocks.flatMap(({ elements }: { elements: { id: string; type: string }[] }) =>
          elements.map(({ id, type }) => `${id} ${type}`),
        );
      expect(kinds(again)).toEqual(kinds(made));
    },
  );

  describe('the text of `html`', () => {
    const html = text('<p>Please <b>read</b></p>');
    it.each(['cta', 'consent', 'openText', 'date'])('of %s is kept as its subheader', async (type) => {
      const element = { ...WHOLE, type, html };
      const questions = await save({ name: 'N', type: 'app', questions: [element] });
      const blocks = await save({ name: 'N', type: 'app', blocks: [{ id: 'b1', elements: [element] }] });
      for (const { elements } of [questions.blocks[0], blocks.blocks[0]]) {
        expect(elements[0].subheader).toEqual(html);
        expect(elements[0]).not.toHaveProperty('html');
      }
    });

    it('of the welcome card is kept as its subheader; one that is there stays', async () => {
      const card = { enabled: true, headline: text('Hi'), html };
      const base = { name: 'N', type: 'app', questions: [open('q1')] };
      const made = await save({ ...base, welcomeCard: card });
      expect(made.welcomeCard.subheader).toEqual(html);
      const blank = await save({ ...base, welcomeCard: { ...card, subheader: text(' ') } });
      expect(blank.welcomeCard.subheader).toEqual(html);
      const put = await call('PUT', `/${made.id}`, { welcomeCard: { ...card, subheader: text('Own') } });
      expect(put.body.data.welcomeCard.subheader).toEqual(text('Own'));
    });
  });

  it('rows and columns without ids get some that stay the same and are different', async () => {
    const rows = [
      text('Price'),
      { default: 'Speed', id: 'Kecepatan' },
      { label: text('Price') },
      { id: 'own', label: text('Own') },
    ];
    const columns = [text('Good'), text('Bad')];
    const matrix = { ...WHOLE, type: 'matrix', rows, columns };
    const [one, other] = [
      await save({ name: 'N', type: 'app', questions: [matrix] }),
      await save({ name: 'N', type: 'app', questions: [{ ...matrix, rows: rows.toReversed() }] }),
    ];
    const [first, second] = [one, other].map(({ questions }) => questions[0]);
    expect(first.rows.map(({ label }: { label: object }) => label)).toEqual([
      ...[text('Price'), { default: 'Speed', id: 'Kecepatan' }, text('Price'), text('Own')],
    ]);
    const ids = first.rows.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(ids[3]).toBe('own');
    expect(ids.every((id: string) => /^[a-z0-9]+$/.test(id))).toBe(true);
    expect(second.rows.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
    expect(first.columns).toEqual(second.columns);
    const written = await call('PUT', `/${one.id}`, one);
    expect(written.body.data.questions[0].rows).toEqual(first.rows);
  });

  describe('an empty text counts as none', () => {
    it('in more than a hundred places', () => {
      expect(PATHS.length).toBeGreaterThan(100);
      expect(PATHS.map((path) => path.join('.'))).toEqual(
        expect.arrayContaining([
          'endings.0:endScreen.buttonLink',
          'blocks.0.logicFallback',
          'pin',
          'closeOn',
        ]),
      );
    });

    it.each(PATHS.map((path) => [path.join('.'), path] as const))('%s', async (_name, path) => {
      const made = await save(withBlank(path));
      const full = await call('PUT', `/${made.id}`, withBlank(path));
      expect(full.status, full.text).toBe(200);
    });

    it('and clears what is stored', async () => {
      const ending = { id: 'e1', type: 'endScreen', headline: text('E'), buttonLabel: text('Go') };
      const made = await save({
        ...{
          name: 'N',
          type: 'app',
          questions: [open('q1')],
          pin: '1234',
          slug: 's',
          closeOn: '2030-01-01T00:00:00Z',
        },
        endings: [{ ...ending, buttonLink: 'https://a.example/' }],
        workspaceOverwrites: { brandColor: '#fff' },
      });
      const cleared = await call('PUT', `/${made.id}`, {
        ...{ pin: '', slug: '', closeOn: '', endings: [{ ...ending, buttonLink: '' }] },
        workspaceOverwrites: { brandColor: '' },
      });
      expect(cleared.body.data).toMatchObject({ pin: null, slug: null, closeOn: null });
      expect(cleared.body.data.endings).toEqual([ending]);
      expect(cleared.body.data.workspaceOverwrites).toEqual({ brandColor: null });
    });

    it('but not where a text must be, nor as a number, a list or a flag', async () => {
      const base = { name: 'N', type: 'app', questions: [open('q1')] };
      for (const change of [
        { questions: [open('')] },
        { questions: [open('q1', { headline: '' })] },
        { questions: '' },
        { delay: '' },
        { isBackButtonHidden: '' },
        { status: '' },
        { endings: [{ id: 'e', type: 'redirectToUrl', url: '', label: 'L' }] },
      ]) {
        expect((await call('POST', '', { ...base, ...change })).status, JSON.stringify(change)).toBe(400);
      }
    });
  });

  describe('a live survey whose only action was deleted', () => {
    const lose = async (change: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      const id = await addSurvey(server, own, change);
      const { triggers } = (await call('GET', `/${id}`)).body.data;
      const path = `${BASE}/action-classes/${triggers[0].actionClass.id}`;
      const gone = await server.send('DELETE', path, undefined, { 'x-api-key': own.key });
      expect(gone.status, gone.text).toBe(200);
      return id;
    };
    it.each<[string, Readonly<Record<string, unknown>>, object]>([
      ['paused', {}, { status: 'paused' }],
      ['renamed', {}, { name: 'New' }],
      ['paused and renamed at once', {}, { status: 'paused', name: 'New' }],
      ['completed', {}, { status: 'completed' }],
      ['made a draft', {}, { status: 'draft' }],
      ['closed later', {}, { closeOn: '2030-01-01T00:00:00Z' }],
      ['renamed while it is paused', { status: 'paused' }, { name: 'New' }],
    ])('can be %s', async (_name, change, update) => {
      const id = await lose(change);
      const read = (await call('GET', `/${id}`)).body.data;
      for (const body of [update, { ...read, ...update }]) {
        const reply = await call('PUT', `/${id}`, body);
        expect(reply.status, reply.text).toBe(200);
        expect(reply.body.data.name).toBe('name' in update ? 'New' : 'Internal name');
      }
    });

    it('can be paused and then renamed, and is not started without a trigger', async () => {
      const id = await lose();
      expect((await call('PUT', `/${id}`, { status: 'paused' })).status).toBe(200);
      expect((await call('PUT', `/${id}`, { name: 'New' })).status).toBe(200);
      expect((await call('PUT', `/${id}`, { status: 'inProgress' })).status).toBe(400);
      const { body } = await server.send(
        'POST',
        `${BASE}/action-classes`,
        { name: `Again ${id}`, type: 'code', key: `again ${id}` },
        { 'x-api-key': own.key },
      );
      const again = { status: 'inProgress', triggers: [{ actionClass: { id: body.data.id } }] };
      expect((await call('PUT', `/${id}`, again)).body.data.status).toBe('inProgress');
      expect((await call('PUT', `/${id}`, { triggers: [] })).status).toBe(400);
    });
  });
});
