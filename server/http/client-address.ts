import { isIP, isIPv4 } from 'node:net';

/** Facts from which the client's address is derived. */
export interface AddressFacts {
  /** Remote address of the connection. */
  readonly socketAddress: string | undefined;
  /** The `X-Forwarded-For` header as it arrived. */
  readonly forwardedFor: string | undefined;
  /** `INKLING_TRUST_PROXY`: number of reverse proxies; undefined when unset, which trusts none. */
  readonly trustedProxies: number | undefined;
}

/**
 * Returns the rate-limit key of a request (client-api.md 2.6): with n trusted proxies the n-th entry of `X-Forwarded-For`
 * from the right, which the outermost of them wrote; entries left of it can be forged. Without proxies, or where that
 * entry is missing or no address, the connection's address is used, a private one included: behind the address
 * translation of a container anybody on the internet has one.
 */
export function findClientKey(facts: AddressFacts): string {
  // A connection that is closed already has no address: those share one key.
  return toAddressKey(findClientAddress(facts) ?? '') ?? 'unknown';
}

/** Returns the full address of a client, by the same rule; undefined for a connection that is closed already. */
export function findClientAddress({
  socketAddress,
  forwardedFor,
  trustedProxies,
}: AddressFacts): string | undefined {
  const entry = trustedProxies ? forwardedFor?.split(',').at(-trustedProxies) : undefined;
  const claimed = entry === undefined ? '' : withoutPort(entry.trim());
  return [claimed, socketAddress ?? ''].find((address) => toAddressKey(address) !== undefined);
}

/**
 * Returns the part of an address that identifies one visitor: a whole IPv4 address, IPv4-mapped IPv6 included, or the
 * first 64 bits of an IPv6 address, since a household or device chooses the rest. Undefined for a text that is none.
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

/** Strips the port that some proxies write. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1];
  return bracketed ?? entry.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** Returns the eight groups of a valid IPv6 address. */
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
