import type { FileExtension } from '../../src/wire/file-types.ts';
import { ANY_ELEMENT, parseFilePath } from './file-address.ts';

/** Environment, survey and element that the files of an answer must belong to. */
export interface FileScope {
  readonly environmentId: string;
  readonly surveyId: string;
  readonly elementId: string;
  readonly allows: (extension: FileExtension) => boolean;
  /** Whether an address `http(s)://host` is the server's own. */
  readonly isOwnOrigin: (origin: string) => boolean;
}

/**
 * Whether an answer is a list of files that were uploaded for this element (management-api.md 10.5): paths, or
 * absolute URLs on the server's own origin.
 */
export function isFileAnswer(answer: unknown, scope: FileScope): boolean {
  return Array.isArray(answer) && answer.every((url) => typeof url === 'string' && isFileOf(url, scope));
}

function isFileOf(url: string, scope: FileScope): boolean {
  const path = toPath(url, scope);
  const found = path === undefined ? undefined : parseFilePath(path);
  if (found?.access !== 'private' || !found.answer || found.environmentId !== scope.environmentId)
    return false;
  const { surveyId, elementId } = found.answer;
  const isElement = elementId === scope.elementId || elementId === ANY_ELEMENT;
  return isElement && surveyId === scope.surveyId && scope.allows(found.file.extension);
}

/** Parsed as text: a URL that `new URL` would normalize is none that the server has handed out. */
function toPath(url: string, { isOwnOrigin }: FileScope): string | undefined {
  if (url.startsWith('/')) return url;
  const [, origin = '', path] = /^(https?:\/\/[^/?#@\\]+)(\/.*)$/.exec(url) ?? [];
  return isOwnOrigin(origin) ? path : undefined;
}
