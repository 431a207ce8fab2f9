import bowser from 'bowser';
import { MAX_USER_AGENT_CHARS } from '../../src/core/limits.ts';
import type { Device } from '../../src/wire/segment.ts';

/** Facts from a User-Agent header, as stored in the meta of a response. */
export interface UserAgentFacts {
  readonly browser?: string;
  readonly os?: string;
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'wearable' | 'tv' | 'bot';
}

/** The parser knows no watches. */
const WEARABLE = /\b(apple ?watch|watch ?os|wear ?os|lg watch|smart ?watch)\b/i;
const PHONES: ReadonlySet<UserAgentFacts['device']> = new Set(['mobile', 'tablet', 'wearable']);

/** Cache by header: parsing dominates the cost of an identification without changes, and browsers are few. */
const known = new Map<string, UserAgentFacts>();
const MAX_KNOWN = 500;

/**
 * Parses browser, operating system and device type (client-api.md 3.4), coarse on purpose to avoid fingerprinting. A
 * missing or unknown header gives `desktop` only.
 */
export function readUserAgent(header: string | undefined): UserAgentFacts {
  const text = header?.slice(0, MAX_USER_AGENT_CHARS) ?? '';
  if (text.trim() === '') return { device: 'desktop' };
  const present = known.get(text);
  if (present) return present;
  if (known.size >= MAX_KNOWN) known.clear();
  const facts = parse(text);
  known.set(text, facts);
  return facts;
}

function parse(text: string): UserAgentFacts {
  const parser = bowser.getParser(text);
  const browser = parser.getBrowserName();
  const os = parser.getOSName();
  return {
    // For an unknown browser the parser returns text of the header, which can be anything.
    ...(Object.values(bowser.BROWSER_MAP).includes(browser) ? { browser } : {}),
    ...(os ? { os } : {}),
    device: WEARABLE.test(text) ? 'wearable' : toKind(parser.getPlatformType()),
  };
}

/** Returns the device type of segments: `phone` for phones, tablets and watches, else `desktop` (differences.md 1.1). */
export function toDevice({ device }: UserAgentFacts): Device {
  return PHONES.has(device) ? 'phone' : 'desktop';
}

function toKind(platform: string): UserAgentFacts['device'] {
  const kinds: readonly UserAgentFacts['device'][] = ['mobile', 'tablet', 'tv', 'bot'];
  return kinds.find((kind) => kind === platform) ?? 'desktop';
}
