import { beforeAll, describe, expect, it } from 'vitest';
import { findSurvey, type SurveyRecord, updateSurvey } from '../../../server/repo/surveys.ts';
import { attribute, filter } from '../segments/support.ts';
import { addSurvey, addTenant, clientId, describeServer, type Reply, type Tenant } from '../support.ts';

const BASE = '/api/v1/management';
const FILTERS = [attribute('plan', 'equals', 'pro')];

const question = (change: object = {}) => ({
  id: 'q1',
  type: 'openText',
  headline: { default: 'Why?' },
  required: false,
  ...change,
});
const block = (change: object = {}) => ({ id: 'b1', name: 'Block 1', elements: [question()], ...change });
const rule = (change: object) => ({
  id: 'r1',
  conditions: { id: 'g1', connector: 'and', conditions: [] },
  actions: [],
  ...change,
});

describeServer('surveys', (server) => {
  let own: Tenant;
  let actionClass: { id: string };

  beforeAll(async () => {
    own = await addTenant(server);
    const made = await server.send(
      'POST',
      `${BASE}/action-classes`,
      { name: 'A', type: 'code', key: 'a' },
      { 'x-api-key': own.key },
    );
    actionClass = made.body.data;
  });

  const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.send(method, `${BASE}/surveys${path}`, body, { 'x-api-key': own.key });
  const create = async (change: object = {}): Promise<Reply['body']> => {
    const reply = await send('POST', '', { name: 'N', type: 'app', questions: [question()], ...change });
    if (reply.status !== 200) throw new Error(reply.text);
    return reply.body.data;
  };

  describe('refuse, naming the field,', () => {
    const rows: [name: string, change: object, path: string][] = [
      ['no name', { name: undefined }, 'name'],
      ['a name with U+0000', { name: 'a\u0000' }, 'name'],
      ['an unknown type', { type: 'web' }, 'type'],
      ['an unknown status', { status: 'live' }, 'status'],
      ['neither questions nor blocks', { questions: [] }, 'questions'],
      ['both questions and blocks', { blocks: [block()] }, 'blocks'],
      [
        'a question without a headline',
        { questions: [question({ headline: undefined })] },
        'questions.0.headline',
      ],
      ['a headline that is plain text', { questions: [question({ headline: 'Q' })] }, 'questions.0.headline'],
      [
        'a headline without default',
        { questions: [question({ headline: { de: 'Q' } })] },
        'questions.0.headline',
      ],
      [
        'a question without required',
        { questions: [question({ required: undefined })] },
        'questions.0.required',
      ],
      ['an unknown question type', { questions: [question({ type: 'hologram' })] }, 'questions.0.type'],
      ['a reserved question id', { questions: [question({ id: 'userId' })] }, 'questions.0.id'],
      ['a question id with a space', { questions: [question({ id: 'a b' })] }, 'questions.0.id'],
      ['the same question id twice', { questions: [question(), question()] }, 'questions'],
      [
        'one choice',
        {
          questions: [
            question({ type: 'multipleChoiceSingle', choices: [{ id: 'a', label: { default: 'A' } }] }),
          ],
        },
        'questions.0.choices',
      ],
      [
        'a rating of 8',
        { questions: [question({ type: 'rating', scale: 'star', range: 8 })] },
        'questions.0.range',
      ],
      ['a block without elements', { questions: [], blocks: [block({ elements: [] })] }, 'blocks.0.elements'],
      ['an element id twice', { questions: [], blocks: [block(), block({ id: 'b2' })] }, 'blocks'],
      ['a block id with a hyphen', { questions: [], blocks: [block({ id: 'b-1' })] }, 'blocks.0.id'],
      [
        'an unknown operator',
        {
          questions: [],
          blocks: [
            block({
              logic: [
                rule({
                  conditions: {
                    id: 'g',
                    connector: 'and',
                    conditions: [
                      { id: 'c', leftOperand: { type: 'element', value: 'q1' }, operator: 'smells' },
                    ],
                  },
                }),
              ],
            }),
          ],
        },
        'blocks.0.logic.0.conditions.conditions.0.operator',
      ],
      [
        'an unknown action',
        { questions: [], blocks: [block({ logic: [rule({ actions: [{ id: 'a', objective: 'fly' }] })] })] },
        'blocks.0.logic.0.actions.0.objective',
      ],
      [
        'an ending that links to a script',
        { endings: [{ id: 'e', type: 'redirectToUrl', url: 'javascript:alert(1)', label: 'x' }] },
        'endings.0.url',
      ],
      [
        'an enabled welcome card without headline',
        { welcomeCard: { enabled: true } },
        'welcomeCard.headline',
      ],
      ['a percentage over 100', { displayPercentage: 101 }, 'displayPercentage'],
      ['an unknown display option', { displayOption: 'always' }, 'displayOption'],
      [
        'a variable with capitals',
        { variables: [{ id: 'v', name: 'V', type: 'text', value: '' }] },
        'variables.0.name',
      ],
      ['a trigger that names nothing', { triggers: [{ actionClass: {} }] }, 'triggers.0.actionClass.id'],
      ['a segment without filters', { segment: {} }, 'segment.filters'],
      [
        'a filter by an unknown operator',
        { segment: { filters: [...FILTERS, attribute('plan', 'soundsLike', 'x', 'and')] } },
        'segment.filters.1.resource.qualifier.operator',
      ],
      [
        'a filter of the wrong type in a nested list',
        {
          segment: {
            filters: [{ id: 'g', connector: null, resource: [attribute('seats', 'lessThan', '5')] }],
          },
        },
        'segment.filters.0.resource.0.resource.value',
      ],
      ['a date that is none', { closeOn: 'soon' }, 'closeOn'],
      [
        'an overwrite in no colour',
        { workspaceOverwrites: { brandColor: 'red' } },
        'workspaceOverwrites.brandColor',
      ],
    ];
    it.each(rows)('%s', async (_name, change, path) => {
      const reply = await send('POST', '', { name: 'N', type: 'app', questions: [question()], ...change });
      expect(reply.status).toBe(400);
      expect(reply.body.message).toBe('Fields are missing or incorrectly formatted');
      expect(Object.keys(reply.body.details)).toContain(path);
    });
  });

  it('refuse malformed JSON, null, and a trigger of another environment or named twice', async () => {
    expect((await send('POST', '', '{')).body.message).toBe(
      'Malformed JSON input, please check your request body',
    );
    expect((await send('POST', '', 'null')).status).toBe(400);
    const base = { name: 'N', type: 'app', questions: [question()] };
    const trigger = { actionClass: { id: actionClass.id } };
    expect((await send('POST', '', { ...base, triggers: [{ actionClass: { id: 'x' } }] })).body.message).toBe(
      'Invalid trigger id',
    );
    expect((await send('POST', '', { ...base, triggers: [trigger, trigger] })).body.message).toBe(
      'Duplicate trigger id',
    );
    expect((await send('POST', '', { ...base, status: 'inProgress' })).body.message).toBe(
      'An app survey must have at least one trigger to be set to a non-draft status.',
    );
    const dates = { publishOn: '2026-01-02T00:00:00Z', closeOn: '2026-01-01T00:00:00Z' };
    expect((await send('POST', '', { ...base, ...dates })).body.message).toBe(
      'Close date must be after publish date',
    );
  });

  it('have their defaults, and blocks made from questions', async () => {
    const survey = await create({ unknownKey: 1 });
    expect(survey).toMatchObject({
      type: 'app',
      status: 'draft',
      displayOption: 'displayOnce',
      recontactDays: null,
      delay: 0,
      welcomeCard: { enabled: false },
      hiddenFields: { enabled: false },
      triggers: [],
      languages: [],
      segment: { filters: [] },
      workspaceId: own.id,
      environmentId: own.id,
    });
    expect(survey).not.toHaveProperty('unknownKey');
    expect(survey.questions).toHaveLength(1);
    expect(survey.blocks[0].elements[0].id).toBe('q1');
  });

  it('of type app own a private segment with empty filters', async () => {
    const survey = await create();
    expect(survey.segment).toMatchObject({
      title: survey.id,
      isPrivate: true,
      filters: [],
      surveys: [survey.id],
    });
    const targeted = await create({ segment: { filters: FILTERS } });
    expect(targeted.segment).toMatchObject({ isPrivate: true, filters: FILTERS });
  });

  it('can be written back as they were read', async () => {
    const language = { default: true, enabled: true, language: { code: 'de-DE', alias: 'Deutsch' } };
    const survey = await create({
      status: 'inProgress',
      triggers: [{ actionClass, occurrence: 3 }],
      languages: [language],
      segment: { filters: FILTERS },
      publishOn: '2026-01-02T00:00:00+01:00',
    });
    server.clock.now += 1000;
    const put = await send('PUT', `/${survey.id}`, survey);
    expect(put.status).toBe(200);
    const changed = {
      updatedAt: expect.any(String),
      segment: expect.objectContaining({ id: survey.segment.id, filters: FILTERS }),
    };
    expect(put.body.data).toEqual({ ...survey, ...changed });
    expect(put.body.data.updatedAt).not.toBe(survey.updatedAt);
    // A copy gets its own id and segment.
    const copy = await send('POST', '', survey);
    expect(copy.status).toBe(200);
    expect(copy.body.data.segment.id).not.toBe(survey.segment.id);
  });

  it('are changed in the given fields, and keep the others', async () => {
    const survey = await create({ triggers: [{ actionClass }], segment: { filters: FILTERS } });
    expect((await send('PUT', `/${survey.id}`, {})).status).toBe(200);
    const put = await send('PUT', `/${survey.id}`, { name: 'New', delay: 5, id: 'x', environmentId: 'y' });
    expect(put.body.data).toMatchObject({ id: survey.id, name: 'New', delay: 5, environmentId: own.id });
    expect(put.body.data.triggers).toHaveLength(1);
    expect(put.body.data.segment.filters).toEqual(FILTERS);

    expect((await send('PUT', `/${survey.id}`, { segment: null })).body.data.segment.filters).toEqual([]);
    expect((await send('PUT', `/${survey.id}`, { name: null })).status).toBe(400);
    const blocks = await send('PUT', `/${survey.id}`, { blocks: [block()] });
    expect(blocks.body.data.questions).toEqual([expect.objectContaining(question())]);
    expect(blocks.body.data.blocks).toEqual([expect.objectContaining({ id: 'b1' })]);
    const both = await send('PUT', `/${survey.id}`, { blocks: [block()], questions: [question()] });
    expect([both.status, both.body.details]).toEqual([400, {}]);
    expect((await send('PUT', `/${survey.id}`, { blocks: [] })).status).toBe(400);
  });

  describe('of type link have no page, so they', () => {
    const REFUSAL =
      'Link surveys have no page on this server: the type must be "app", which is shown by the snippet';
    const document = { name: 'N', questions: [question()] };
    it.each<[string, object]>([
      ['named', { ...document, type: 'link' }],
      ['by default', document],
      [
        'with single-use links',
        { ...document, type: 'link', singleUse: { enabled: true, isEncrypted: true } },
      ],
      ['with a slug', { ...document, slug: 'mine' }],
    ])('are refused when they are new: %s', async (_name, body) => {
      const reply = await send('POST', '', body);
      expect([reply.status, reply.body.details]).toEqual([400, { type: REFUSAL }]);
    });

    it('are not made of app surveys', async () => {
      const { id, updatedAt } = await create();
      const reply = await send('PUT', `/${id}`, { type: 'link' });
      expect([reply.status, reply.body.details]).toEqual([400, { type: REFUSAL }]);
      expect((await send('GET', `/${id}`)).body.data).toMatchObject({ type: 'app', updatedAt });
    });

    it('stay as they are stored, can be read, changed, exported, turned into an app survey and deleted', async () => {
      const id = await addSurvey(server, own, { type: 'link' });
      const answer = { surveyId: id, finished: true, data: { q1: 'stays' } };
      expect((await server.send('POST', `/api/v1/client/${own.id}/responses`, answer)).status).toBe(200);
      const read = (await send('GET', `/${id}`)).body.data;
      expect(read).toMatchObject({ type: 'link', status: 'inProgress', segment: null });
      const written = await send('PUT', `/${id}`, { ...read, name: 'Renamed' });
      expect([written.status, written.body.data?.name]).toEqual([200, 'Renamed']);
      expect((await send('PUT', `/${id}`, { status: 'paused' })).body.data.status).toBe('paused');
      const answers = await server.send('GET', `${BASE}/responses?surveyId=${id}`, undefined, {
        'x-api-key': own.key,
      });
      expect(answers.body.data).toMatchObject([{ data: { q1: 'stays' } }]);
      const csv = await server.send('GET', `${BASE}/responses?surveyId=${id}`, undefined, {
        'x-api-key': own.key,
        accept: 'text/csv',
      });
      expect([csv.status, csv.text.includes('stays')]).toEqual([200, true]);
      const turned = await send('PUT', `/${id}`, { type: 'app', status: 'draft' });
      expect(turned.body.data).toMatchObject({ type: 'app', segment: { filters: [] } });
      expect((await send('PUT', `/${id}`, { type: 'link' })).status).toBe(400);
      expect((await send('DELETE', `/${id}`)).status).toBe(200);
    });

    it('give out no single-use links', async () => {
      const single = { type: 'link', singleUse: { enabled: true, isEncrypted: false } };
      const id = await addSurvey(server, own, single);
      for (const query of ['', '?limit=1', '?limit=0', '?limit=many']) {
        const reply = await send('GET', `/${id}/singleUseIds${query}`);
        expect([reply.status, reply.body.message, reply.text.includes('/s/')]).toEqual([400, REFUSAL, false]);
      }
      const app = await send('GET', `/${(await create()).id}/singleUseIds`);
      expect([app.status, app.body.message]).toEqual([
        400,
        'Single use links are only available for link surveys',
      ]);
    });
  });

  describe('that could hold up or trap a visitor', () => {
    const element = (change: object = {}) => question({ id: 'q1', ...change });
    const withRules = (...rules: unknown[]) => element({ validation: { rules } });
    const pattern = (text: unknown, flags?: unknown) => ({
      id: 'r',
      type: 'pattern',
      params: { pattern: text, ...(flags !== undefined && { flags }) },
    });
    const jump = (target: string) => ({ id: 'a', objective: 'jumpToBlock', target });
    const always = (target: string) => rule({ actions: [jump(target)] });
    const condition = { id: 'c', leftOperand: { type: 'element', value: 'q1' }, operator: 'isSubmitted' };
    const sometimes = (target: string) =>
      rule({ conditions: { id: 'g', connector: 'and', conditions: [condition] }, actions: [jump(target)] });
    const blocks = (...parts: object[]) => ({
      questions: [],
      blocks: parts.map((part, index) =>
        block({ id: `b${index + 1}`, elements: [question({ id: `q${index + 1}` })], ...part }),
      ),
    });
    const choices = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ id: `c${n}`, label: { default: `${n}` } }));
    const steps = (count: number) => [rule({ actions: Array.from({ length: count - 1 }, () => jump('b2')) })];

    const refused: [name: string, change: object, ...paths: string[]][] = [
      [
        'a backreference',
        { questions: [withRules(pattern('(a)\\1'))] },
        'questions.0.validation.rules.0.params.pattern',
      ],
      [
        'a backreference by name',
        blocks(
          {},
          {
            elements: [
              question({ id: 'q8' }),
              { ...withRules(pattern('x'), pattern('(?<n>a)\\k<n>')), id: 'q9' },
            ],
          },
        ),
        'blocks.1.elements.1.validation.rules.1.params.pattern',
      ],
      [
        'a pattern that is invalid',
        { questions: [withRules(pattern('('))] },
        'questions.0.validation.rules.0.params.pattern',
      ],
      [
        'a pattern that is too long',
        { questions: [withRules(pattern('a'.repeat(513)))] },
        'questions.0.validation.rules.0.params.pattern',
      ],
      [
        'a pattern that is too large',
        { questions: [withRules(pattern('(?:(?:ab){1,60}){1,60}'))] },
        'questions.0.validation.rules.0.params.pattern',
      ],
      [
        'an unknown flag',
        { questions: [withRules(pattern('a', 'x'))] },
        'questions.0.validation.rules.0.params.flags',
      ],
      [
        'sets of texts',
        { questions: [withRules(pattern('a', 'v'))] },
        'questions.0.validation.rules.0.params.flags',
      ],
      [
        'flags that are no text',
        { questions: [withRules(pattern('a', 5))] },
        'questions.0.validation.rules.0.params.flags',
      ],
      [
        'rules that are no list',
        { questions: [element({ validation: { rules: 'x' } })] },
        'questions.0.validation.rules',
      ],
      ['a rule without a type', { questions: [withRules({ id: 'r' })] }, 'questions.0.validation.rules'],
      ['a rule that is null', { questions: [withRules(null)] }, 'questions.0.validation.rules'],
      [
        '101 rules',
        { questions: [withRules(...Array.from({ length: 101 }, () => pattern('a')))] },
        'questions.0.validation.rules',
      ],
      ['a jump to itself', blocks({ logic: [always('b1')] }), 'blocks.0.logic.0.actions.0.target'],
      [
        'a jump to itself on a condition',
        blocks({ logic: [sometimes('b1')] }),
        'blocks.0.logic.0.actions.0.target',
      ],
      ['a fallback to itself', blocks({}, { logicFallback: 'b2' }), 'blocks.1.logicFallback'],
      [
        'a question that falls back to itself',
        { questions: [question({ logicFallback: 'q1' })] },
        'questions.0.logicFallback',
      ],
      [
        'two cards in a circle',
        blocks({ logicFallback: 'b2' }, { logic: [always('b1')] }),
        'blocks.1.logic.0.actions.0.target',
      ],
      [
        'three cards in a circle',
        blocks({ logicFallback: 'b3' }, { logicFallback: 'b1' }, { logicFallback: 'b2' }),
        'blocks.1.logicFallback',
        'blocks.2.logicFallback',
      ],
      ['too many conditions', blocks({ logic: steps(5_001) }, {}), 'blocks.0.logic'],
      [
        'too many choices',
        { questions: [element({ type: 'multipleChoiceSingle', choices: choices(5_001) })] },
        'questions.0',
      ],
      [
        'too many cells',
        blocks({ elements: [element({ type: 'matrix', rows: choices(100), columns: choices(100) })] }),
        'blocks.0',
      ],
      [
        'too many elements',
        blocks({ elements: Array.from({ length: 1_001 }, (_, n) => question({ id: `q${n}` })) }),
        'blocks',
      ],
      [
        'too many variables',
        {
          variables: Array.from({ length: 501 }, (_, n) => ({ id: `v${n}`, name: `v${n}`, type: 'number' })),
        },
        'variables',
      ],
      [
        'a long variable',
        { variables: [{ id: 'v', name: 'v', type: 'text', value: 'x'.repeat(4_097) }] },
        'variables.0.value',
      ],
      ['a delay that no timer holds', { delay: 2_147_484 }, 'delay'],
      ['an automatic closing that no timer holds', { autoClose: 2_147_484 }, 'autoClose'],
    ];
    it.each(refused)('%s: refused, naming the place', async (_name, change, ...paths) => {
      const reply = await send('POST', '', { name: 'N', type: 'app', questions: [question()], ...change });
      expect([reply.status, Object.keys(reply.body.details ?? {})], reply.text).toEqual([400, paths]);
    });

    it('more different patterns than can be compiled at once: refused from the first beyond on', async () => {
      const elements = (different: boolean) =>
        Array.from({ length: 600 }, (_, n) => ({
          ...withRules(pattern(`^[a-z]{2,8}${different ? n : ''}$`)),
          id: `q${n}`,
        }));
      const post = (different: boolean) =>
        send('POST', '', { name: 'N', type: 'app', ...blocks({ elements: elements(different) }) });
      const many = await post(true);
      const [first = ''] = Object.keys(many.body.details);
      expect(many.status).toBe(400);
      expect(Number(/^blocks\.0\.elements\.(\d+)\.validation/.exec(first)?.[1])).toBeGreaterThan(90);
      expect((await post(false)).status).toBe(200);
    });

    it.each<[string, object]>([
      ['nested repeats', { questions: [withRules(pattern('^(a+)+$'))] }],
      [
        'lookarounds, classes and flags',
        { questions: [withRules(pattern('^(?=.*\\d)[\\p{L}\\d]{8,64}$', 'iu'))] },
      ],
      ['a jump back on a condition', blocks({}, { logic: [sometimes('b1')] })],
      [
        'a fallback back that a rule can leave',
        blocks({}, { logic: [sometimes('b3')], logicFallback: 'b1' }, {}),
      ],
      [
        'a jump that never happens',
        blocks({
          logic: [rule({ conditions: { id: 'g', connector: 'or', conditions: [] }, actions: [jump('b1')] })],
        }),
      ],
      ['a jump to nowhere', blocks({ logicFallback: 'gone' })],
      ['5,000 conditions', blocks({ logic: steps(5_000) }, {})],
      [
        'a long list',
        {
          questions: [
            element({ type: 'multipleChoiceSingle', choices: choices(4_000), displayType: 'dropdown' }),
          ],
        },
      ],
      ['the longest delay', { delay: 2_147_483 }],
    ])('%s: accepted', async (_name, change) => {
      const reply = await send('POST', '', { name: 'N', type: 'app', questions: [question()], ...change });
      expect(reply.status, reply.text).toBe(200);
    });

    it('keep what is stored from older versions, and can be changed elsewhere', async () => {
      const { id } = await create(blocks({}));
      const stored = await findSurvey(server.database.read, id);
      const old = [block({ id: 'b1', elements: [withRules(pattern('(a)\\1'))], logicFallback: 'b1' })];
      await server.database.write((trx) =>
        updateSurvey(trx, {
          ...stored,
          document: { ...stored?.document, blocks: old, delay: 1e10 },
        } as SurveyRecord),
      );
      const read = (await send('GET', `/${id}`)).body.data;
      expect(read.blocks[0].logicFallback).toBe('b1');
      expect((await send('PUT', `/${id}`, { name: 'Renamed' })).status).toBe(200);
      const whole = await send('PUT', `/${id}`, { ...read, name: 'Whole' });
      expect([whole.status, whole.body.data?.name], whole.text).toEqual([200, 'Whole']);
      const changed = await send('PUT', `/${id}`, { blocks: [{ ...old[0], name: 'Other' }] });
      expect([changed.status, Object.keys(changed.body.details)]).toEqual([
        400,
        ['blocks.0.elements.0.validation.rules.0.params.pattern', 'blocks.0.logicFallback'],
      ]);
    });
  });

  it('may share a segment by title, which is kept when one of them is deleted', async () => {
    const segment = { title: 'Pro', isPrivate: false, filters: FILTERS };
    const [first, second] = [await create({ segment }), await create({ segment })];
    expect(second.segment.id).toBe(first.segment.id);
    expect([...second.segment.surveys].sort()).toEqual([first.id, second.id].sort());
    await send('DELETE', `/${first.id}`);
    expect((await send('GET', `/${second.id}`)).body.data.segment.surveys).toEqual([second.id]);
  });

  it('accept filters of every kind, and return them unchanged', async () => {
    const other = await create();
    const filters = [
      attribute('plan', 'isSet'),
      filter({ type: 'person', personIdentifier: 'userId' }, 'startsWith', 'm', 'and'),
      filter({ type: 'segment', segmentId: other.segment.id }, 'userIsNotIn', '', 'or'),
      filter({ type: 'device', deviceType: 'phone' }, 'equals', 'phone', 'or'),
      filter(
        { type: 'surveyInteraction' },
        'haveSeen',
        { surveyScope: 'specific', surveyIds: [other.id], within: { amount: 2, unit: 'weeks' } },
        'and',
      ),
    ];
    const survey = await create({ segment: { filters } });
    const stored = JSON.parse(JSON.stringify(filters));
    expect((await send('GET', `/${survey.id}`)).body.data.segment.filters).toEqual(stored);
  });

  it('refuse a segment that refers to itself, directly or through others', async () => {
    const shared = (title: string, filters: readonly object[]) => ({ title, isPrivate: false, filters });
    const asks = (survey: Reply['body']) => [
      filter({ type: 'segment', segmentId: survey.segment.id }, 'userIsIn'),
    ];
    const first = await create({ segment: shared('First', FILTERS) });
    const second = await create({ segment: shared('Second', asks(first)) });
    const third = await create({ segment: shared('Third', asks(second)) });
    for (const target of [first, second, third]) {
      const reply = await send('PUT', `/${first.id}`, {
        segment: { ...first.segment, filters: asks(target) },
      });
      expect([reply.status, Object.keys(reply.body.details)]).toEqual([400, ['segment.filters']]);
    }
    expect((await send('GET', `/${first.id}`)).body.data.segment.filters).toEqual(FILTERS);
    const onward = { segment: { ...third.segment, filters: [...asks(first), ...asks(second)] } };
    expect((await send('PUT', `/${third.id}`, onward)).status).toBe(200);
  });

  it('are listed by last change, newest first, in pages', async () => {
    const tenant = await addTenant(server);
    const list = async (query = ''): Promise<Reply> =>
      server.send('GET', `${BASE}/surveys${query}`, undefined, { 'x-api-key': tenant.key });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      server.clock.now += 1000;
      ids.push(await addSurvey(server, tenant));
    }
    const idsOf = ({ body }: Reply): string[] => body.data.map(({ id }: { id: string }) => id);
    expect(idsOf(await list())).toEqual([...ids].reverse());
    expect(idsOf(await list('?limit=1&offset=1'))).toEqual([ids[1]]);
    expect(idsOf(await list('?limit=1&skip=2'))).toEqual([ids[0]]);
    expect(idsOf(await list('?limit='))).toEqual([]);
    for (const query of ['?limit=x', '?limit=-1', '?limit=1.5', '?offset=1e99']) {
      expect((await list(query)).status).toBe(400);
    }
  });

  it('are deleted with their responses and displays', async () => {
    const surveyId = await addSurvey(server, own);
    const body = { id: clientId(), displayId: clientId(), seq: 1, surveyId, finished: true, data: {} };
    expect((await server.send('POST', `/api/v1/client/${own.id}/responses`, body)).status).toBe(200);
    expect((await send('DELETE', `/${surveyId}`)).body.data.id).toBe(surveyId);
    expect((await send('DELETE', `/${surveyId}`)).status).toBe(404);
    for (const table of ['response', 'display', 'survey_trigger'] as const) {
      const rows = await server.database.read
        .selectFrom(table)
        .selectAll()
        .where('survey_id', '=', surveyId)
        .execute();
      expect(rows).toEqual([]);
    }
    expect((await server.send('POST', `/api/v1/client/${own.id}/responses`, body)).status).toBe(404);
  });
});

describeServer('responses of an owner', (server) => {
  let own: Tenant;
  let surveyId: string;
  beforeAll(async () => {
    own = await addTenant(server);
    surveyId = await addSurvey(server, own);
  });
  const get = (path: string): Promise<Reply> =>
    server.send('GET', `${BASE}/responses${path}`, undefined, { 'x-api-key': own.key });

  it('are listed newest first, by default 25 of a survey and all without a survey', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      server.clock.now += 1000;
      const body = { surveyId, finished: n % 2 === 0, data: { n } };
      ids.unshift((await server.send('POST', `/api/v1/client/${own.id}/responses`, body)).body.data.id);
    }
    const idsOf = ({ body }: Reply): string[] => body.data.map(({ id }: { id: string }) => id);
    expect(idsOf(await get(`?surveyId=${surveyId}`))).toEqual(ids.slice(0, 25));
    expect(idsOf(await get(`?surveyId=${surveyId}&limit=2&skip=1`))).toEqual(ids.slice(1, 3));
    expect(idsOf(await get(`?surveyId=${surveyId}&limit=0`))).toEqual([]);
    expect(idsOf(await get(''))).toEqual(ids);
    expect(idsOf(await get('?limit=0'))).toEqual(ids);
    expect(idsOf(await get('?limit=3'))).toEqual(ids.slice(0, 3));
    expect((await get('?limit=x')).body.message).toBe(
      'Validation failed: Invalid input: expected number, received NaN',
    );
    expect((await get('?surveyId=Not-An-Id')).status).toBe(400);
  });

  it('are returned as stored, and deleted with their display', async () => {
    const [id, displayId] = [clientId(), clientId()];
    const body = { id, displayId, seq: 1, surveyId, finished: true, data: { q1: 'a' }, variables: { v: 1 } };
    await server.send('POST', `/api/v1/client/${own.id}/responses`, body);
    const shown = await get(`/${id}`);
    expect(shown.body.data).toEqual({
      id,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      surveyId,
      displayId,
      contact: null,
      contactAttributes: null,
      finished: true,
      endingId: null,
      data: { q1: 'a' },
      variables: { v: 1 },
      ttc: { _total: 0 },
      tags: [],
      meta: { userAgent: { device: 'desktop' } },
      singleUseId: null,
      language: null,
    });
    const gone = await server.send('DELETE', `${BASE}/responses/${id}`, undefined, { 'x-api-key': own.key });
    expect(gone.body).toEqual(shown.body);
    expect((await get(`/${id}`)).status).toBe(404);
    const display = await server.send('GET', `/api/v1/client/${own.id}/displays/${displayId}/response`);
    expect(display.status).toBe(404);
  });
});
