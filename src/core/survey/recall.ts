import type { AnswerValue } from './document.ts';

const TOKEN = /#recall:([\w-]+)\/fallback:([^#]*)#/g;
const DATE = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)-(\d\d)-(\d{4}))$/;

/** What a recalled value is looked up by and written with. */
export interface RecallFacts {
  /** An answer as the wire has it, a hidden field or a variable, by its id. */
  readonly find: (id: string) => AnswerValue | undefined;
  /** Writes a calendar date; undefined for one that no calendar has. */
  readonly formatDate: (year: number, month: number, day: number) => string | undefined;
  /** What becomes of the words that are put in: inside an address they are percent-encoded. */
  readonly encode?: ((words: string) => string) | undefined;
}

/**
 * A text with what it recalls (survey-model.md 5.3): words as they were given, never markup and never a pattern. What
 * is not there leaves the fallback; a date that can't be read stands as it was typed.
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
