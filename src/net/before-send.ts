import { stringify } from '../platform/json.ts';
import { rethrow } from '../platform/rethrow.ts';

/** Which request a body belongs to. */
export type BodyKind = 'user' | 'display' | 'response';

/**
 * `beforeSend` of `setup`: sees a copy of every body before it leaves the page, and answers at once.
 *
 * An object is sent instead; undefined sends the copy as it is now; `false` or null drops the body for good. When it
 * throws (or answers with a promise) the page gets its error back and the body is kept for another try.
 */
export type BeforeSend = (
  body: Record<string, unknown>,
  kind: BodyKind,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only changes its copy returns nothing
) => Record<string, unknown> | false | null | undefined | void;

/**
 * A body as the page lets it go. Null when the page drops it: done, nothing to try again. Undefined when its hook threw:
 * not now. For every POST, in `pagehide` too: it waits for nothing.
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
