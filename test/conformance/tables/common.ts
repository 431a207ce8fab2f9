import type { Expected, Step } from '../case.ts';
import { absent, anyObject, anyText, like } from '../match.ts';

/** Headers of every reply of the client API (client-api.md 2.4, 2.5, differences.md 1.12). */
export const CLIENT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Date, Retry-After, ETag',
  'access-control-allow-credentials': absent,
  'cache-control': 'private, no-store',
  'content-type': like(/^application\/json/),
  date: anyText,
};

/** An error in the envelope. */
export function failure(
  status: number,
  code: string,
  { message = anyText, details = {} }: { readonly message?: unknown; readonly details?: unknown } = {},
): Expected {
  return { status, body: { code, message, details } };
}

/** 400 with this message. */
export function badRequest(message: unknown = anyText, details: unknown = {}): Expected {
  return failure(400, 'bad_request', { message, details });
}

/** 400 whose details have these paths and no others, with any text. */
export function fieldsWrong(...paths: readonly string[]): Expected {
  const details = Object.fromEntries(paths.map((path) => [path, anyText]));
  return badRequest('Fields are missing or incorrectly formatted', details);
}

/** 400 for a body that is not JSON. */
export function malformed(message: string): Expected {
  return badRequest(message, { error: anyText });
}

/** 404 that names the type and the id as sent. */
export function notFound(type: string, id: string): Expected {
  const details = { resource_id: id, resource_type: type };
  return failure(404, 'not_found', { message: `${type} not found`, details });
}

/** 404 of the path itself. */
export const NO_SUCH_PATH = failure(404, 'not_found', { details: anyObject });

/** 403 of a survey that accepts no responses. */
export function closed(surveyId: string): Expected {
  return failure(403, 'forbidden', { message: 'Survey is not accepting submissions', details: { surveyId } });
}

/** 413 of a body above 2 MiB. */
export const TOO_LARGE = failure(413, 'payload_too_large', {
  message: 'Payload Too Large',
  details: { error: like(/2097152/) },
});

/** 200 with this value in the envelope. */
export function ok(data: unknown): Expected {
  return { status: 200, body: { data } };
}

/** The message of a malformed body on most routes. */
export const MALFORMED = 'Malformed JSON input, please check your request body';

/** Identifies a person through v1. */
export function identify(userId: string, attributes?: Readonly<Record<string, unknown>>): Step {
  return {
    send: {
      method: 'POST',
      path: '/api/v1/client/{env}/user',
      json: { userId, ...(attributes ? { attributes } : {}) },
    },
  };
}

/** Identifies a person and checks the whole state. */
export function identifyExpecting(userId: string, data: unknown, attributes?: Record<string, unknown>): Step {
  return {
    ...identify(userId, attributes),
    expect: ok({ state: { data, expiresAt: anyText } }),
  };
}

/** Creates a display through v1 and saves its id under this name, its instant under the name with `At` appended. */
export function display(name: string, json: Readonly<Record<string, unknown>>): Step {
  return {
    send: { method: 'POST', path: '/api/v1/client/{env}/displays', json },
    save: { [name]: 'data.id' },
    stamp: `${name}At`,
  };
}

/** Creates a response through v1 and saves its id under this name. */
export function answer(name: string, json: Readonly<Record<string, unknown>>): Step {
  return {
    send: {
      method: 'POST',
      path: '/api/v1/client/{env}/responses',
      json: { surveyId: '{survey}', finished: false, data: {}, ...json },
    },
    save: { [name]: 'data.id' },
    stamp: `${name}At`,
  };
}

/** Reads a stored response as its owner does and checks these members of it. */
export function stored(responseId: string, members: unknown): Step {
  return {
    send: { path: `/api/v1/management/responses/{${responseId}}`, key: 'key' },
    expect: { status: 200, body: { data: members } },
  };
}
