import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { withoutFormulas } from '../../../server/domain/csv-formulas.ts';
import { toCsvRow } from '../../../server/domain/response-export.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

/** Every character that normalises to one with which a formula begins. */
const SIGNS = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((char) =>
  /^[=+\-@]$/.test(char.normalize('NFKC')),
);
const SEPARATORS = [';', '|', '\t', '\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029'];
const BLANKS = [
  '',
  ' ',
  '  ',
  '\u00a0',
  '\u3000',
  '\ufeff',
  '\u200b',
  '\u200d\u2060',
  '\u00ad',
  '\u0000',
  '\u202e',
  '\ue000',
];
const QUOTES = ['', '"', "'", '`', '“', '«', '‘', '""'];

/** Reads text as programs do that split at one of these characters, with or without taking notice of quotes. */
function readAs(text: string, delimiter: string, quote: string | false): readonly string[] {
  return parse(text, {
    ...{ delimiter, quote, relax_column_count: true, relax_quotes: true },
    record_delimiter: ['\r\n', '\n', '\r', '\u2028', '\u2029', '\u0085', '\v', '\f'],
  }).flat();
}

const DROPPED = /^[\s\p{C}\p{M}\p{Pi}\p{Pf}"`´„‚]*/u;
const isFormula = (cell: string): boolean => {
  const start = cell.replace(DROPPED, '');
  return SIGNS.includes(start[0] ?? '') && !/^-\d[\d.,]*"?$/.test(start);
};

it('there are signs of more than one form', () => {
  expect(SIGNS).toEqual(expect.arrayContaining(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦']));
});

describe('a text that a spreadsheet would evaluate', () => {
  it.each(SIGNS)('by %s gets an apostrophe, whatever stands before it', (sign) => {
    for (const blank of BLANKS) {
      for (const quote of QUOTES) {
        for (const before of ['', ...SEPARATORS.map((separator) => `x${separator}`), ...SEPARATORS]) {
          const text = `${before}${blank}${quote}${sign}SUM(1)`;
          const row = toCsvRow(['id', text, 'last']);
          expect(readAs(row, ',', '"').filter(isFormula), JSON.stringify(text)).toEqual([]);
          for (const separator of [';', '\t', '|']) {
            expect(
              readAs(row, separator, false).filter(isFormula),
              JSON.stringify([text, separator]),
            ).toEqual([]);
          }
        }
      }
    }
  });

  it('is read back with nothing but apostrophes added', () => {
    const corpus = JSON.parse(readFileSync('test/fixtures/xss.json', 'utf8')) as readonly string[];
    const texts = [...corpus, ...corpus.map((text) => `=${text};${text}`)];
    for (const text of texts) {
      const [[cell]] = parse(toCsvRow([text]), { relax_column_count: true, record_delimiter: '\r\n' }) as [
        [string],
      ];
      expect(cell.replaceAll("'", '')).toBe(text.replaceAll("'", ''));
    }
  });
});

it.each([
  ['', ''],
  ['Good', 'Good'],
  ['a - b; c + d', 'a - b; c + d'],
  ['mail@example.com', 'mail@example.com'],
  ['https://example.com/?a=1;b=2', 'https://example.com/?a=1;b=2'],
  ['; fine', '; fine'],
  ['-5', '-5'],
  ['-1,234.50', '-1,234.50'],
  ['-5; -6', '-5; -6'],
  ['-5;-6', '-5;-6'],
  ['-5+1', "'-5+1"],
  ['-', "'-"],
  ['+49 170 1234567', "'+49 170 1234567"],
  ['- good\n- cheap', "'- good\n'- cheap"],
  ['\tx', "'\tx"],
  ['x;=1+1', "x;'=1+1"],
  ['＝1+1', "'＝1+1"],
])('%j becomes %j', (given, expected) => {
  expect(withoutFormulas(given)).toBe(expected);
});

it('a number stays a number', () => {
  expect(toCsvRow([-5, 3.5, 0])).toBe('-5,3.5,0\r\n');
});

it.each([' ', ';', '=', '-1', '-1 ', '"', '\u200b;', '-', '-,'])(
  'takes time in proportion to the length of many %j',
  async (part) => {
    const text = (length: number) => `x;${part.repeat(length / part.length)}x`;
    const [short, long] = [text(50_000), text(400_000)];
    withoutFormulas(short);
    const fewer = await cpuTimeOf(() => withoutFormulas(short));
    // Eight times the length; the square of it would be more than a hundred times this.
    expect(await cpuTimeOf(() => withoutFormulas(long))).toBeLessThan(fewer * 24 + 60);
  },
);
