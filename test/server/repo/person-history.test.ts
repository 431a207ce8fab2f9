import { beforeEach, describe, expect, it } from 'vitest';
import { readPerson } from '../../../server/repo/contacts.ts';
import { newId } from '../../../server/repo/new-id.ts';
import { compileSegments } from '../../../server/segments/compile-segments.ts';
import { MAX_STATE_DISPLAYS, MAX_SURVEY_DISPLAYS, MAX_SURVEY_RESPONSES } from '../../../src/core/limits.ts';
import { OPERATORS } from '../../../src/wire/segment.ts';
import { createDice, type Dice } from '../segments/random-scenarios.ts';
import { filter } from '../segments/support.ts';
import { addSurvey, addTenant, describeServer, type Tenant } from '../support.ts';

const DAY_MS = 86_400_000;
const SEED = 20261130;

interface Event {
  readonly kind: 'display' | 'response';
  readonly surveyId: string;
  readonly createdAt: number;
  readonly finished: boolean;
}

describeServer('the history of a person', (server) => {
  let own: Tenant;
  let surveys: readonly string[];
  let contactId: string;
  const userId = 'ada';

  beforeEach(async () => {
    own = await addTenant(server);
    surveys = await Promise.all([1, 2, 3, 4, 5].map(() => addSurvey(server, own)));
    const reply = await server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
    contactId = reply.body.data.state.data.contactId;
  });

  const identify = () => server.send('POST', `/api/v1/client/${own.id}/user`, { userId });
  const read = () => readPerson(server.database.read, { environmentId: own.id, userId });

  /** Stores events as the API does, but faster. */
  async function store(events: readonly Event[]): Promise<void> {
    const common = { environment_id: own.id, contact_id: contactId };
    const texts = { data: '{}', variables: '{}', ttc: '{}', meta: '{}' };
    const none = { display_id: null, single_use_id: null, language: null, ending_id: null, seq: null };
    for (let start = 0; start < events.length; start += 500) {
      const part = events.slice(start, start + 500).map((event) => ({ ...event, id: newId() }));
      const displays = part.filter(({ kind }) => kind === 'display');
      const responses = part.filter(({ kind }) => kind === 'response');
      await server.database.write(async (trx) => {
        const shown = displays.map(({ id, surveyId, createdAt }) => ({
          ...{ id, ...common, survey_id: surveyId, created_at: createdAt },
        }));
        const answered = responses.map(({ id, surveyId, createdAt, finished }) => ({
          ...{ id, ...common, survey_id: surveyId, created_at: createdAt, updated_at: createdAt },
          ...{ ...texts, ...none, finished: finished ? 1 : 0, contact_attributes: null, is_verified: 0 },
        }));
        if (shown.length > 0) await trx.insertInto('display').values(shown).execute();
        if (answered.length > 0) await trx.insertInto('response').values(answered).execute();
      });
    }
  }

  const repeat = (count: number, make: (index: number) => Partial<Event>): readonly Event[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ kind: 'display', surveyId: surveys[0] ?? '', createdAt: server.clock.now, finished: false },
      ...make(index),
    }));

  it('has the newest of each survey, as all rows do, whatever there is', async () => {
    const dice = createDice(SEED);
    for (let round = 0; round < 8; round += 1) {
      const events = makeEvents(dice, surveys, server.clock.now);
      await server.database.write(async (trx) => {
        await trx.deleteFrom('response').where('contact_id', '=', contactId).execute();
        await trx.deleteFrom('display').where('contact_id', '=', contactId).execute();
      });
      await store(events);
      const person = await read();
      const of = (kind: Event['kind']) => events.filter((event) => event.kind === kind);
      expect(toRows(person?.displays)).toEqual(toRows(takeNewest(of('display'), MAX_SURVEY_DISPLAYS)));
      const responses = takeNewest(of('response'), MAX_SURVEY_RESPONSES);
      // Responses of one instant are in any order, so only whether each kind is there is compared.
      for (const surveyId of surveys) {
        const mine = (list: readonly Pick<Event, 'surveyId' | 'createdAt'>[] = []) =>
          list.filter((event) => event.surveyId === surveyId);
        expect(newestAt(mine(person?.responses))).toBe(newestAt(mine(of('response'))));
        const finished = of('response').filter((event) => event.finished);
        expect(newestAt(mine(person?.responses.filter((event) => event.finished)))).toBe(
          newestAt(mine(finished)),
        );
        const extra = mine(person?.responses).length - mine(responses).length;
        expect([0, 1]).toContain(extra);
      }
      expectSameSegments(person, events, server.clock.now, surveys);
    }
  });

  describe.each([
    ['at one instant', () => 0],
    ['over days', (index: number) => index * 60_000],
  ])('with 20,000 displays and responses %s', (_name, ageOf) => {
    it('is read without the old rows, answered in a few kilobytes, and counts', async () => {
      const { now } = server.clock;
      const make = (kind: Event['kind'], count: number) =>
        repeat(count, (index) => ({
          kind,
          surveyId: surveys[index % 2] ?? '',
          createdAt: now - ageOf(index),
        }));
      await store([...make('display', 400), ...make('response', 400)]);
      const few = await measureReads(read);
      await store([...make('display', 19_600), ...make('response', 19_600)]);
      const many = await measureReads(read);
      // Before, a hundred times as much.
      expect(many / few).toBeLessThan(8);

      const person = await read();
      expect(person?.displays).toHaveLength(2 * MAX_SURVEY_DISPLAYS);
      expect(person?.responses).toHaveLength(2 * MAX_SURVEY_RESPONSES);
      const { text, body } = await identify();
      expect(text.length).toBeLessThan(25_000);
      const { displays, responses, lastDisplayAt } = body.data.state.data;
      expect(displays).toHaveLength(2 * MAX_SURVEY_DISPLAYS);
      expect(new Set(responses)).toEqual(new Set(surveys.slice(0, 2)));
      expect(lastDisplayAt).toBe(new Date(now).toISOString());
    });
  });

  it('is answered in at most 100 kB, with the displays of every survey that may be shown', async () => {
    const more = await Promise.all(Array.from({ length: 25 }, () => addSurvey(server, own)));
    surveys = [...surveys, ...more];
    await store(
      repeat(surveys.length * 150, (index) => ({ surveyId: surveys[index % surveys.length] ?? '' })),
    );
    const { text, body } = await identify();
    expect(text.length).toBeLessThan(100_000);
    const { displays } = body.data.state.data as { displays: { surveyId: string }[] };
    expect(displays).toHaveLength(MAX_STATE_DISPLAYS);
    const counts = surveys.map((id) => displays.filter(({ surveyId }) => surveyId === id).length);
    expect(Math.min(...counts)).toBe(Math.floor(MAX_STATE_DISPLAYS / surveys.length));
  });
});

/** Milliseconds of a read, the least of some: whatever else runs on the machine makes it longer. */
async function measureReads(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 15; n += 1) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

/** Up to 600 events of four of five surveys, many of them at the same instant. */
function makeEvents(dice: Dice, surveys: readonly string[], now: number): readonly Event[] {
  const count = [0, 1, 5, 40, 600][Math.floor(dice() * 5)] ?? 0;
  return Array.from({ length: count }, () => ({
    kind: dice() < 0.6 ? 'display' : 'response',
    surveyId: surveys[Math.floor(dice() ** 2 * 4)] ?? '',
    createdAt: now - Math.floor(dice() * 60) * DAY_MS,
    finished: dice() < 0.05,
  }));
}

function takeNewest(events: readonly Event[], most: number): readonly Event[] {
  const counts = new Map<string, number>();
  return [...events]
    .sort((a, b) => b.createdAt - a.createdAt)
    .filter(({ surveyId }) => {
      counts.set(surveyId, (counts.get(surveyId) ?? 0) + 1);
      return (counts.get(surveyId) ?? 0) <= most;
    });
}

function toRows(events: readonly Pick<Event, 'surveyId' | 'createdAt'>[] = []): readonly string[] {
  return events.map(({ surveyId, createdAt }) => `${createdAt} ${surveyId}`).sort();
}

function newestAt(events: readonly Pick<Event, 'createdAt'>[]): number {
  return Math.max(0, ...events.map(({ createdAt }) => createdAt));
}

/** Every operator, scope and span, on the person as read and on all rows. */
function expectSameSegments(
  person: Awaited<ReturnType<typeof readPerson>>,
  events: readonly Event[],
  now: number,
  surveys: readonly string[],
): void {
  const scopes = [
    { surveyScope: 'any', surveyIds: [] },
    ...surveys.map((id) => ({ surveyScope: 'specific', surveyIds: [id] })),
    { surveyScope: 'specific', surveyIds: surveys.slice(1) },
  ];
  const spans = [1, 7, 30, 61].map((amount) => ({ amount, unit: 'days' }));
  const filters = OPERATORS.surveyInteraction.flatMap((operator) =>
    scopes.flatMap((scope) => spans.map((within) => ({ operator, value: { ...scope, within } }))),
  );
  const segments = filters.map(({ operator, value }, index) => ({
    id: `${operator} ${JSON.stringify(value)} ${index}`,
    filters: [filter({ type: 'surveyInteraction' }, operator, value)],
  }));
  const { membershipsOf, skipped } = compileSegments(segments, new Map());
  expect(skipped).toEqual([]);
  const moment = { now, device: 'desktop' } as const;
  const of = (kind: Event['kind']) => events.filter((event) => event.kind === kind);
  const whole = { attributes: new Map(), displays: of('display'), responses: of('response') };
  expect(person && membershipsOf(person, moment)).toEqual(membershipsOf(whole, moment));
}
