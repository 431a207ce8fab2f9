import { expect, it } from 'vitest';
import { readUserAgent, toDevice, type UserAgentFacts } from '../../../server/domain/user-agent.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)';

const rows: [header: string | undefined, facts: UserAgentFacts, device: 'phone' | 'desktop'][] = [
  [
    `${WINDOWS} Chrome/140.0 Safari/537.36`,
    { browser: 'Chrome', os: 'Windows', device: 'desktop' },
    'desktop',
  ],
  [
    `${WINDOWS} Chrome/140.0 Safari/537.36 Edg/140.0`,
    { browser: 'Microsoft Edge', os: 'Windows', device: 'desktop' },
    'desktop',
  ],
  [`${MAC} Version/17.0 Safari/605.1.15`, { browser: 'Safari', os: 'macOS', device: 'desktop' }, 'desktop'],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    { browser: 'Firefox', os: 'Linux', device: 'desktop' },
    'desktop',
  ],
  [
    'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    { browser: 'Chrome', os: 'Chrome OS', device: 'desktop' },
    'desktop',
  ],
  [
    `${ANDROID} Chrome/140.0 Mobile Safari/537.36`,
    { browser: 'Chrome', os: 'Android', device: 'mobile' },
    'phone',
  ],
  [`${ANDROID} Chrome/140.0 Safari/537.36`, { browser: 'Chrome', os: 'Android', device: 'tablet' }, 'phone'],
  [
    `${IPHONE} AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1`,
    { browser: 'Safari', os: 'iOS', device: 'mobile' },
    'phone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1',
    { browser: 'Safari', os: 'iOS', device: 'tablet' },
    'phone',
  ],
  ['Notes/1.0 watchOS/9.0 CFNetwork/1331', { device: 'wearable' }, 'phone'],
  [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/5.0 TV Safari/538.1',
    { browser: 'Tizen', os: 'Tizen', device: 'tv' },
    'desktop',
  ],
  [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    { browser: 'Googlebot', device: 'bot' },
    'desktop',
  ],
  ['curl/8.0', { device: 'desktop' }, 'desktop'],
  ['mara@example.com/1 (said by nobody but the header)', { device: 'desktop' }, 'desktop'],
  [`${' '.repeat(600)}iPhone`, { device: 'desktop' }, 'desktop'],
  ['', { device: 'desktop' }, 'desktop'],
  [undefined, { device: 'desktop' }, 'desktop'],
];

it.each(rows)('%s', (header, facts, device) => {
  const read = readUserAgent(header);
  expect(read).toEqual(facts);
  expect(toDevice(read)).toBe(device);
  expect(readUserAgent(header)).toEqual(facts);
});

it('reads any number of different headers', () => {
  for (let n = 0; n < 2000; n += 1) {
    expect(readUserAgent(`${ANDROID} Chrome/${n}.0 Mobile Safari/537.36`).device).toBe('mobile');
  }
});

it('parses no header slowly, whatever its text', async () => {
  for (const part of [
    '(',
    'Linux; ',
    'Android ',
    'Safari/',
    'version/ ',
    '1.',
    ' ',
    'Mozilla/5.0 (iPhone; ',
  ]) {
    expect(await cpuTimeOf(() => readUserAgent(part.repeat(100_000)))).toBeLessThan(1000);
  }
});
