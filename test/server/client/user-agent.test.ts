import { expect, it } from 'vitest';
import { readUserAgent } from '../../../server/client/user-agent.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [`${WINDOWS} Chrome/140.0 Safari/537.36`, { browser: 'Chrome', os: 'Windows', device: 'desktop' }],
  [`${WINDOWS} Chrome/140.0 Safari/537.36 Edg/140.0`, { browser: 'Edge', os: 'Windows', device: 'desktop' }],
  [`${MAC} Version/17.0 Safari/605.1.15`, { browser: 'Safari', os: 'macOS', device: 'desktop' }],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    { browser: 'Firefox', os: 'Linux', device: 'desktop' },
  ],
  [`${ANDROID} Chrome/140.0 Mobile Safari/537.36`, { browser: 'Chrome', os: 'Android', device: 'mobile' }],
  [`${ANDROID} Chrome/140.0 Safari/537.36`, { browser: 'Chrome', os: 'Android', device: 'tablet' }],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1',
    { browser: 'Safari', os: 'iOS', device: 'tablet' },
  ],
  ['curl/8.0', { device: 'desktop' }],
  [undefined, { device: 'desktop' }],
])('%s', (header, facts) => expect(readUserAgent(header)).toEqual(facts));
