import { parseFilePath } from '../files/file-address.ts';
import { type OwnAddresses, toOwnPath } from '../files/own-address.ts';

/**
 * Returns a copy of an owner's document in which addresses of files of this server are paths, as files are stored: the
 * server may move to another address. A value without such an address is returned as it is.
 */
export function withStoredPaths<T>(value: T, own: OwnAddresses): T {
  const text = JSON.stringify(value);
  if (!text.includes('://') || !text.includes('/storage/')) return value;
  return JSON.parse(text, (_key, part: unknown) => {
    const path = typeof part === 'string' ? toOwnPath(part, own) : undefined;
    return path !== undefined && parseFilePath(path) ? path : part;
  }) as T;
}
