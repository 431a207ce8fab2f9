import type { Context } from 'hono';
import { ApiError, badRequest, type ErrorCode, notFound, tooBusy } from '../base/api-error.ts';
import type { Log } from '../base/log.ts';
import { isMissingReference, isTaken, isUnavailable, isUnstorableText } from '../repo/database-errors.ts';
import { describeRequest } from './log-requests.ts';

/** The HTTP status of each error code. */
const STATUS = {
  bad_request: 400,
  not_authenticated: 401,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  too_many_requests: 429,
  internal_server_error: 500,
  service_unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/**
 * Converts anything a handler threw into the one error format. An error other than `ApiError` is a bug or a database
 * failure: it is logged, and its message is never sent.
 */
export function answerError(error: unknown, c: Context, log: Log): Response {
  const answer = error instanceof ApiError ? error : translate(error);
  if (answer.code === 'internal_server_error') {
    log.error('request failed', { ...describeRequest(c), error });
  } else if (answer.code === 'service_unavailable') {
    log.warn('request refused for now', { ...describeRequest(c), error });
  } else if (log.isOn('debug')) {
    log.debug('request refused', { ...describeRequest(c), code: answer.code });
  }
  const body = { code: answer.code, message: answer.message, details: answer.details };
  return c.json(body, STATUS[answer.code], answer.headers);
}

/** Answers a failure outside the app: a request whose URL or host can't be parsed, or an app that failed to load. */
export function answerOutside(error: unknown): Response {
  const isUnreadable = error instanceof Error && error.name === 'RequestError';
  const { code, message, details, headers } = isUnreadable
    ? badRequest('The address of the request cannot be read')
    : translate(error);
  return Response.json({ code, message, details }, { status: STATUS[code], headers });
}

function translate(error: unknown): ApiError {
  if (isUnstorableText(error)) return badRequest('Text must not contain the character U+0000');
  // The referenced object was deleted between the read and the write.
  if (isMissingReference(error)) return notFound('Resource', null);
  if (isTaken(error)) return new ApiError('conflict', 'Something with this name or id exists already');
  if (isUnavailable(error)) return tooBusy();
  return new ApiError('internal_server_error', 'Something went wrong. Please try again.');
}
