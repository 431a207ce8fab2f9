import { createHash } from 'node:crypto';
import { MAX_FILE_PATH_CHARS } from '../../src/core/limits.ts';
import { parseStoredName, type StoredName } from './file-name.ts';

/** Stands for "any upload element of the survey": clients from before 2026 send no element id. */
export const ANY_ELEMENT = '~';

const KEY = /^[0-9a-z]+\/(public|private)\/([0-9a-z]+|-)\/[0-9a-f]{64}\.[0-9a-z]{1,20}$/;
const KEY_PREFIX = /^[0-9a-z]+\/((public|private)\/(([0-9a-z]+|-)\/)?)?$/;

/** Access level of a file. */
export type Access = 'public' | 'private';

/** The location of a file, as its URL has it. */
export interface FileAddress {
  readonly environmentId: string;
  readonly access: Access;
  /** The upload element that it answers; none for an owner's upload. */
  readonly answer?: { readonly surveyId: string; readonly elementId: string } | undefined;
  readonly name: string;
}

/** The path of a file's URL (client-api.md 3.6, management-api.md 12.3). */
export function toFilePath({ environmentId, access, answer, name }: FileAddress): string {
  const scope = answer ? `surveys/${answer.surveyId}/elements/${answer.elementId}/` : '';
  return `/storage/${environmentId}/${access}/${scope}${encodeURIComponent(name)}`;
}

/**
 * Reads the path of a file's URL, each segment decoded once; undefined for a path that no file can have: a name that
 * was not made by `toStoredName`, `..`, encoded slashes, an unknown kind of access.
 */
export function parseFilePath(path: string): (FileAddress & { readonly file: StoredName }) | undefined {
  if (path.length > MAX_FILE_PATH_CHARS) return undefined;
  const [root, storage, environmentId = '', access, ...rest] = path.split('/');
  if (root !== '' || storage !== 'storage' || !/^[0-9a-z]+$/.test(environmentId)) return undefined;
  if (access !== 'public' && access !== 'private') return undefined;
  const name = decode(rest.at(-1) ?? '');
  const file = parseStoredName(name);
  if (!file) return undefined;
  if (rest.length === 1) return { environmentId, access, name, file };

  const [surveys, surveyId = '', elements, elementId = '', last] = rest;
  if (rest.length !== 5 || surveys !== 'surveys' || elements !== 'elements' || last === undefined)
    return undefined;
  if (!/^[0-9a-z]+$/.test(surveyId) || !/^([A-Za-z0-9_-]+|~)$/.test(elementId)) return undefined;
  return { environmentId, access, answer: { surveyId, elementId }, name, file };
}

/**
 * The key under which a store keeps a file: `environment/access/survey/hash.extension`. It contains no text of a
 * visitor, so nothing that a visitor sends reaches a file system; all files of a survey or an environment share a
 * prefix.
 */
export function toFileKey(address: FileAddress & { readonly file: StoredName }): string {
  const { environmentId, access, answer, file } = address;
  const hash = createHash('sha256').update(toFilePath(address)).digest('hex');
  return `${environmentId}/${access}/${answer?.surveyId ?? '-'}/${hash}.${file.extension}`;
}

/** The key of an address that was made here. */
export function keyOfAddress(address: FileAddress): string {
  const parsed = parseFilePath(toFilePath(address));
  if (!parsed) throw new Error('the address of a file has a name that is none');
  return toFileKey(parsed);
}

/** Whether a text has the form of a key from `toFileKey`. */
export function isFileKey(text: string): boolean {
  return KEY.test(text);
}

/** Returns the key; throws when it isn't one: a second check before it is used as a path. */
export function requireFileKey(key: string): string {
  if (!isFileKey(key)) throw new Error('not a file key');
  return key;
}

/** Returns the prefix of keys; throws unless it consists of whole folders of a key. */
export function requireKeyPrefix(prefix: string): string {
  if (!KEY_PREFIX.test(prefix)) throw new Error('not a prefix of file keys');
  return prefix;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
