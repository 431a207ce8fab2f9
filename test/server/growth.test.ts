import { beforeAll, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/core/limits.ts';
import { loadFixtures } from '../fixtures/load.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { GROWTHS, TEXT_GROWTHS } from './growth.ts';
import { changeAt, listPlaces, Raw, write } from './mutations.ts';
import { describeServer, type Reply } from './support.ts';
import { listTemplates, makeRequest, type Template } from './templates.ts';
import { type SeededTenant, seedTenant } from './tenants.ts';

// `npm run prove` grows every place of every route in every way; `npm test` a seeded share.
const IS_FULL = process.env.INKLING_PROVE === 'full';
const SHARES = IS_FULL ? { visitors: 12, owners: 240 } : { visitors: 240, owners: 6_000 };
const TIMEOUT_MS = IS_FULL ? 3_600_000 : 300_000;

/** Processor time of the worst request. */
const MOST_MS = 50;
/** A text, and the processor time to parse it where the bounds were measured. */
const REFERENCE = JSON.stringify(
  Array.from({ length: 20_000 }, (_, index) => ({ id: `n${index}`, value: [index] })),
);
const REFERENCE_MS = 7;
/** Below this a request is fast whatever its size. */
const FAST_MS = 20;
/** Linear is four times the time for four times the bytes; the rest is for garbage collection and the steps of tables. */
const MOST_GROWTH = 4 * 1.75;
/** Bytes of an address that a request line can have. */
const ADDRESS_SIZES = [250, 2_000, 15_000];
const HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cf-ipcountry',
  'content-type',
  'if-none-match',
  'origin',
  'user-agent',
  'x-api-key',
  'x-forwarded-for',
];

/** A request as it goes out. */
interface Point {
  readonly template: Template;
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly what: string;
}

interface Worst {
  readonly ms: number;
  readonly bytes: number;
  readonly what: string;
}

describeServer(
  'the time of a request',
  (server) => {
    let own: SeededTenant;
    let owner: SeededTenant;
    let changing: string;
    let templates: readonly Template[];
    let turn = 0;
    let people = 0;
    const worst = new Map<string, Worst>();
    const problems: string[] = [];

    beforeAll(async () => {
      own = await seedTenant(server, 'own');
      owner = await seedTenant(server, 'owner');
      changing = await owner.make('survey');
      const action = { name: 'x', type: 'code', key: 'x' };
      await server.send('POST', '/api/v1/management/action-classes', action, {
        'x-api-key': owner.keys.manage,
      });
      templates = listTemplates(server);
    });

    it(
      'does not grow faster than its address and its headers',
      async () => {
        for (const template of templates) {
          const { places } = await valid(template);
          for (const growth of TEXT_GROWTHS) {
            for (const place of places.filter((name) => isInAddress(template, name))) {
              if (!isMyTurn(template)) continue;
              for (const size of ADDRESS_SIZES) {
                const text = JSON.parse(growth.write(size, undefined)) as string;
                const grown = await valid(template, new Map([[place, text]]));
                if (grown.path.length > 16_000) continue;
                await check(async () => ({ template, ...grown, what: `${place}: ${growth.name}, ${size}` }));
              }
            }
            for (const name of HEADERS) {
              if (!isMyTurn(template)) continue;
              const text = toHeader(JSON.parse(growth.write(15_000, undefined)) as string);
              const headers = { [name]: text };
              await check(async () => ({
                template,
                ...(await valid(template)),
                headers,
                what: `${name}: ${growth.name}`,
              }));
            }
          }
        }
      },
      TIMEOUT_MS,
    );

    it(
      'does not grow faster than its body, wherever and however the body grows',
      async () => {
        for (const template of withRichSurveys(templates)) {
          if (template.route.body === undefined || template.route.bodyType !== undefined) continue;
          const { body = 'null' } = await valid(template);
          for (const { path: place } of listPlaces(JSON.parse(body))) {
            for (const growth of GROWTHS) {
              if (!isMyTurn(template)) continue;
              await grow(template, place, growth);
            }
          }
        }
      },
      TIMEOUT_MS,
    );

    it('is told by route', () => {
      const rows = [...worst].sort(([, a], [, b]) => b.ms - a.ms);
      const lines = rows.map(
        ([route, { ms, bytes, what }]) =>
          `${ms.toFixed(1).padStart(6)} ms  ${String(bytes).padStart(7)} B  ${route}  (${what})`,
      );
      if (IS_FULL) console.log(lines.join('\n'));
      expect(rows.length).toBeGreaterThan(20);
      const slow = rows.filter(([, { ms }]) => ms > MOST_MS);
      expect(slow.map(([route, { ms, what }]) => `${route}: ${ms} ms for ${what}`)).toEqual([]);
      expect(problems).toEqual([]);
    });

    /** Makes one place larger and larger; the time must not grow faster than the bytes. */
    async function grow(
      template: Template,
      place: readonly string[],
      growth: (typeof GROWTHS)[number],
    ): Promise<void> {
      const known: { readonly bytes: number; readonly ms: number }[] = [];
      for (const size of growth.sizes) {
        const point = await grown(template, place, growth, size);
        const bytes = Buffer.byteLength(point.body ?? '');
        if (bytes > MAX_BODY_BYTES) continue;
        const ms = await check(() => grown(template, place, growth, size));
        const before = known.findLast((other) => other.bytes <= bytes / 3.5);
        known.push({ bytes, ms });
        if (ms < FAST_MS || !before) continue;
        const least = Math.max(before.ms, FAST_MS / 8);
        if (ms / least < (MOST_GROWTH / 4) * (bytes / before.bytes)) continue;
        const { method, path } = template.route;
        problems.push(
          `${method} ${path} ${point.what}: ${ms} ms of ${bytes} bytes after ${before.ms} ms of ${before.bytes}`,
        );
      }
    }

    async function grown(
      template: Template,
      place: readonly string[],
      growth: (typeof GROWTHS)[number],
      size: number,
    ): Promise<Point> {
      const { path, body = 'null' } = await valid(template);
      const text = write(
        changeAt(JSON.parse(body), place, (present) => new Raw(growth.write(size, present))),
      );
      return { template, path, body: text, what: `${place.join('.')}: ${growth.name}, ${size}` };
    }

    /** Sends a request and notes its time; again when it looks slow, since anything may be slow once. */
    async function check(make: () => Promise<Point>): Promise<number> {
      const point = await make();
      let ms = await timeOf(point);
      for (let times = 0; ms > FAST_MS && times < 4; times++) {
        ms = Math.min(ms, await timeOf(await make()));
      }
      // A busy machine is slower in processor time, too.
      if (ms > FAST_MS) ms /= await slownessNow();
      const { method, path } = point.template.route;
      const name = `${method} ${path}`;
      if (ms > (worst.get(name)?.ms ?? 0))
        worst.set(name, { ms, bytes: Buffer.byteLength(point.body ?? ''), what: point.what });
      return ms;
    }

    async function timeOf({ template, path, body, headers, what }: Point): Promise<number> {
      const { method } = template.route;
      const key = ofTenant(template).keys.manage;
      const bytes = body === undefined ? undefined : Buffer.from(body);
      let reply: Reply | undefined;
      const ms = await cpuTimeOf(async () => {
        reply = await server.send(method, path, bytes, { 'x-api-key': key, ...headers });
      });
      expect(reply?.status, `${method} ${path} ${what}\n${reply?.text.slice(0, 300)}`).toBeLessThan(500);
      if ((reply?.status ?? 0) >= 400) expect(reply?.text.length, what).toBeLessThan(100_000);
      return ms;
    }

    function ofTenant({ route }: Template): SeededTenant {
      return route.auth === 'none' ? own : owner;
    }

    /** A valid request about a person and a response that no other one is about: nothing piles up. */
    async function valid(template: Template, given: ReadonlyMap<string, string> = new Map()) {
      const tenant = ofTenant(template);
      const { method, path } = template.route;
      const fresh = new Map(given);
      if (/\/(displays|responses)$/.test(path))
        fresh.set('userId', given.get('userId') ?? `grown-${people++}`);
      if (method === 'PUT' && path.endsWith('/:responseId') && !given.has('responseId'))
        fresh.set('responseId', await tenant.make('response'));
      const [name, kind] = Object.entries(template.route.params ?? {}).at(-1) ?? [];
      if (method === 'DELETE' && name && kind && !given.has(name)) fresh.set(name, await tenant.make(kind));
      return makeRequest(template, { tenant, changing, given: fresh });
    }

    function isMyTurn({ route }: Template): boolean {
      turn++;
      return turn % SHARES[route.auth === 'none' ? 'visitors' : 'owners'] === 0;
    }

    /** How much slower this machine is now than the one that the bounds are for. */
    async function slownessNow(): Promise<number> {
      const times: number[] = [];
      for (let run = 0; run < 10; run++) times.push(await cpuTimeOf(() => JSON.parse(REFERENCE)));
      return Math.max(1, Math.min(...times) / REFERENCE_MS);
    }
  },
  { on: ['sqlite'] },
);

/** The routes of surveys once more, with documents that have everything. */
function withRichSurveys(templates: readonly Template[]): readonly Template[] {
  const rich = templates
    .filter(({ route }) => route.body !== undefined && route.path.includes('/surveys'))
    .flatMap(({ route }) => richSurveys().map((document) => ({ route, request: { body: () => document } })));
  return [...templates, ...rich];
}

function richSurveys(): readonly Readonly<Record<string, unknown>>[] {
  const named = ['07-matrix', '12-logic-jump-fallback', '21-multi-language-rtl', '25-legacy-questions'];
  return loadFixtures()
    .filter(({ name }) => named.includes(name))
    .map(({ document }) => ({ ...document, ...EVERYTHING }));
}

const EVERYTHING = {
  status: 'draft',
  styling: { brandColor: { light: '#fff' }, note: 'x' },
  metadata: { note: 'x' },
  workspaceOverwrites: { brandColor: '#fff' },
  triggers: [{ actionClass: { name: 'x' } }],
  surveyClosedMessage: { heading: 'x' },
  segment: {
    filters: [
      {
        id: 'f1',
        connector: null,
        resource: {
          id: 'f1',
          root: { type: 'attribute', contactAttributeKey: 'firstName' },
          value: 'x',
          qualifier: { operator: 'equals' },
        },
      },
    ],
  },
};

/** Whether a place is in the path or the query. */
function isInAddress({ route }: Template, place: string): boolean {
  return place.startsWith('?') || route.path.includes(`:${place}`);
}

/** What a header can carry. */
function toHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '~').trim() || 'x';
}
