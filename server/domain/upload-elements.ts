import { MAX_ANSWER_FILES, MAX_FILE_BYTES } from '../../src/core/limits.ts';
import type { Answers } from '../../src/core/survey/document.ts';
import { extensionOf, type FileExtension } from '../../src/wire/file-types.ts';
import { type ApiError, badRequest } from '../base/api-error.ts';
import { ANY_ELEMENT } from '../files/file-address.ts';
import { isFileAnswer } from '../files/is-file-answer.ts';
import { type OwnAddresses, toOwnPath } from '../files/own-address.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { elementsOf } from './survey-elements.ts';

/** An element whose answer is files. */
export interface UploadElement {
  readonly id: string;
  readonly type: 'fileUpload';
  readonly maxSizeInMB?: number;
  readonly allowedFileExtensions?: readonly string[];
}

/** The element and size limit of an upload. */
export interface UploadTarget {
  /** An element's id, or `ANY_ELEMENT` where a client of before 2026 names none and several accept the file. */
  readonly elementId: string;
  readonly maxBytes: number;
}

/**
 * Decides which upload element a file is for (client-api.md 3.6); throws 400 when the survey has no such
 * element, or its list of extensions excludes the file.
 */
export function chooseUploadTarget(
  survey: SurveyRecord,
  { fileName, elementId }: { readonly fileName: string; readonly elementId: string | undefined },
): UploadTarget {
  const all = uploadElementsOf(survey);
  if (all.length === 0) throw refuse('Survey does not allow file uploads', 'surveyId');
  const named = elementId === undefined ? all : all.filter(({ id }) => id === elementId);
  if (named.length === 0) throw refuse('Element does not allow file uploads', 'elementId');

  const extension = extensionOf(fileName);
  const fitting = named.filter((element) => allowsExtension(element, extension));
  const [first, second] = fitting;
  if (!first) throw refuse('File extension is not allowed for this element', 'elementId');
  const maxBytes = Math.max(...fitting.map(maxBytesOf));
  return { elementId: second ? ANY_ELEMENT : first.id, maxBytes };
}

/** Returns the answers with files as paths (management-api.md 10.5), however a client wrote addresses of this server. */
export function withFilePaths(survey: SurveyRecord, data: Answers, own: OwnAddresses): Answers {
  const toPath = (item: string): string => toOwnPath(item, own) ?? item;
  const lists = uploadElementsOf(survey).flatMap(({ id }) => {
    const answer = Object.hasOwn(data, id) ? data[id] : undefined;
    // A longer list is refused.
    const isList = Array.isArray(answer) && answer.length <= MAX_ANSWER_FILES;
    return isList ? [[id, answer.map(toPath)] as const] : [];
  });
  return lists.length === 0 ? data : { ...data, ...Object.fromEntries(lists) };
}

/**
 * Throws 400 for an answer to an upload element that is anything but a list of files uploaded for it (client-api.md 3.4
 * row 12 and 3.5 row 9).
 */
export function checkFileAnswers(survey: SurveyRecord, data: Readonly<Record<string, unknown>>): void {
  const { environmentId, id: surveyId } = survey;
  for (const element of uploadElementsOf(survey)) {
    if (!Object.hasOwn(data, element.id)) continue;
    const allows = (extension: FileExtension): boolean => allowsExtension(element, extension);
    if (!isFileAnswer(data[element.id], { environmentId, surveyId, elementId: element.id, allows })) {
      const expected = 'Expected a list of files that were uploaded for this element';
      throw badRequest('Invalid file upload response', { [`data.${element.id}`]: expected });
    }
  }
}

/** Whether a survey asks for files. */
export function hasUploadElements(survey: SurveyRecord): boolean {
  return uploadElementsOf(survey).length > 0;
}

/** Makes the 400 for a file above the limit, with S3's error code, which clients look for (management-api.md 12.2). */
export function fileTooLarge(maxBytes: number): ApiError {
  const megabytes = Math.round((maxBytes / (1024 * 1024)) * 100) / 100;
  return badRequest(`File size exceeds the ${megabytes} MB limit`, { error: 'EntityTooLarge' });
}

function uploadElementsOf(survey: SurveyRecord): readonly UploadElement[] {
  // The type of elements has the renderer's element types only.
  const elements = elementsOf(survey) as readonly { readonly type: string }[];
  return elements.filter((element): element is UploadElement => element.type === 'fileUpload');
}

function allowsExtension({ allowedFileExtensions }: UploadElement, extension: string): boolean {
  if (!allowedFileExtensions || allowedFileExtensions.length === 0) return true;
  return allowedFileExtensions.some((allowed) => allowed.toLowerCase().replace(/^\./, '') === extension);
}

function maxBytesOf({ maxSizeInMB }: UploadElement): number {
  if (maxSizeInMB === undefined || !(maxSizeInMB > 0)) return MAX_FILE_BYTES;
  return Math.max(1, Math.min(MAX_FILE_BYTES, Math.floor(maxSizeInMB * 1024 * 1024)));
}

function refuse(message: string, field: string): ApiError {
  return badRequest(message, { [field]: message });
}
