/** Where clients reach this server. */
export interface ServerOrigin {
  /** Base of the addresses that are handed out, without a slash at the end. */
  readonly url: string;
  /** Whether `url` is `PUBLIC_URL`; else it is where the request was sent to, as this process sees it. */
  readonly isConfigured: boolean;
}

/**
 * Whether an origin is the server's own. Where `PUBLIC_URL` is unset only the host counts: a proxy may take https from
 * clients and pass http on.
 */
export function isOwnOrigin(origin: string, { url, isConfigured }: ServerOrigin): boolean {
  const own = new URL(url);
  const given = origin.toLowerCase();
  return isConfigured ? given === own.origin : given.replace(/^https?:\/\//, '') === own.host;
}
