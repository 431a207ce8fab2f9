import { stringify } from '../platform/json.ts';
import { rethrow } from '../platform/rethrow.ts';

/** The request that a body belongs to. */
export type BodyKind = 'user' | 'display' | 'response';

/**
 * `beforeSend` of `setup`: gets a copy of every body before it leaves the page, and must return synchronously.
 *
 * A returned object is sent instead; undefined sends the copy with its changes; `false` or null drops the body, which is
 * not tried again. When it throws (or returns a promise) the error is reported as the page's own and the body is kept
 * for another try.
 */
export type BeforeSend = (
  body: Record<string, unknown>,
  kind: BodyKind,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only changes its copy returns nothing
) => Record<string, unknown> | false | null | undefined | void;

/**
 * Returns a body as text, after the page's hook. Null when the hook drops it: it is not tried again. Undefined when the
 * hook threw: to be tried later. Synchronous, so that it can be used in `pagehide`.
 *
 * @example
 * const body = toBody(options.beforeSend, { userId }, 'user');
 * if (body) reply = await request(url, body);
 */
export function toBody(
  beforeSend: BeforeSend | undefined,
  content: object,
  kind: BodyKind,
): string | null | undefined {
  try {
    const text = stringify(content);
    if (!beforeSend) return text;
    const copy = JSON.parse(text);
    const changed = beforeSend(copy, kind);
    if (changed === false || changed === null) return null;
    if (changed && 'then' in changed)
      throw new TypeError('beforeSend must answer at once, without a promise');
    return stringify(changed ?? copy);
  } catch (error) {
    rethrow(error);
    return undefined;
  }
}
