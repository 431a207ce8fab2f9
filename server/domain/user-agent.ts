import bowser from 'bowser';
import type { Device } from '../../src/wire/segment.ts';

/** What a User-Agent header says, as a response's meta keeps it. */
export interface UserAgentFacts {
  readonly browser?: string;
  readonly os?: string;
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'wearable' | 'tv' | 'bot';
}

/** Headers come from anybody; what matters stands at their beginning. */
const MAX_LENGTH = 512;
/** The parser's table holds no watches. */
const WEARABLE = /\b(apple ?watch|watch ?os|wear ?os|lg watch|smart ?watch)\b/i;
const PHONES: ReadonlySet<UserAgentFacts['device']> = new Set(['mobile', 'tablet', 'wearable']);

/** Parsing costs more than all else in an identification that changes nothing, and visitors share a few browsers. */
const known = new Map<string, UserAgentFacts>();
const MAX_KNOWN = 500;

/**
 * Names browser, system and kind of device (client-api.md 3.4); coarse on purpose, since finer would tell people apart.
 * A header that is missing or not known says nothing but `desktop`.
 */
export function readUserAgent(header: string | undefined): UserAgentFacts {
  const text = header?.slice(0, MAX_LENGTH) ?? '';
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
    // Of a browser it doesn't know the parser repeats what the header says, which can be anything.
    ...(Object.values(bowser.BROWSER_MAP).includes(browser) ? { browser } : {}),
    ...(os ? { os } : {}),
    device: WEARABLE.test(text) ? 'wearable' : toKind(parser.getPlatformType()),
  };
}

/** What segments can tell apart: phones, tablets and watches are `phone`, all else is `desktop` (decisions.md). */
export function toDevice({ device }: UserAgentFacts): Device {
  return PHONES.has(device) ? 'phone' : 'desktop';
}

function toKind(platform: string): UserAgentFacts['device'] {
  const kinds: readonly UserAgentFacts['device'][] = ['mobile', 'tablet', 'tv', 'bot'];
  return kinds.find((kind) => kind === platform) ?? 'desktop';
}
