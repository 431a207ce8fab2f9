import { describe, expect, it } from 'vitest';
import { isPart, isText, renew, toUnused, withIds, withSubheader } from '../../../src/core/survey/renew.ts';

const text = (words: string) => ({ default: words });

describe('withSubheader', () => {
  const rows: [name: string, part: object, outcome: object][] = [
    ['html becomes subheader', { html: text('A') }, { subheader: text('A') }],
    [
      'also one in another language only',
      { html: { default: '', de: 'A' } },
      { subheader: { default: '', de: 'A' } },
    ],
    ['and replaces a blank one', { html: text('A'), subheader: text(' ') }, { subheader: text('A') }],
    ['but no other', { html: text('A'), subheader: text('B') }, { html: text('A'), subheader: text('B') }],
    ['a blank one stays', { html: text('') }, { html: text('') }],
    ['what is no text stays', { html: 7 }, { html: 7 }],
  ];
  it.each(rows)('%s', (_name, part, outcome) => expect(withSubheader(part as never)).toEqual(outcome));
});

describe('withIds', () => {
  const idsOf = (list: readonly unknown[]) => withIds(list).map((entry) => (entry as { id: string }).id);

  it('keeps ids and makes others from labels, wherever they stand', () => {
    const [one, two] = idsOf([text('A'), { label: text('B') }]);
    expect(idsOf([{ id: 'own', label: text('C') }, text('B'), text('A')])).toEqual(['own', two, one]);
    expect(one).toMatch(/^b[0-9a-z]+$/);
  });

  it('makes no id twice', () => {
    const [made = ''] = idsOf([text('A')]);
    const lists = [
      [text('A'), text('A'), text('A')],
      [text('A'), { id: made, label: text('B') }, { id: `${made}x2`, label: text('C') }],
      [
        { id: 'same', label: text('A') },
        { id: 'same', label: text('B') },
      ],
    ];
    for (const list of lists) expect(new Set(idsOf(list)).size).toBe(list.length);
    expect(idsOf(lists[1] ?? []).slice(1)).toEqual([made, `${made}x2`]);
    expect(idsOf(lists[2] ?? [])[0]).toBe('same');
  });

  it('takes the Indonesian text of a label for no id, and leaves what it does not know', () => {
    const indonesian = { default: 'Speed', id: 'Kecepatan' };
    expect(withIds([indonesian, 7, null, { label: 'A' }])).toEqual([
      { id: expect.stringMatching(/^b/), label: indonesian },
      ...[7, null, { label: 'A' }],
    ]);
  });
});

describe('renew', () => {
  it('renews the welcome card, questions, and the elements of blocks', () => {
    const old = { id: 'q', html: text('A'), rows: [text('B')], columns: [text('C')] };
    const fresh = {
      id: 'q',
      subheader: text('A'),
      rows: [{ id: expect.any(String), label: text('B') }],
      columns: [{ id: expect.any(String), label: text('C') }],
    };
    const given = {
      name: 'n',
      welcomeCard: { html: text('D') },
      questions: [old],
      blocks: [{ elements: [old] }],
    };
    expect(renew(given)).toEqual({
      ...{
        name: 'n',
        welcomeCard: { subheader: text('D') },
        questions: [fresh],
        blocks: [{ elements: [fresh] }],
      },
    });
  });

  it.each([
    {},
    { questions: null, blocks: 7, welcomeCard: 'x' },
    { questions: [null, 7], blocks: [null, {}] },
  ])('leaves %o as it is', (document) => expect(renew(document)).toEqual(document));
});

it('names the first number that is free', () => {
  expect([toUnused('a', new Set()), toUnused('a', new Set(['a', 'ax2']))]).toEqual(['a', 'ax3']);
});

it('knows parts and texts', () => {
  expect([{}, [], null, 'x'].map(isPart)).toEqual([true, false, false, false]);
  expect([text(''), { de: 'x' }, 'x', null].map(isText)).toEqual([true, false, false, false]);
});
