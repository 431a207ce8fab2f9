import { describe, expect, it } from 'vitest';
import type { AnswerValue } from '../../../src/core/survey/document.ts';
import { fillAddress, fillRecall } from '../../../src/core/survey/recall.ts';

const values: Record<string, AnswerValue> = {
  name: 'Ada',
  zero: 0,
  blank: '  ',
  list: ['a', ' ', 'b'],
  none: [],
  grid: { Row: 'Column' },
  iso: '2024-12-25',
  typed: '25-12-2024',
  odd: '2024-13-45',
  money: '$$ $& $1',
  again: '#recall:name/fallback:x#',
  tag: '<b>x</b>',
};
const facts = {
  find: (id: string) => values[id],
  formatDate: (year: number, month: number, day: number) =>
    month > 12 ? undefined : `${day} of ${month} in ${year}`,
};

it.each([
  ['name', 'Ada'],
  ['zero', '0'],
  ['blank', 'a fall'],
  ['gone', 'a fall'],
  ['list', 'a, b'],
  ['none', 'a fall'],
  ['grid', 'Column'],
  ['iso', '25 of 12 in 2024'],
  ['typed', '25 of 12 in 2024'],
  ['odd', '2024-13-45'],
  ['money', '$$ $& $1'],
  ['again', '#recall:name/fallback:x#'],
  ['tag', '<b>x</b>'],
])('%s is recalled as %s', (id, words) => {
  expect(fillRecall(`Hi #recall:${id}/fallback: anbspfall #!`, facts)).toBe(`Hi ${words}!`);
});

it('replaces several tokens, and leaves text that is no token', () => {
  expect(fillRecall('#recall:name/fallback:# #recall:zero/fallback:# #recall:x#', facts)).toBe(
    'Ada 0 #recall:x#',
  );
});

describe('inside an address', () => {
  it('values are percent-encoded', () => {
    expect(fillAddress('https://a.example/?q=#recall:money/fallback:#', facts)).toBe(
      'https://a.example/?q=%24%24%20%24%26%20%241',
    );
    expect(fillAddress('https://a.example/#recall:gone/fallback:a b#', facts)).toBe(
      'https://a.example/a%20b',
    );
    const half = { ...facts, find: () => 'a\ud83d' };
    expect(fillAddress('https://a.example/#recall:x/fallback:#', half)).toBe('https://a.example/a%EF%BF%BD');
  });

  it.each([
    ['mailto:a@b.example?subject=#recall:name/fallback:#', 'mailto:a@b.example?subject=Ada'],
    [
      'https://a.example/#recall:name/fallback:#/x?y=#recall:zero/fallback:##end',
      'https://a.example/Ada/x?y=0#end',
    ],
    ['https://a.example?q=#recall:name/fallback:#', 'https://a.example?q=Ada'],
    ['https://a.example:8080/#recall:name/fallback:#', 'https://a.example:8080/Ada'],
    ['https://a.example#recall:name/fallback:#', 'https://a.example/Ada'],
    ['https://a.example/no-token#part', 'https://a.example/no-token#part'],
  ])('%s becomes %s', (address, filled) => {
    expect(fillAddress(address, facts)).toBe(filled);
  });

  // Values that a visitor or an owner's fallback could hold, and addresses that they could change.
  const VALUES = [
    '.evil.example',
    '@evil.example',
    '@evil.example/',
    ':80@evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\evil.example',
    ':1',
    '1',
    '-evil',
    '\t.evil.example',
    '%2eevil.example',
    '。evil',
    'javascript:alert(1)',
    'data:text/html,x',
    '://evil.example',
    's://evil.example',
    ':evil.example',
    '',
    '\ud83d',
  ];
  const ADDRESSES = [
    'https://a.example#R',
    'https://a.example:8#R',
    'https://a.example:#R',
    'https://u#R@a.example/',
    'https://#R@a.example/',
    'https://#R',
    'https://#R.a.example/',
    'https:#R',
    'https:/#R',
    'https:\\\\a.example#R',
    'http#R://a.example',
    '#R',
    '#R//a.example',
    ' https://a.example#R',
    'https://a.ex\tample#R',
    'https://a.example #R',
    'https:e#R',
    'https://a.example/#R',
    'https://a.example?#R',
    'https://a.example/x#R#R',
    'mailto:#R',
    'java#Rscript:alert(1)',
    'javascript:#R',
  ];
  const hostOf = (address: string): string | undefined => {
    try {
      const { protocol, username, host } = new URL(address);
      return `${protocol}//${username}@${host}`;
    } catch {
      return undefined;
    }
  };
  const pairs = ADDRESSES.flatMap((address) => VALUES.map((value) => [address, value] as const));
  it.each(pairs)('%s keeps its scheme and host with %j', (template, value) => {
    const fixed = template.slice(0, template.indexOf('#R'));
    // A blank before a value is no end of the host: such an address is no link.
    const own = [hostOf(fixed) ?? '', ...(fixed.endsWith(' ') ? [''] : [])];
    const recalled = template.replaceAll('#R', '#recall:x/fallback:y#');
    const fallback = template.replaceAll('#R', `#recall:x/fallback:${value}#`);
    const results = [
      fillAddress(recalled, { ...facts, find: () => value }),
      fillAddress(fallback, { ...facts, find: () => undefined }),
    ];
    for (const filled of results) expect(own).toContain(filled && hostOf(filled));
  });
});
