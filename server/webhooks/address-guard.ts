import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Finds every address of a host. Rejects when it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Where a connection is made to, and nowhere else. */
export interface Target {
  readonly url: URL;
  /** Without brackets. */
  readonly address: string;
}

/** An address that nothing is sent to; the message says why and is for the owner to read. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

/** What a check depends on. */
export interface GuardOptions {
  readonly resolve: ResolveHost;
  /** Whether private addresses are fine. */
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

/** The blocks of IANA's special-purpose registry that are not globally reachable, multicast, and class E. */
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
 * Within the global unicast block 2000::/3: protocol assignments (Teredo, benchmarks, ORCHID), documentation, 6to4.
 * Everything outside of 2000::/3 is special.
 */
const SPECIAL_V6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Blocks whose last 32 bits are an IPv4 address that the packet ends up at. */
const EMBEDDING: readonly string[] = ['::ffff:0.0.0.0', '64:ff9b::'];

const specialV4 = toList(SPECIAL_V4, 'ipv4');
const specialV6 = toList(SPECIAL_V6, 'ipv6');
const globalV6 = toList([['2000::', 3]], 'ipv6');
const embedding = toList(
  EMBEDDING.map((network) => [network, 96] as const),
  'ipv6',
);

/** Every address of a host, as the system knows them. */
export const resolveBySystem: ResolveHost = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Whether an address is one of the public internet (reliability.md 2.4). An IPv4 address that is written into an IPv6
 * one counts as itself; forms that only older ways of tunnelling use are never public.
 */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 4) return !specialV4.check(plain, 'ipv4');
  if (version !== 6) return false;
  if (embedding.check(plain, 'ipv6')) return !specialV4.check(lastFourBytes(plain), 'ipv4');
  return globalV6.check(plain, 'ipv6') && !specialV6.check(plain, 'ipv6');
}

/**
 * Decides where a webhook's address leads. Every address of its name must be public; the first of them is the one to
 * connect to. Throws `RefusedAddress`.
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

/** The host of an address in lower case, without brackets and without the dot that ends a whole name. */
export function hostOf({ hostname }: URL): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();
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

/** The IPv4 address in the last 32 bits of an IPv6 one, however that is written. */
function lastFourBytes(address: string): string {
  // The URL parser writes every form of an address the same way: `[::ffff:7f00:1]`.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const [high = '0', low = '0'] = groups.slice(-2).map((group) => group || '0');
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}
