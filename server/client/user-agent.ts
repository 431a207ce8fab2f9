/** What a User-Agent header says, as a response's meta keeps it. */
export interface UserAgentFacts {
  readonly browser?: string;
  readonly os?: string;
  readonly device: 'desktop' | 'mobile' | 'tablet';
}

// The first match wins, so the more special name stands before the one it also carries.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bCriOS\/|\bChrome\/|\bChromium\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'Chrome OS'],
  [/\bLinux\b/, 'Linux'],
];

/** Names browser, system and kind of device; coarse on purpose, since finer would tell people apart. */
export function readUserAgent(header: string | undefined): UserAgentFacts {
  const text = header ?? '';
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const os = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1];
  return { ...(browser ? { browser } : {}), ...(os ? { os } : {}), device: deviceOf(text) };
}

function deviceOf(text: string): UserAgentFacts['device'] {
  if (/\biPad\b|\bTablet\b|\bAndroid\b(?!.*\bMobile\b)/.test(text)) return 'tablet';
  return /\bMobile\b|\biPhone\b|\biPod\b/.test(text) ? 'mobile' : 'desktop';
}
