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

/** Expected failure: thrown anywhere below a handler and answered with its code, message, details and headers. */
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
    super(message);
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** Makes a 404 that names the missing object; the same for one of another environment (architecture.md 5.14). */
export function notFound(type: string, id: string | null): ApiError {
  return new ApiError('not_found', `${type} not found`, { resource_id: id, resource_type: type });
}

/** Makes a 400. */
export function badRequest(message: string, details: ErrorDetails = {}): ApiError {
  return new ApiError('bad_request', message, details);
}

/** Formats an error as one line for a terminal: its message, then each detail with its field. */
export function inOneLine(error: ApiError): string {
  const details = Object.entries(error.details).map(([path, message]) => `${path}: ${String(message)}`);
  return [error.message, ...details].join('; ');
}
