import { ANY_ELEMENT, parseFilePath, toFileKey } from './file-address.ts';

/** Environment and survey that the answers belong to. */
export interface AnswerOwner {
  readonly environmentId: string;
  readonly surveyId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The keys of the files that answers refer to. A file counts only under the element that it was uploaded for: naming
 * another visitor's file in an answer can't get it deleted.
 */
export function fileKeysOf({ environmentId, surveyId, data }: AnswerOwner): readonly string[] {
  const keys = Object.entries(data).flatMap(([elementId, answer]) =>
    (Array.isArray(answer) ? answer : []).flatMap((path: unknown) => {
      const found = typeof path === 'string' ? parseFilePath(path) : undefined;
      if (found?.environmentId !== environmentId || found.answer?.surveyId !== surveyId) return [];
      const isOfElement = found.answer.elementId === elementId || found.answer.elementId === ANY_ELEMENT;
      return isOfElement ? [toFileKey(found)] : [];
    }),
  );
  return [...new Set(keys)];
}
