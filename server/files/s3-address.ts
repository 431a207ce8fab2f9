/** A bucket, as `FILES_URL` describes it. */
export interface S3Address {
  readonly bucket: string;
  /** Prefix of all keys: empty, or ends in a slash. */
  readonly prefix: string;
  /** Address of the service. Default: that of the region. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** `endpoint/bucket` instead of `bucket.endpoint`. */
  readonly isPathStyle: boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/;
const OPTIONS: ReadonlySet<string> = new Set(['endpoint', 'region', 'forcePathStyle']);

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=1`. Throws an `Error` that says what is wrong, without
 * repeating the address: it may contain a secret.
 */
export function readS3Address(url: string): S3Address {
  if (!url.startsWith('s3://') || !URL.canParse(url)) throw new Error('must be s3://bucket/prefix');
  const { username, password, hostname, port, pathname, search, hash } = new URL(url);
  if (username || password) {
    throw new Error('must not hold credentials: they belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  }
  if (!BUCKET.test(hostname) || port || hash) throw new Error('must be s3://bucket/prefix');
  const prefix = pathname.replace(/^\/|\/$/g, '').replace(/.$/, '$&/');
  if (!PREFIX.test(prefix)) throw new Error('must have a prefix of letters, digits and . _ - /');

  const options = new URLSearchParams(search);
  for (const name of options.keys()) {
    if (!OPTIONS.has(name)) throw new Error(`takes ${[...OPTIONS].join(', ')} behind the question mark`);
  }
  const endpoint = options.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !(/^https?:\/\//.test(endpoint) && URL.canParse(endpoint))) {
    throw new Error('must have an http(s) address as its endpoint');
  }
  const region = options.get('region') ?? undefined;
  if (region !== undefined && !/^[a-z0-9-]+$/i.test(region))
    throw new Error('must have a region like eu-west-1');
  const style = options.get('forcePathStyle') ?? '0';
  if (style !== '0' && style !== '1') throw new Error('must have 0 or 1 as forcePathStyle');
  return { bucket: hostname, prefix, endpoint, region, isPathStyle: style === '1' };
}
