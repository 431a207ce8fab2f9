import type { Text } from '../../src/core/survey/document.ts';
import { plainText } from '../../src/core/survey/rich-text.ts';
import type { ServerContext } from '../context/context.ts';
import { toWireResponse } from '../replies/response-wire.ts';
import { toInstant, withAbsoluteUrls } from '../replies/wire.ts';
import { type ListedResponse, listResponses, type ResponseFilter } from '../repo/responses.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { NEEDS_QUOTES, withoutFormulas } from './csv-formulas.ts';
import { elementsOf } from './survey-elements.ts';
import { hiddenFieldsOf, variablesOf } from './survey-keys.ts';

/** Format of an export. */
export type ExportFormat = 'csv' | 'ndjson';

/** Options of an export. */
export interface Export {
  readonly format: ExportFormat;
  readonly filter: ResponseFilter;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Surveys whose elements become columns. */
  readonly surveys: readonly SurveyRecord[];
}

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly read: (response: ListedResponse) => unknown;
}

const PAGE = 200;
const BOM = '\ufeff';

/** Content type of each format. */
export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Returns the format that an `Accept` header asks for; undefined for a JSON list. */
export function readExportFormat(accept: string | undefined): ExportFormat | undefined {
  const types = (accept ?? '').split(',').map((type) => (type.split(';')[0] ?? '').trim().toLowerCase());
  const wanted = types.find((type) => type === 'text/csv' || /^application\/(x-)?ndjson$/.test(type));
  if (wanted === undefined) return undefined;
  return wanted === 'text/csv' ? 'csv' : 'ndjson';
}

/**
 * Streams responses page by page, newest first, with one page in memory; a page is read when the consumer asks for it.
 * Keyset pagination: each page starts after the last row of the one before, so that rows inserted or deleted meanwhile
 * neither repeat nor drop others.
 */
export function streamResponses(
  { database, addresses }: ServerContext,
  what: Export,
): ReadableStream<Uint8Array> {
  const { format, filter } = what;
  const columns = format === 'csv' ? toColumns(what.surveys) : [];
  const encoder = new TextEncoder();
  let behind: { readonly createdAt: number; readonly id: string } | undefined;
  let left = what.limit ?? Number.POSITIVE_INFINITY;
  let offset = what.offset;
  let isStarted = false;

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const head = isStarted || format !== 'csv' ? '' : BOM + toCsvRow(columns.map(({ title }) => title));
        isStarted = true;
        const limit = Math.min(PAGE, left);
        const rows = limit === 0 ? [] : await listResponses(database.read, filter, { limit, offset, behind });
        behind = rows.at(-1);
        offset = undefined;
        left -= rows.length;
        const lines = rows
          .map((row) => withAbsoluteUrls(row, addresses.base))
          .map((row) =>
            format === 'csv'
              ? toCsvRow(columns.map(({ read }) => read(row)))
              : `${JSON.stringify(toWireResponse(row))}\n`,
          );
        const text = head + lines.join('');
        if (text !== '') controller.enqueue(encoder.encode(text));
        if (rows.length < limit || left === 0 || limit === 0) controller.close();
      },
    },
    // No page is read ahead.
    { highWaterMark: 0 },
  );
}

/**
 * Returns the columns for responses of these surveys: fixed ones, one per element titled by its headline, one per hidden
 * field and variable, and the remaining answers as JSON.
 */
export function toColumns(surveys: readonly SurveyRecord[]): readonly Column[] {
  const answers = surveys.flatMap((survey) => {
    const isOf = (response: ListedResponse): boolean => response.surveyId === survey.id;
    const elements = elementsOf(survey).map(({ id, headline }) => ({
      title: toTitle(headline, id),
      key: id,
      read: (response: ListedResponse) => (isOf(response) ? toCell(ownOf(response.data, id)) : ''),
    }));
    const hidden = hiddenFieldsOf(survey).map((id) => ({
      title: id,
      key: id,
      read: (response: ListedResponse) => (isOf(response) ? toCell(ownOf(response.data, id)) : ''),
    }));
    const variables = variablesOf(survey).map(({ id, name }) => ({
      title: name,
      key: undefined,
      read: (response: ListedResponse) => (isOf(response) ? toCell(ownOf(response.variables, id)) : ''),
    }));
    return [...elements, ...hidden, ...variables];
  });
  const known = new Set(answers.flatMap(({ key }) => (key === undefined ? [] : [key])));
  return withUniqueTitles([
    { title: 'Response ID', read: ({ id }) => id },
    { title: 'Created at', read: ({ createdAt }) => toInstant(createdAt) },
    { title: 'Updated at', read: ({ updatedAt }) => toInstant(updatedAt) },
    { title: 'Survey ID', read: ({ surveyId }) => surveyId },
    { title: 'Finished', read: ({ finished }) => (finished ? 'true' : 'false') },
    { title: 'User ID', read: ({ userId }) => userId },
    { title: 'Contact ID', read: ({ contactId }) => contactId },
    { title: 'Language', read: ({ language }) => language },
    { title: 'Ending', read: ({ endingId }) => endingId },
    { title: 'URL', read: ({ meta }) => meta.url },
    { title: 'Source', read: ({ meta }) => meta.source },
    { title: 'Country', read: ({ meta }) => meta.country },
    { title: 'Browser', read: ({ meta }) => meta.userAgent?.browser },
    { title: 'OS', read: ({ meta }) => meta.userAgent?.os },
    { title: 'Device', read: ({ meta }) => meta.userAgent?.device },
    ...answers,
    { title: 'Other answers', read: ({ data }) => toRest(data, known) },
    {
      title: 'Contact attributes',
      read: ({ contactAttributes }) => (contactAttributes ? JSON.stringify(contactAttributes) : ''),
    },
  ]);
}

/** Formats a CSV row (RFC 4180). */
export function toCsvRow(cells: readonly unknown[]): string {
  return `${cells.map(toCsvCell).join(',')}\r\n`;
}

/** Formats a CSV cell, quoted where any program that splits at another character would split it. */
function toCsvCell(value: unknown): string {
  const text = typeof value === 'string' ? withoutFormulas(value) : String(value ?? '');
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Formats an answer: a list as `a; b`, a matrix as `row: column; …`. */
function toCell(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.join('; ');
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.entries(answer)
    .map(([row, column]) => `${row}: ${column}`)
    .join('; ');
}

function toRest(data: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): string {
  const rest = Object.entries(data).filter(([key]) => !known.has(key));
  return rest.length === 0 ? '' : JSON.stringify(Object.fromEntries(rest));
}

/** Returns the headline in the default language without markup; the id for an element without a headline. */
function toTitle(headline: Text | undefined, id: string): string {
  const text = plainText(headline?.default ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? id : text;
}

function withUniqueTitles(columns: readonly Column[]): readonly Column[] {
  const used = new Map<string, number>();
  return columns.map(({ title, read }) => {
    const count = (used.get(title) ?? 0) + 1;
    used.set(title, count);
    return { title: count === 1 ? title : `${title} (${count})`, read };
  });
}

function ownOf(values: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
