import type { AnswerValue } from './document.ts';

const TOKEN = /#recall:([\w-]+)\/fallback:([^#]*)#/g;
const DATE = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)-(\d\d)-(\d{4}))$/;

/** Lookup and format of recalled values. */
export interface RecallFacts {
  /** Finds an answer in wire format, a hidden field or a variable by its id. */
  readonly find: (id: string) => AnswerValue | undefined;
  /** Formats a calendar date; undefined for a date that doesn't exist. */
  readonly formatDate: (year: number, month: number, day: number) => string | undefined;
  /** Encodes each inserted value: inside an address, percent-encoding. */
  readonly encode?: ((words: string) => string) | undefined;
}

/**
 * Replaces the recall tokens of a text (survey-model.md 5.3) by values as they were typed: never as markup and never as
 * a replacement pattern. A missing value leaves the fallback; an unreadable date stays as it was typed.
 *
 * @example
 * fillRecall('Hi #recall:name/fallback:there#', { find: () => 'Ada', formatDate }); // 'Hi Ada'
 */
export function fillRecall(text: string, facts: RecallFacts): string {
  return text.replace(TOKEN, (_token, id: string, fallback: string) => {
    const words = toWords(facts.find(id), facts).trim();
    return (facts.encode ?? String)(words || fallback.replaceAll('nbsp', ' ').trim());
  });
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
