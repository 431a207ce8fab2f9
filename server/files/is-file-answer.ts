import { MAX_ANSWER_FILES } from '../../src/core/limits.ts';
import type { FileExtension } from '../../src/wire/file-types.ts';
import { ANY_ELEMENT, parseFilePath } from './file-address.ts';

/** Environment, survey and element that the files of an answer must belong to. */
export interface FileScope {
  readonly environmentId: string;
  readonly surveyId: string;
  readonly elementId: string;
  readonly allows: (extension: FileExtension) => boolean;
}

/** Whether an answer is a list of paths of files that were uploaded for this element (management-api.md 10.5). */
export function isFileAnswer(answer: unknown, scope: FileScope): boolean {
  if (!Array.isArray(answer) || answer.length > MAX_ANSWER_FILES) return false;
  return answer.every((path) => typeof path === 'string' && isFileOf(path, scope));
}

function isFileOf(path: string, scope: FileScope): boolean {
  const found = parseFilePath(path);
  if (found?.access !== 'private' || !found.answer || found.environmentId !== scope.environmentId)
    return false;
  const { surveyId, elementId } = found.answer;
  const isElement = elementId === scope.elementId || elementId === ANY_ELEMENT;
  return isElement && surveyId === scope.surveyId && scope.allows(found.file.extension);
}
