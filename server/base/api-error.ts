import { MAX_ERROR_CHARS, MAX_ERROR_FIELDS } from '../../src/core/limits.ts';

/** Every code an error reply may carry (client-api.md 2.2). */
export type ErrorCode =
  | 'bad_request'
  | 'not_authenticated'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'payload_too_large'
  | 'too_many_requests'
  | 'internal_server_error'
  | 'service_unavailable';

/** Details of an error beyond its message, by field or by name. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * Expected failure: thrown anywhere below a handler and answered with its code, message, details and headers. Its texts are
 * cut and its fields counted (limits.md 1): a request must not decide how long its refusal is.
 */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(shorten(message));
    this.code = code;
    this.details = boundDetails(details);
    this.headers = headers;
  }
}

function boundDetails(details: ErrorDetails): ErrorDetails {
  const entries = Object.entries(details).slice(0, MAX_ERROR_FIELDS);
  return Object.fromEntries(
    entries.map(([field, value]) => [shorten(field), typeof value === 'string' ? shorten(value) : value]),
  );
}

/** Cuts a text that is part of an error or a remark. */
export function shorten(text: string): string {
  return text.length > MAX_ERROR_CHARS ? `${text.slice(0, MAX_ERROR_CHARS - 1)}…` : text;
}

/** Makes a 404 that names the missing object; the same for one of another environment (architecture.md 5.14). */
export function notFound(type: string, id: string | null): ApiError {
  return new ApiError('not_found', `${type} not found`, { resource_id: id, resource_type: type });
}

/** Makes a 400. */
export function badRequest(message: string, details: ErrorDetails = {}): ApiError {
  return new ApiError('bad_request', message, details);
}

/** Makes the 503 of a server that is over one of its limits; the same request may succeed a moment later. */
export function tooBusy(): ApiError {
  return new ApiError(
    'service_unavailable',
    'Too busy right now. Please try again.',
    {},
    { 'Retry-After': '1' },
  );
}

/** Formats an error as one line for a terminal: its message, then each detail with its field. */
export function inOneLine(error: ApiError): string {
  const details = Object.entries(error.details).map(([path, message]) => `${path}: ${String(message)}`);
  return [error.message, ...details].join('; ');
}
