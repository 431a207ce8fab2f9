import { expect, it } from 'vitest';
import { toOwnAddresses, toOwnPath } from '../../../server/files/own-address.ts';

const FILE = '/storage/e1/public/a';
const LOCAL = toOwnAddresses(undefined, () => 'http://localhost:3000');
const LAN = toOwnAddresses(undefined, () => 'http://192.0.2.7:3000');
const PUBLIC = toOwnAddresses('https://surveys.test', () => 'http://localhost:3000');
const BELOW = toOwnAddresses('https://site.test/surveys', () => 'http://localhost:3000');

const rows: [name: string, address: string, own: typeof LOCAL, path: string | undefined][] = [
  ['a path', FILE, LOCAL, FILE],
  ['the listening address', `http://localhost:3000${FILE}`, LOCAL, FILE],
  ['the listening address as a number', `http://127.0.0.1:3000${FILE}`, LOCAL, FILE],
  ['the listening address as a number of IPv6', `http://[::1]:3000${FILE}`, LOCAL, FILE],
  ['the listening address in upper case', `HTTP://LOCALHOST:3000${FILE}`, LOCAL, FILE],
  ['the listening address by way of TLS', `https://localhost:3000${FILE}`, LOCAL, FILE],
  ['the listening address though there is a public one', `http://localhost:3000${FILE}`, PUBLIC, FILE],
  ['another port', `http://localhost:3001${FILE}`, LOCAL, undefined],
  ['no port', `http://localhost${FILE}`, LOCAL, undefined],
  ['another interface', `http://127.0.0.1:3000${FILE}`, LAN, undefined],
  ['the interface that it listens on', `http://192.0.2.7:3000${FILE}`, LAN, FILE],
  ['PUBLIC_URL', `https://surveys.test${FILE}`, PUBLIC, FILE],
  ['PUBLIC_URL with its default port', `https://surveys.test:443${FILE}`, PUBLIC, FILE],
  ['PUBLIC_URL in upper case', `HTTPS://SURVEYS.TEST${FILE}`, PUBLIC, FILE],
  ['PUBLIC_URL with another scheme', `http://surveys.test${FILE}`, PUBLIC, undefined],
  ['PUBLIC_URL with its path', `https://site.test/surveys${FILE}`, BELOW, FILE],
  ['PUBLIC_URL without its path', `https://site.test${FILE}`, BELOW, FILE],
  ['PUBLIC_URL with the beginning of its path', `https://site.test/surv${FILE}`, BELOW, `/surv${FILE}`],
  ['another host', `https://evil.test${FILE}`, PUBLIC, undefined],
  ['the host as a user name', `https://surveys.test@evil.test${FILE}`, PUBLIC, undefined],
  ['the host as the start of another', `https://surveys.test.evil.test${FILE}`, PUBLIC, undefined],
  ['a backslash', `https://surveys.test\\@evil.test${FILE}`, PUBLIC, undefined],
  ['a port that is none', `https://surveys.test:x${FILE}`, PUBLIC, undefined],
  ['another scheme', `javascript://surveys.test${FILE}`, PUBLIC, undefined],
  ['a blank before it', ` https://surveys.test${FILE}`, PUBLIC, undefined],
  ['a text', 'storage', PUBLIC, undefined],
  ['nothing', '', PUBLIC, undefined],
];

it.each(rows)('%s', (_name, address, own, path) => expect(toOwnPath(address, own)).toBe(path));

it('addresses are made from PUBLIC_URL, else from the listening address as it is by then', () => {
  let port = 0;
  const own = toOwnAddresses(undefined, () => `http://localhost:${port}`);
  port = 4000;
  expect([own.base, PUBLIC.base]).toEqual(['http://localhost:4000', 'https://surveys.test']);
});
