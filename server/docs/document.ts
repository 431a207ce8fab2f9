import * as z from 'zod';
import { noCodeConfigSchema } from '../../src/wire/action-class-schema.ts';
import { i18nSchema } from '../../src/wire/base-schema.ts';
import { errorReplySchema } from '../../src/wire/client-reply-schema.ts';
import { elementSchema, questionSchema } from '../../src/wire/element-schema.ts';
import { logicSchema } from '../../src/wire/logic-schema.ts';
import { answerSchema } from '../../src/wire/response-schema.ts';
import type { ParamKind, Route } from '../http/routes.ts';
import { TAGS } from '../http/routes.ts';
import { exampleOf, exampleQueryOf, PARAM_EXAMPLES } from './examples.ts';

/** A JSON Schema of the dialect that OpenAPI 3.1 speaks (2020-12). */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** One operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

/** A parameter of a path or a query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** A body by its content type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

interface Answer {
  readonly description: string;
  readonly content?: Content;
}

/** The parts of an OpenAPI 3.1 document that ours consists of. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const ANSWERS: Readonly<Record<number, string>> = {
  206: 'The part that `Range` asks for',
  304: 'Unchanged: the ETag that was sent is still true',
  400: 'Something in the request is missing or wrong; `details` names it',
  401: 'No key, an unknown one, or one that may not do this',
  403: 'The survey takes no answers now; or `userHash` is missing or wrong',
  404: 'There is nothing of this id, or it is not yours: the two are not told apart',
  409: 'A name, key or id is taken',
  413: 'The body is larger than 2 MiB',
  416: 'The file has no such part',
  429: 'Too many requests; `Retry-After` says how many seconds to wait',
  500: 'A mistake of the server',
  503: 'Too busy for now; `Retry-After` says how many seconds to wait',
};

const PARAMS: Readonly<Record<ParamKind, string>> = {
  environment: 'the environment',
  survey: 'the survey',
  'action-class': 'the action class',
  segment: 'the segment',
  display: 'the display',
  response: 'the response',
  contact: 'the contact',
  'attribute-key': 'the attribute key',
  webhook: 'the webhook',
  delivery: 'the delivery',
  user: 'the person, as the site names them',
  element: 'the element of the survey',
  file: 'the name of the stored file',
  text: 'what is meant',
};

// Schemas that are used in many places become components.
const NAMED: readonly (readonly [z.ZodType, string])[] = [
  [i18nSchema, 'Text'],
  [elementSchema, 'Element'],
  [questionSchema, 'Question'],
  [logicSchema, 'Logic'],
  [noCodeConfigSchema, 'NoCodeConfig'],
  [answerSchema, 'Answer'],
  [errorReplySchema, 'Error'],
];

/** Describes every route as OpenAPI 3.1, from the schemas that validate requests and that tests check replies with. */
export async function describeApi(
  routes: readonly Route[],
  { version, origin }: { readonly version: string; readonly origin: string },
): Promise<OpenApiDocument> {
  const schemas: Record<string, JsonSchema> = {};
  const convert = createConverter(schemas);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: await toOperation(route, convert) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Inkling',
      version,
      description:
        'The client API is what a visitor’s browser calls: no key, readable from every origin. The management ' +
        'API is for the owner of an environment: every call carries a key. Bodies are JSON whatever their content ' +
        'type says; unknown keys are ignored. Every error has the same shape.',
    },
    servers: [{ url: origin }],
    tags: TAGS.filter((tag) => routes.some((route) => route.tag === tag)).map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

type Convert = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;

async function toOperation(route: Route, convert: Convert): Promise<Operation> {
  const parameters = [...pathParameters(route), ...(await queryParameters(route, convert))];
  const body = route.body && convert(await route.body(), 'input');
  const example = exampleOf(route);
  return {
    operationId: toOperationId(route),
    summary: route.summary,
    ...(route.auth === 'none' ? {} : { description: `Needs a key that may ${route.auth}.` }),
    tags: [route.tag],
    security: route.auth === 'none' ? [] : [{ apiKey: [] }, { bearer: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: {
              [route.bodyType ?? 'application/json']: {
                schema: body,
                ...(example === undefined ? {} : { example }),
              },
            },
          },
        }
      : {}),
    responses: await toAnswers(route, convert),
  };
}

async function toAnswers(route: Route, convert: Convert): Promise<Readonly<Record<string, Answer>>> {
  const { reply, status = 200, errors = [] } = route;
  const content: Content =
    reply === 'bytes'
      ? { [route.replyType ?? 'application/octet-stream']: { schema: {} } }
      : { 'application/json': { schema: convert(await reply(), 'output') } };
  const usual = [
    ...(route.params || route.query || route.body ? [400] : []),
    ...(route.auth === 'none' ? [] : [401]),
    ...(route.params || route.body ? [404] : []),
    ...(route.body ? [413] : []),
    ...(route.path.includes('/client/') ? [429] : []),
  ];
  const error = { 'application/json': { schema: convert(errorReplySchema, 'output') } };
  const others = [...new Set([...usual, ...errors])].sort((a, b) => a - b);
  return {
    [status]: { description: 'Done', content },
    ...Object.fromEntries(
      others.map((code) => [
        code,
        { description: ANSWERS[code] ?? 'Refused', ...(code < 400 ? {} : { content: error }) },
      ]),
    ),
  };
}

function pathParameters({ params = {} }: Route): readonly Parameter[] {
  return Object.entries(params).map(([name, kind]) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMS[kind],
    schema: { type: 'string' },
    example: PARAM_EXAMPLES[kind],
  }));
}

async function queryParameters(route: Route, convert: Convert): Promise<readonly Parameter[]> {
  if (!route.query) return [];
  const { properties = {}, required = [] } = convert(await route.query(), 'input');
  const examples = exampleQueryOf(route);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: schema as JsonSchema,
    ...(examples[name] === undefined ? {} : { example: examples[name] }),
  }));
}

function toOperationId({ method, path }: Route): string {
  const words = path.split(/[/:.]+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words].join('-').replace(/[^A-Za-z0-9-]/g, '-');
}

/**
 * Converts schemas and collects the named ones. A name that differs between request and reply (where defaults have been
 * filled in) becomes two.
 */
function createConverter(schemas: Record<string, JsonSchema>): Convert {
  const registry = z.registry<{ id?: string }>();
  for (const [schema, id] of NAMED) registry.add(schema, { id });
  return (schema, io) => {
    const json = z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: 'any' });
    const { $schema: _dialect, $defs = {}, ...root } = json;
    const names = new Map(Object.keys($defs).map((name) => [name, io === 'input' ? name : `${name}Read`]));
    for (const [name, at] of names) schemas[at] = refer($defs[name], names) as JsonSchema;
    return refer(root, names) as JsonSchema;
  };
}

/** Points references to the components, and removes keys that zod adds. */
function refer(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => refer(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (key === 'id' && names.has(String(item))) return [];
    // Replies may get more keys: a client must not rely on knowing every one.
    if (key === 'additionalProperties' && item === false) return [];
    if (key === '$ref' && typeof item === 'string') {
      const name = item.replace('#/$defs/', '');
      return [[key, `#/components/schemas/${names.get(name) ?? name}`]];
    }
    return [[key, refer(item, names)]];
  });
  return Object.fromEntries(entries);
}
