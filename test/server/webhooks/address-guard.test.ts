import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolveHost } from '../../../server/base/resolve-host.ts';
import { findTarget, isPublicAddress } from '../../../server/webhooks/address-guard.ts';
import { sendMessage } from '../../../server/webhooks/send.ts';

/** First, inner and last address of each special block, with the adjacent public addresses. */
const SPECIAL_V4 = [
  '0.0.0.0', '0.1.2.3', '0.255.255.255', '10.0.0.0', '10.1.2.3', '10.255.255.255', '100.64.0.0', '100.100.1.1',
  '100.127.255.255', '127.0.0.0', '127.0.0.1', '127.1.2.3', '127.255.255.255', '169.254.0.0', '169.254.169.254',
  '169.254.255.255', '172.16.0.0', '172.20.1.1', '172.31.255.255', '192.0.0.0', '192.0.0.8', '192.0.0.170', '192.0.2.1',
  '192.0.2.255', '192.88.99.1', '192.168.0.0', '192.168.1.1', '192.168.255.255', '198.18.0.0', '198.19.255.255',
  '198.51.100.1', '203.0.113.1', '224.0.0.1', '233.252.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.254',
  '255.255.255.255',
] as const; // biome-ignore format: a list of addresses
const SPECIAL_V6 = [
  '::', '::1', '::2', '100::', '100::1', '100:0:0:1::1', '2001::', '2001:0:1::1', '2001:2::1', '2001:10::1', '2001:1ff::1',
  '2001:db8::1', '2001:db8:ffff::1', '2002::', '2002:808:808::1', '3fff::1', '3fff:fff::1', '4000::1', '5f00::1',
  '64:ff9b:1::1', '64:ff9b:1:ffff::808:808', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1',
] as const; // biome-ignore format: a list of addresses
const PUBLIC = [
  '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0',
  '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0',
  '198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450::1',
  '::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8',
] as const; // biome-ignore format: a list of addresses

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toHex = (address: string): string => {
  const hex = toNumber(address).toString(16).padStart(8, '0');
  return `${hex.slice(0, 4)}:${hex.slice(4)}`;
};

/** Spellings of an IPv4 address that have bypassed such checks before. */
function spellings(address: string): readonly string[] {
  const parts = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const octal = parts.map((part) => `0${part.toString(8)}`).join('.');
  const hex = parts.map((part) => `0x${part.toString(16)}`).join('.');
  const wide = [...address].map((sign) =>
    sign === '.' ? '。' : String.fromCharCode(sign.charCodeAt(0) + 0xfee0),
  );
  return [
    address,
    `${address}.`,
    String(toNumber(address)),
    `0x${toNumber(address).toString(16)}`,
    octal,
    hex,
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    wide.join(''),
    encodeURIComponent(address).replaceAll('.', '%2e'),
    `[::ffff:${address}]`,
    `[::ffff:${toHex(address)}]`,
    `[0:0:0:0:0:ffff:${toHex(address)}]`,
    `[::${toHex(address)}]`,
    `[::ffff:0:${toHex(address)}]`,
    `[64:ff9b::${toHex(address)}]`,
    `[64:ff9b:1::${toHex(address)}]`,
    `[2002:${toHex(address)}::1]`,
    `[2001:0:${toHex(address)}::1]`,
  ];
}

describe('addresses', () => {
  it.each([...SPECIAL_V4, ...SPECIAL_V6])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each(['', 'localhost', '1.2.3', 'fe80::1%eth0', '::1%lo', 'not an address'])(
    '%s is not an address',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe('targets', () => {
  const to =
    (answers: readonly string[]): ResolveHost =>
    async () =>
      answers;
  const find = (url: string, resolve: ResolveHost = to(['8.8.8.8'])) =>
    findTarget(url, { resolve, allowPrivate: false });

  it.each([
    ['foo', 'Invalid webhook URL format'],
    ['ftp://example.com/', 'Webhook URL must use HTTPS or HTTP protocol'],
    ['javascript:alert(1)', 'Webhook URL must use HTTPS or HTTP protocol'],
    ['https://localhost/', 'Webhook URL must not point to localhost or internal services'],
    ['https://LOCALHOST./', 'Webhook URL must not point to localhost or internal services'],
    ['https://a.localhost/', 'Webhook URL must not point to localhost or internal services'],
    ['https://metadata.google.internal/', 'Webhook URL must not point to localhost or internal services'],
    ['https://10.0.0.1/', 'Webhook URL must not point to private or internal IP addresses'],
  ])('%s: %s', async (url, message) => {
    await expect(find(url)).rejects.toThrow(message);
  });

  it('are refused when one of several addresses is private, at any position', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `8.8.4.${index + 1}`);
    for (const at of [0, 7, 20]) {
      const answers = [...many.slice(0, at), '10.0.0.1', ...many.slice(at)];
      await expect(find('https://many.example/', to(answers))).rejects.toThrow('private or internal');
    }
    await expect(find('https://two.example/', to(['8.8.8.8', 'fd00::1']))).rejects.toThrow('private');
    await expect(find('https://one.example/', to(many))).resolves.toMatchObject({ address: '8.8.4.1' });
  });

  it('are refused when their name does not resolve or takes too long', async () => {
    await expect(find('https://none.example/', to([]))).rejects.toThrow(
      'Could not resolve webhook URL hostname',
    );
    const failing: ResolveHost = () => Promise.reject(new Error('ENOTFOUND'));
    await expect(find('https://none.example/', failing)).rejects.toThrow(
      'Could not resolve webhook URL hostname: none.example',
    );
    const never: ResolveHost = () => new Promise(() => {});
    await expect(find('https://slow.example/', never)).rejects.toThrow(
      'DNS resolution timed out for webhook URL hostname: slow.example',
    );
  });
});

describe('a server on this machine', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((_request, reply) => reply.end('secret of the inside'));
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const attempt = (url: string, resolve: ResolveHost) =>
    sendMessage({ url, headers: {}, body: '{}' }, { resolve, allowPrivate: false }, 300);

  it('gets no request from more than 500 targets that resolve to private addresses', async () => {
    const nowhere: ResolveHost = () => Promise.reject(new Error('a name was looked up'));
    const literals = SPECIAL_V4.flatMap((address) => spellings(address));
    const urls = [
      ...literals.map((host) => `http://${host}:${port}/hook`),
      ...SPECIAL_V6.map((address) => `http://[${address}]:${port}/hook`),
      ...[
        'localhost',
        'LOCALHOST',
        'localhost.',
        'localhost.localdomain',
        'ip6-loopback',
        'a.b.localhost',
      ].map((host) => `http://${host}:${port}/`),
      `http://8.8.8.8@127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}#@8.8.8.8/`,
      `http://127.0.0.1:${port}\\@8.8.8.8/`,
      `http:127.0.0.1:${port}/`,
    ];
    expect(urls.length).toBeGreaterThan(700);
    const results = await Promise.all(urls.map((url) => attempt(url, nowhere)));
    for (const [index, { status }] of results.entries()) expect(status, urls[index]).toBeNull();

    // Names: private, private among others, and public for the check but private afterwards (DNS rebinding).
    const resolvers: ResolveHost[] = [...SPECIAL_V4, ...SPECIAL_V6].flatMap((address) => [
      async () => [address],
      async () => ['8.8.8.8', address],
    ]);
    for (const resolve of resolvers) {
      expect((await attempt(`http://name.example:${port}/`, resolve)).problem).toBe('refused-address');
    }
    expect(connections).toBe(0);
  });

  it('is reached when private addresses are allowed, with one DNS lookup', async () => {
    let asked = 0;
    const rebinding: ResolveHost = async () => {
      asked += 1;
      return asked === 1 ? ['127.0.0.1'] : ['8.8.8.8'];
    };
    const url = `http://rebinding.example:${port}/`;
    const sent = await sendMessage(
      { url, headers: {}, body: '{}' },
      { resolve: rebinding, allowPrivate: true },
    );
    expect([sent.status, asked]).toEqual([200, 1]);
    // Nothing of its reply is in the result.
    expect(JSON.stringify(sent)).not.toContain('secret');
    expect(connections).toBe(1);
  });
});
