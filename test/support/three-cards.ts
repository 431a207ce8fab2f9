/** The cards of `threeCards`, by the id of their element. */
export const CARDS = ['one', 'two', 'three'] as const;

/** The survey of the delivery tests: three open questions, each on a card of its own, and an ending. */
export const threeCards = {
  blocks: CARDS.map((id) => ({
    id: `block${id}`,
    name: id,
    elements: [
      {
        id,
        type: 'openText',
        required: true,
        headline: { default: `Question ${id}` },
        charLimit: { enabled: false },
      },
    ],
  })),
  endings: [{ id: 'ending', type: 'endScreen', headline: { default: 'Thank you!' } }],
};
