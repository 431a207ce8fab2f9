import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { ResolveHost } from '../base/resolve-host.ts';
import { withoutEnd } from '../base/without-end.ts';

/** The URL of a webhook with the checked address to connect to. */
export interface Target {
  readonly url: URL;
  /** An IP address without brackets. */
  readonly address: string;
}

/** Refusal of an address; the message gives the owner the reason. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

/** Options of the check. */
export interface GuardOptions {
  readonly resolve: ResolveHost;
  /** Whether private addresses are allowed. */
  readonly allowPrivate: boolean;
}

const DNS_MS = 3_000;

const LOCAL_NAMES: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'ip6-localhost',
  'ip6-loopback',
  'metadata.google.internal',
]);

/** Blocks of IANA's special-purpose registry that are not globally reachable, multicast, and class E. */
const SPECIAL_V4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * Special blocks within global unicast (2000::/3): protocol assignments (Teredo, benchmarks, ORCHID), documentation,
 * 6to4. Every address outside of 2000::/3 is special.
 */
const SPECIAL_V6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** IPv6 blocks whose last 32 bits are the IPv4 address that packets are sent to. */
const EMBEDDING: readonly string[] = ['::ffff:0.0.0.0', '64:ff9b::'];

const specialV4 = toList(SPECIAL_V4, 'ipv4');
const specialV6 = toList(SPECIAL_V6, 'ipv6');
const globalV6 = toList([['2000::', 3]], 'ipv6');
const embedding = toList(
  EMBEDDING.map((network) => [network, 96] as const),
  'ipv6',
);

/** Resolves a host by the system's resolver. */
export const resolveBySystem: ResolveHost = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Whether an address is on the public internet, by IANA's special-purpose registries. An IPv4 address embedded in an IPv6
 * one (IPv4-mapped, NAT64) is judged as IPv4; 6to4 and Teredo are never public.
 */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*/s, '');
  const version = isIP(plain);
  if (version === 4) return !specialV4.check(plain, 'ipv4');
  if (version !== 6) return false;
  if (embedding.check(plain, 'ipv6')) return !specialV4.check(lastFourBytes(plain), 'ipv4');
  return globalV6.check(plain, 'ipv6') && !specialV6.check(plain, 'ipv6');
}

/**
 * Resolves the URL of a webhook to the address to connect to: the first one of its host. Throws `RefusedAddress` unless
 * every address of the host is public.
 */
export async function findTarget(text: string, { resolve, allowPrivate }: GuardOptions): Promise<Target> {
  if (!URL.canParse(text)) throw new RefusedAddress('Invalid webhook URL format');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new RefusedAddress('Webhook URL must use HTTPS or HTTP protocol');
  }
  const host = hostOf(url);
  if (!allowPrivate && (LOCAL_NAMES.has(host) || host.endsWith('.localhost'))) {
    throw new RefusedAddress('Webhook URL must not point to localhost or internal services');
  }
  const addresses = isIP(host) ? [host] : await resolveInTime(host, resolve);
  const [address] = addresses;
  if (address === undefined) throw new RefusedAddress(`Could not resolve webhook URL hostname: ${host}`);
  if (!allowPrivate && !addresses.every(isPublicAddress)) {
    throw new RefusedAddress('Webhook URL must not point to private or internal IP addresses');
  }
  return { url, address };
}

/** Returns the host of a URL in lower case, without brackets and without the trailing dot of an absolute name. */
export function hostOf({ hostname }: URL): string {
  return withoutEnd(hostname.replace(/^\[|\]$/g, ''), '.').toLowerCase();
}

async function resolveInTime(host: string, resolve: ResolveHost): Promise<readonly string[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new RefusedAddress(`DNS resolution timed out for webhook URL hostname: ${host}`)),
      DNS_MS,
    );
  });
  try {
    return await Promise.race([resolve(host), late]);
  } catch (error) {
    if (error instanceof RefusedAddress) throw error;
    throw new RefusedAddress(`Could not resolve webhook URL hostname: ${host}`);
  } finally {
    clearTimeout(timer);
  }
}

function toList(blocks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, family);
  return list;
}

/** Returns the IPv4 address in the last 32 bits of an IPv6 address in any notation. */
function lastFourBytes(address: string): string {
  // The URL parser normalises every notation: `[::ffff:7f00:1]`.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const [high = '0', low = '0'] = groups.slice(-2).map((group) => group || '0');
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}
