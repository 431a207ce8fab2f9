import type * as z from 'zod';
import { MAX_ERROR_FIELDS } from '../../src/core/limits.ts';
import { badRequest } from './api-error.ts';

/** Checks a body against a schema; throws 400 with one message per failing path, the last of the first 50 winning. */
export function checkBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw badRequest('Fields are missing or incorrectly formatted', toDetails(result.error));
}

/** One message per path, segments joined by dots; a failure of the whole has the path ''. */
function toDetails(error: z.ZodError): Readonly<Record<string, string>> {
  const issues = error.issues.slice(0, MAX_ERROR_FIELDS);
  return Object.fromEntries(issues.map((issue) => [issue.path.map(String).join('.'), issue.message]));
}
