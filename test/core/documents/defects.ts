import type { Dice } from './dice.ts';
import type { Dress } from './generate.ts';

/** A document that can't be drawn, and what the reason must name. */
export interface Defect {
  readonly document: object;
  readonly reason: RegExp;
}

type Fields = Record<string, unknown>;

/** Spoils a document in one place, so that nobody could say what it means. */
export function makeDefect(dice: Dice, document: object, dress: Dress): Defect {
  const spoil = (name: string, change: (first: Fields) => unknown): object => {
    const { [name]: list, ...rest } = document as Fields;
    const [first, ...others] = list as Fields[];
    return { ...rest, [name]: [change(first ?? {}), ...others] };
  };
  const inFirst = (change: (element: Fields) => unknown): object =>
    dress === 'blocks'
      ? spoil('blocks', (block) => {
          const [element, ...others] = block.elements as Fields[];
          return { ...block, elements: [change(element ?? {}), ...others] };
        })
      : spoil('questions', change);
  const list = dress === 'blocks' ? 'blocks' : 'questions';
  const ways: readonly Defect[] = [
    { document: inFirst((element) => ({ ...element, type: 'hologram' })), reason: /hologram/ },
    {
      document: inFirst(({ headline: _h, html: _t, subheader: _s, ...element }) => element),
      reason: /has no headline/,
    },
    { document: inFirst(() => null), reason: /is none/ },
    {
      document: inFirst((element) => ({ ...element, type: 'multipleChoiceMulti', choices: [] })),
      reason: /has no choices/,
    },
    {
      document: inFirst((element) => ({ ...element, type: 'matrix', rows: undefined, columns: ['A'] })),
      reason: /has no rows/,
    },
    {
      document: inFirst((element) => ({ ...element, type: 'rating', range: undefined })),
      reason: /has no range/,
    },
    { document: { ...document, [list]: 'none' }, reason: /is no list/ },
    { document: { ...document, blocks: [], questions: [] }, reason: /nothing to show/ },
    {
      document: spoil(list, (first) => ({
        ...first,
        logic: [{ condition: 'smells', value: 1, destination: 'end' }],
      })),
      reason: /smells|the logic of block 1/,
    },
    {
      document: spoil(list, (first) => ({
        ...first,
        logic: [
          {
            id: 'r',
            conditions: {
              id: 'g',
              connector: 'and',
              conditions: [{ id: 'c', leftOperand: { type: 'element', value: 'q' }, operator: 'rhymesWith' }],
            },
            actions: [],
          },
        ],
      })),
      reason: /rhymesWith/,
    },
  ];
  return dice.pick(ways);
}
