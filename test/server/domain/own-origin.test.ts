import { expect, it } from 'vitest';
import { isOwnOrigin, type ServerOrigin } from '../../../server/domain/own-origin.ts';

const PUBLIC: ServerOrigin = { url: 'https://surveys.test/below', isConfigured: true };
const REQUEST: ServerOrigin = { url: 'http://surveys.test:8080', isConfigured: false };

const rows: [name: string, origin: string, server: ServerOrigin, isOwn: boolean][] = [
  ['PUBLIC_URL without its path', 'https://surveys.test', PUBLIC, true],
  ['PUBLIC_URL in upper case', 'HTTPS://SURVEYS.TEST', PUBLIC, true],
  ['the host of PUBLIC_URL with another scheme', 'http://surveys.test', PUBLIC, false],
  ['another host than that of PUBLIC_URL', 'https://other.test', PUBLIC, false],
  ['the host of the request', 'http://surveys.test:8080', REQUEST, true],
  ['the host of the request with the scheme of a proxy', 'https://surveys.test:8080', REQUEST, true],
  ['another port than that of the request', 'http://surveys.test', REQUEST, false],
];

it.each(rows)('an origin: %s', (_name, origin, server, isOwn) => {
  expect(isOwnOrigin(origin, server)).toBe(isOwn);
});
