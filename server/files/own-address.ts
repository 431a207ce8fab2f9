import { MAX_FILE_PATH_CHARS } from '../../src/core/limits.ts';

/** Addresses of this server as its operator sets them, without a slash at the end. No request has a part in them. */
export interface OwnAddresses {
  /** `PUBLIC_URL`; undefined when it is unset. */
  readonly publicUrl: string | undefined;
  /** Where the server listens. */
  readonly listeningUrl: string;
  /** Base of every address that is handed out: `publicUrl`, else `listeningUrl`. */
  readonly base: string;
}

/** Joins both addresses. The second is asked for at each use: a port that the system chooses is known later. */
export function toOwnAddresses(
  publicUrl: string | undefined,
  listeningUrl: () => string = () => 'http://localhost',
): OwnAddresses {
  return {
    publicUrl,
    get listeningUrl() {
      return listeningUrl();
    },
    get base() {
      return publicUrl ?? listeningUrl();
    },
  };
}

/**
 * Returns the path of an address of this server, as it was sent or without `PUBLIC_URL` or the listening address before it;
 * undefined for an address elsewhere. Read as text: what `new URL` would normalize the server has not handed out.
 *
 * With the listening address only the host counts: something before the server may take https.
 */
export function toOwnPath(address: string, { publicUrl, listeningUrl }: OwnAddresses): string | undefined {
  if (address.startsWith('/')) return address;
  if (address.length > 2 * MAX_FILE_PATH_CHARS) return undefined;
  const [, scheme = '', host = '', path = ''] = /^(https?):\/\/([^/?#@\\]+)(\/.*)$/i.exec(address) ?? [];
  const origin = `${scheme}://${host}`;
  if (host === '' || !URL.canParse(origin)) return undefined;
  if (publicUrl !== undefined) {
    const { origin: own, pathname } = new URL(publicUrl);
    if (new URL(origin).origin === own)
      return path.startsWith(`${pathname}/`) ? path.slice(pathname.length) : path;
  }
  return hostOf(origin) === hostOf(listeningUrl) ? path : undefined;
}

/** Returns host and port; the names of this machine for itself are one. */
function hostOf(origin: string): string {
  const { hostname, port } = new URL(origin);
  return `${/^(127\.0\.0\.1|\[::1\])$/.test(hostname) ? 'localhost' : hostname}:${port}`;
}
