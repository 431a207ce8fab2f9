import { transformOas3Operations } from '@stoplight/http-spec/oas3/operation';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { listRoutes } from '../../../server/app.ts';
import { createContext } from '../../../server/context/context.ts';
import type { OpenApiDocument, Operation } from '../../../server/docs/document.ts';
import { PARAM_EXAMPLES } from '../../../server/docs/examples.ts';
import type { ParamKind, Route } from '../../../server/http/routes.ts';
import { ROUTE_CASES } from '../route-cases.ts';
import { describeServer, type Reply, silentLog } from '../support.ts';
import { type SeededTenant, seedTenant } from '../tenants.ts';

describeServer('the OpenAPI document', (server) => {
  let document: OpenApiDocument;
  let routes: readonly Route[];
  let own: SeededTenant;

  beforeAll(async () => {
    routes = listRoutes(createContext({ database: server.database, now: Date.now, log: silentLog }));
    document = (await server.send('GET', '/openapi.json')).body;
    own = await seedTenant(server, 'own');
  });

  it('has every route', () => {
    const described = operations(document).map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:([A-Za-z]+)/g, '{$1}')}`).sort(),
    );
    const ids = operations(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has the same operations when prism parses it', () => {
    const read = transformOas3Operations(document as never) as { method: string; path: string }[];
    expect(read.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      operations(document)
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    );
  });

  it('has schemas that a strict validator compiles, and no dangling references', () => {
    const validator = validatorOf(document);
    let compiled = 0;
    for (const { operation } of operations(document)) {
      for (const schema of schemasOf(operation)) {
        validator.compile(schema);
        compiled++;
      }
    }
    expect(compiled).toBeGreaterThan(100);
    const names = Object.keys(document.components.schemas);
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/([A-Za-z]+)/g)) {
      expect(names).toContain(name);
    }
    expect(JSON.stringify(document)).not.toContain('#/$defs');
  });

  it('matches the replies of every route: each is valid by document and schema and has no other keys', async () => {
    const validator = validatorOf(document);
    let taken = 0;
    for (const route of routes) {
      for (const request of ROUTE_CASES[nameOf(route)]?.requests ?? []) {
        const fresh = request.body ? await own.make('display') : '';
        const id = (place: string, kind: ParamKind): string =>
          place === 'displayId' && fresh && route.method === 'POST' ? fresh : own.ids[kind];
        const places = { id, text: own.text };
        const query = new URLSearchParams(request.query?.(places) ?? {});
        const params = Object.entries(route.params ?? {});
        // The tenant's objects are needed until the end.
        const ids = route.method === 'DELETE' ? await makeAll(own, params) : own.ids;
        const path = params.reduce((text, [name, kind]) => text.replace(`:${name}`, ids[kind]), route.path);
        const reply = await server.send(
          route.method,
          query.size > 0 ? `${path}?${query}` : path,
          request.body?.(places),
          { 'x-api-key': own.keys.manage },
        );
        await expectReply(route, reply);
        if (reply.status < 300) taken++;
        const content = replySchemaOf(document, route);
        if (reply.status < 300 && content) {
          expect(validator.errorsOf(content, reply.body), nameOf(route)).toEqual([]);
        }
      }
    }
    expect(taken).toBeGreaterThan(70);
  });

  it('has an example for every body, and each is accepted with existing ids', async () => {
    const validator = validatorOf(document);
    // A tenant with unchanged surveys.
    const tenant = await seedTenant(server, 'example');
    const ids = { ...PARAM_EXAMPLES };
    for (const { method, path, operation } of operations(document)) {
      const content = Object.values(operation.requestBody?.content ?? {})[0];
      if (content === undefined) continue;
      expect(content.example, `${method} ${path}`).toBeDefined();
      expect(validator.errorsOf(content.schema, content.example), `${method} ${path}`).toEqual([]);
      // An upload needs a fresh permit: upload-handler.test.ts tests it.
      if (operation.requestBody?.content['multipart/form-data']) continue;
      const isOfDisplay = `${path}${JSON.stringify(content.example)}`.includes(PARAM_EXAMPLES.display);
      const display = isOfDisplay || path.includes('{displayId}') ? await tenant.make('display') : '';
      const mine = (text: string): string =>
        (Object.entries(ids) as [ParamKind, string][]).reduce(
          (sum, [kind, example]) =>
            sum.replaceAll(example, kind === 'display' && method === 'POST' ? display : tenant.ids[kind]),
          text,
        );
      const address = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .reduce((text, { name, example }) => text.replace(`{${name}}`, mine(String(example))), path);
      const body = mine(JSON.stringify(content.example)).replaceAll('mara@', `${tenant.text()}@`);
      const reply = await server.send(method, address, body, { 'x-api-key': tenant.keys.manage });
      const isSecond = /Action with (name|key)/.test(reply.text);
      expect(isSecond ? 200 : reply.status, `${method} ${path}\n${body}\n${reply.text}`).toBe(200);
    }
  });

  it('has an ETag and is answered with 304', async () => {
    const first = await server.send('GET', '/openapi.json');
    expect(first.headers.get('content-type')).toBe('application/json');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const second = await server.send('GET', '/openapi.json', undefined, { 'if-none-match': etag });
    expect([second.status, second.text]).toEqual([304, '']);
  });
});

async function expectReply(route: Route, reply: Reply): Promise<void> {
  const what = `${nameOf(route)}\n${reply.text.slice(0, 600)}`;
  if (reply.status >= 400) {
    // A case that is refused on purpose: its reply has the format of errors.
    expect(Object.keys(reply.body), what).toEqual(['code', 'message', 'details']);
    return;
  }
  expect(reply.status, what).toBe(route.status ?? 200);
  if (route.reply === 'bytes') return;
  const schema: z.ZodType = await route.reply();
  const parsed = schema.safeParse(reply.body);
  expect(parsed.error?.issues ?? [], what).toEqual([]);
  // A schema drops unknown keys: then the document would be incomplete.
  expect(parsed.data, what).toEqual(reply.body);
}

function replySchemaOf({ paths }: OpenApiDocument, route: Route): object | undefined {
  const operation = paths[route.path.replace(/:([A-Za-z]+)/g, '{$1}')]?.[route.method.toLowerCase()];
  return operation?.responses[route.status ?? 200]?.content?.['application/json']?.schema;
}

interface Validator {
  /** Compiles a schema; throws when it is invalid. */
  compile(schema: object): void;
  /** Errors of a value by the document's schema. */
  errorsOf(schema: object, value: unknown): unknown;
}

const validators = new Map<string, Validator>();

/** Shared by both databases: the document is the same, and compiling it takes seconds. */
function validatorOf(document: OpenApiDocument): Validator {
  const text = JSON.stringify(document);
  const validator = validators.get(text) ?? createValidator(document);
  validators.set(text, validator);
  return validator;
}

function createValidator({ components }: OpenApiDocument): Validator {
  // Inlining and optimising schemas that are used once costs more than it saves.
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  addFormats(ajv as never);
  ajv.addVocabulary(['components']);
  ajv.addSchema({ $id: 'https://inkling.test/', components } as object, undefined, undefined, false);
  const compiled = new Map<string, ValidateFunction>();
  const compile = (schema: object): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"https://inkling.test/#/components');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
    compiled.set(text, validate);
    return validate;
  };
  const errorsOf = (schema: object, value: unknown): unknown => {
    const validate = compile(schema);
    return validate(value) ? [] : validate.errors;
  };
  return { compile, errorsOf };
}

async function makeAll(
  own: SeededTenant,
  params: readonly (readonly [string, ParamKind])[],
): Promise<Readonly<Record<ParamKind, string>>> {
  const made = { ...own.ids };
  for (const [, kind] of params) made[kind] = await own.make(kind);
  return made;
}

function operations(
  document: OpenApiDocument,
): readonly { readonly method: string; readonly path: string; readonly operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function schemasOf({ parameters = [], requestBody, responses }: Operation): readonly object[] {
  const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
  return [
    ...parameters.map(({ schema }) => schema),
    ...contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema)),
  ];
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
