import { expect, it } from 'vitest';
import { findClientAddress, findClientKey, toAddressKey } from '../../../server/http/client-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
  ['::fffe:192.0.2.1', '0:0:0:0::/64'],
  ['', undefined],
  ['unknown', undefined],
  ['192.0.2', undefined],
  ['192.0.2.256', undefined],
  ['2001:db8::1::2', undefined],
  ['_hidden', undefined],
])('%s has the rate-limit key %s', (address, key) => expect(toAddressKey(address)).toBe(key));

type Row = [
  name: string,
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number | undefined,
  key: string,
];

const socket = '198.51.100.9';
const rows: Row[] = [
  ['without a proxy the socket address counts', socket, undefined, undefined, socket],
  ['a header though no proxy is configured', socket, '192.0.2.1', undefined, socket],
  ['an empty header though no proxy is configured', socket, '', undefined, socket],
  ['a forged header without a proxy is ignored', socket, '192.0.2.1', 0, socket],
  ['one proxy', socket, '192.0.2.1', 1, '192.0.2.1'],
  ['one proxy, a forged left part', socket, '203.0.113.5, 10.0.0.1, 192.0.2.1', 1, '192.0.2.1'],
  ['two proxies', socket, '192.0.2.1, 10.0.0.1', 2, '192.0.2.1'],
  ['two proxies, a forged left part', socket, '203.0.113.5,192.0.2.1,10.0.0.1', 2, '192.0.2.1'],
  ['fewer entries than proxies', socket, '203.0.113.5', 2, socket],
  ['no header though a proxy is configured', socket, undefined, 1, socket],
  ['an entry that is no address', socket, '192.0.2.1, unknown', 1, socket],
  ['an entry that is empty', socket, '192.0.2.1,', 1, socket],
  ['an entry with a port', socket, '192.0.2.1:4711', 1, '192.0.2.1'],
  ['IPv6 in brackets with a port', socket, '[2001:db8:1:2::9]:443', 1, '2001:db8:1:2::/64'],
  ['IPv4 inside IPv6', '::ffff:10.0.0.1', '::ffff:192.0.2.1', 1, '192.0.2.1'],
  ['a closed connection', undefined, undefined, undefined, 'unknown'],
  ['a closed connection behind a proxy', undefined, '192.0.2.1', 1, '192.0.2.1'],
];

it.each(rows)('%s', (_name, socketAddress, forwardedFor, trustedProxies, key) => {
  expect(findClientKey({ socketAddress, forwardedFor, trustedProxies })).toBe(key);
});

const SOCKETS = [
  socket,
  '127.0.0.1',
  '::ffff:127.0.0.1',
  '10.0.0.7',
  '172.17.0.1',
  '2001:db8:1:2::9',
  'fe80::1%eth0',
];
const HEADERS = [
  undefined,
  '',
  ' ',
  ',',
  '192.0.2.1',
  '192.0.2.1, 10.0.0.1',
  '127.0.0.1',
  '::1',
  '[2001:db8::1]:443',
  '192.0.2.1:4711',
  'unknown',
  '_hidden',
  '\u0000',
  '1,'.repeat(2000),
];

it.each(SOCKETS)(
  'of %s counts, whatever the header says, until the number of proxies is set',
  (socketAddress) => {
    for (const trustedProxies of [undefined, 0]) {
      const plain = { socketAddress, forwardedFor: undefined, trustedProxies };
      expect(findClientAddress(plain)).toBe(socketAddress);
      for (const forwardedFor of HEADERS) {
        expect(findClientKey({ ...plain, forwardedFor })).toBe(toAddressKey(socketAddress));
        expect(findClientAddress({ ...plain, forwardedFor })).toBe(socketAddress);
      }
    }
  },
);
