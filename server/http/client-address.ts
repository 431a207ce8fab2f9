import { isIP, isIPv4 } from 'node:net';

/** Where a request says it comes from. */
export interface Origin {
  /** The other end of the connection. */
  readonly socketAddress: string | undefined;
  /** The `X-Forwarded-For` header as it arrived. */
  readonly forwardedFor: string | undefined;
  /** `INKLING_TRUST_PROXY`: how many proxies stand before the server; undefined when nobody has said. */
  readonly trustedProxies: number | undefined;
}

/**
 * Decides whom a request is counted for (client-api.md 2.6): with n trusted proxies the n-th entry of
 * `X-Forwarded-For` from the right, which the outermost of them wrote; what stands left of it is anybody's claim. The
 * connection's address serves without proxies, and where that entry is missing or no address.
 *
 * Undefined when it can't be known: a proxy is plainly there, but nobody has said how many.
 */
export function findClientKey(origin: Origin): string | undefined {
  if (origin.trustedProxies === undefined && origin.forwardedFor !== undefined) return undefined;
  // A connection that is already gone has no address: those share one key.
  return toAddressKey(findClientAddress(origin) ?? '') ?? 'unknown';
}

/** The whole address a request comes from, by the same rule; undefined when it can't be known. */
export function findClientAddress({
  socketAddress,
  forwardedFor,
  trustedProxies,
}: Origin): string | undefined {
  if (trustedProxies === undefined && forwardedFor !== undefined) return undefined;
  const entry = trustedProxies ? forwardedFor?.split(',').at(-trustedProxies) : undefined;
  const claimed = entry === undefined ? '' : withoutPort(entry.trim());
  return [claimed, socketAddress ?? ''].find((address) => toAddressKey(address) !== undefined);
}

/**
 * The part of an address that stands for one visitor: IPv4 whole, also when written as IPv6; of IPv6 the first
 * 64 bits, since the rest is a home's or a device's to choose. Undefined for what is no address.
 */
export function toAddressKey(address: string): string | undefined {
  const [plain = ''] = address.split('%');
  if (isIPv4(plain)) return plain;
  if (isIP(plain) !== 6) return undefined;
  const groups = toGroups(plain);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** Some proxies write the port as well. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1];
  return bracketed ?? entry.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** The eight groups of a valid IPv6 address. */
function toGroups(address: string): readonly number[] {
  const [left = '', right] = address.split('::');
  const head = toNumbers(left);
  if (right === undefined) return head;
  const tail = toNumbers(right);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function toNumbers(groups: string): readonly number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
