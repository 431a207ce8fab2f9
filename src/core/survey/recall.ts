import type { AnswerValue } from './document.ts';

const TOKEN = /#recall:([\w-]+)\/fallback:([^#]*)#/g;
const DATE = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)-(\d\d)-(\d{4}))$/;

/** Lookup and format of recalled values. */
export interface RecallFacts {
  /** Finds an answer in wire format, a hidden field or a variable by its id. */
  readonly find: (id: string) => AnswerValue | undefined;
  /** Formats a calendar date; undefined for a date that doesn't exist. */
  readonly formatDate: (year: number, month: number, day: number) => string | undefined;
}

/**
 * Replaces the recall tokens of a text (survey-model.md 5.3) by values as they were typed: never as markup and never as
 * a replacement pattern. A missing value leaves the fallback; an unreadable date stays as it was typed.
 *
 * @example
 * fillRecall('Hi #recall:name/fallback:there#', { find: () => 'Ada', formatDate }); // 'Hi Ada'
 */
export function fillRecall(
  text: string,
  facts: RecallFacts,
  encode: (words: string) => string = String,
): string {
  return text.replace(TOKEN, (_token, id: string, fallback: string) => {
    const words = toWords(facts.find(id), facts).trim();
    return encode(words || fallback.replaceAll('nbsp', ' ').trim());
  });
}

/**
 * Replaces the recall tokens of an address by percent-encoded values. Scheme and host are those before the first token:
 * a value that would become part of them is put behind them. Empty when there is no whole host before the first token.
 *
 * @example
 * fillAddress('https://a.example#recall:x/fallback:.evil.example#', facts); // 'https://a.example/.evil.example'
 */
export function fillAddress(address: string, facts: RecallFacts): string {
  const start = address.search(TOKEN);
  if (start < 0) return address;
  const fixed = address.slice(0, start);
  const host = hostOf(fixed);
  const isFixed = (filled: string): boolean => host !== undefined && hostOf(filled) === host;
  const rest = fillRecall(address.slice(start), facts, encode);
  return [fixed + rest, `${fixed}/${rest}`].find(isFixed) ?? '';
}

/** Scheme, user, host and port of an address, as browsers read them; undefined where they are incomplete. */
function hostOf(address: string): string | undefined {
  try {
    const { protocol, username, password, host } = new URL(address);
    return [protocol, username, password, host].join();
  } catch {
    return undefined;
  }
}

/** Percent-encodes a value; half of a character, which has no code, becomes U+FFFD. */
function encode(words: string): string {
  return encodeURIComponent(words.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function toWords(value: AnswerValue | undefined, facts: RecallFacts): string {
  if (value === undefined || typeof value === 'number') return `${value ?? ''}`;
  if (typeof value !== 'string') {
    const parts = Array.isArray(value) ? value : Object.entries(value).map(([, part]) => part);
    return parts.filter((part) => part.trim()).join(', ');
  }
  const [, year, month, day, lastDay, lastMonth, lastYear] = DATE.exec(value) ?? [];
  const date = [year ?? lastYear, month ?? lastMonth, day ?? lastDay].map(Number);
  return (date[0] && facts.formatDate(date[0], date[1] ?? 0, date[2] ?? 0)) || value;
}
