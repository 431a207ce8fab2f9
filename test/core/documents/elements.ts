import type { Dice } from './dice.ts';
import type { Element, Entry, Offer, Wire, Words } from './model.ts';

const TYPES = [
  ...[
    'openText',
    'openText',
    'email',
    'number',
    'multipleChoiceSingle',
    'multipleChoiceMulti',
    'nps',
    'rating',
  ],
  ...[
    'csat',
    'ces',
    'consent',
    'date',
    'pictureSelection',
    'matrix',
    'address',
    'contactInfo',
    'ranking',
    'cta',
  ],
  ...['link', 'cal', 'fileUpload'],
];
const ADDRESS = ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'];
const CONTACT = ['firstName', 'lastName', 'email', 'phone', 'company'];

/** Makes texts that occur once in a survey. */
export interface Writer {
  readonly words: (what: string) => Words;
  /** What the visitor reads. */
  readonly read: (words: Words) => string;
  /** No types whose answer leaves the page. */
  readonly isPlain: boolean;
}

/** A random element with the answers that a visitor may give. */
export function makeElement(dice: Dice, id: string, writer: Writer): { element: Element; offer: Offer } {
  const kind = dice.pick(TYPES.filter((type) => !(writer.isPlain && /^(link|fileUpload)$/.test(type))));
  const base = { id, headline: writer.words('Question'), required: dice.chance(0.4) };
  const { more, offer } = MAKERS[kind]?.(dice, writer) ?? { more: {}, offer: { good: ['A text'] } };
  const subheader = dice.chance(0.3) && { subheader: writer.words('More') };
  const type = { email: 'openText', number: 'openText', link: 'cta' }[kind] ?? kind;
  return { element: { ...base, type, ...subheader, ...more }, offer };
}

type Maker = (dice: Dice, writer: Writer) => { more: object; offer: Offer };

const entries = (dice: Dice, { words }: Writer, what: string, least = 2): Entry[] =>
  Array.from({ length: least + dice.below(3) }, (_, index) => ({
    id: `${what}${index}`,
    label: words(what),
  }));

const scale =
  (ranges: readonly number[]): Maker =>
  (dice) => {
    const range = dice.pick(ranges);
    const good = Array.from({ length: range }, (_, index) => index + 1);
    return { more: { scale: dice.pick(['number', 'star', 'smiley']), range }, offer: { good } };
  };

const choices =
  (isMulti: boolean): Maker =>
  (dice, writer) => {
    const regular = entries(dice, writer, 'choice');
    const other = dice.chance(0.3) ? [{ id: 'other', label: writer.words('Else') }] : [];
    const labels = regular.map(({ label }) => writer.read(label));
    const own = other.length > 0 ? ['A word of my own'] : [];
    const most = isMulti && dice.chance(0.2) ? 1 : undefined;
    const good: Wire[] = isMulti
      ? [
          ...labels.map((label) => [label]),
          ...(most ? [] : [labels, dice.some(labels), [...labels.slice(0, 1), ...own]]),
        ]
      : [...labels, ...own];
    return {
      more: {
        choices: [...regular, ...other],
        ...(dice.chance(0.2) && {
          shuffleOption: dice.pick(['all', 'exceptLast', 'reverseOrderOccasionally']),
        }),
        ...(!isMulti && other.length === 0 && dice.chance(0.2) && { displayType: 'dropdown' }),
        ...(most && { validation: { rules: [{ id: 'r', type: 'maxSelections', params: { max: most } }] } }),
      },
      offer: { good, ...(most && { bad: labels }) },
    };
  };

const lines =
  (names: readonly string[]): Maker =>
  (dice, { words }) => {
    const shown = dice.some(names);
    const parts = names.map((name) => [
      name,
      { show: shown.includes(name), required: dice.chance(0.2), placeholder: words('Line') },
    ]);
    const texts = names.map((name) => {
      if (!shown.includes(name)) return '';
      return { email: 'ada@example.org', phone: '+49 30 123' }[name] ?? `My ${name}`;
    });
    return { more: Object.fromEntries(parts), offer: { good: [texts] } };
  };

/** How each kind is made; the answers are in the words that the visitor reads. */
const MAKERS: Readonly<Record<string, Maker>> = {
  openText: (dice) => {
    const min = dice.chance(0.2) ? 5 : undefined;
    return {
      more: {
        longAnswer: dice.chance(0.5),
        inputType: 'text',
        charLimit: { enabled: !!min, ...(min && { min }) },
      },
      offer: { good: ['Apple pie', 'pear tart', 'plum apple'], ...(min && { bad: 'four' }) },
    };
  },
  email: () => ({
    more: { longAnswer: false, inputType: 'email', charLimit: { enabled: false } },
    offer: { good: ['ada@example.org', 'o.k+1@example.com'], bad: 'ada@' },
  }),
  number: () => ({
    more: { longAnswer: false, inputType: 'number', charLimit: { enabled: false } },
    offer: { good: ['0', '7', '42', '-3.5'], bad: 'many' },
  }),
  multipleChoiceSingle: choices(false),
  multipleChoiceMulti: choices(true),
  nps: () => ({ more: {}, offer: { good: Array.from({ length: 11 }, (_, score) => score) } }),
  rating: scale([3, 4, 5, 6, 7, 10]),
  csat: scale([5]),
  ces: scale([5, 7]),
  consent: (_dice, { words }) => ({ more: { label: words('I agree') }, offer: { good: ['accepted'] } }),
  date: (dice) => {
    const isLate = dice.chance(0.2);
    const rule = { id: 'r', type: 'isLaterThan', params: { date: '2026-03-10' } };
    return {
      more: { format: 'y-M-d', ...(isLate && { validation: { rules: [rule] } }) },
      offer: { good: ['2026-03-11', '2026-03-28'], ...(isLate && { bad: '2026-03-10' }) },
    };
  },
  pictureSelection: (dice) => {
    const allowMulti = dice.chance(0.5);
    const pictures = ['one', 'two', 'three'].map((id) => ({
      id,
      imageUrl: `https://pictures.invalid/${id}.png`,
    }));
    const ids = pictures.map(({ id }) => id);
    return {
      more: { choices: pictures, allowMulti },
      offer: { good: [...ids.map((id) => [id]), ...(allowMulti ? [ids] : [])] },
    };
  },
  matrix: (dice, writer) => {
    const [rows, columns] = [entries(dice, writer, 'row'), entries(dice, writer, 'column')];
    const isWhole = dice.chance(0.3);
    const some = (list: readonly Entry[]): Wire =>
      Object.fromEntries(
        list.map(({ label }) => [writer.read(label), writer.read(dice.pick(columns).label)]),
      );
    return {
      more: {
        ...{ rows, columns, shuffleOption: 'none' },
        ...(isWhole && { validation: { rules: [{ id: 'r', type: 'answerAllRows', params: {} }] } }),
      },
      offer: {
        good: [some(rows), ...(isWhole ? [] : [some(rows.slice(0, 1))])],
        ...(isWhole && { bad: some(rows.slice(0, 1)) }),
      },
    };
  },
  address: lines(ADDRESS),
  contactInfo: lines(CONTACT),
  ranking: (dice, writer) => {
    const list = entries(dice, writer, 'item');
    const labels = list.map(({ label }) => writer.read(label));
    const isWhole = dice.chance(0.3);
    return {
      more: {
        choices: list,
        ...(isWhole && { validation: { rules: [{ id: 'r', type: 'rankAll', params: {} }] } }),
      },
      offer: {
        good: isWhole ? [labels.toReversed()] : [labels, labels.slice(1), labels.slice(0, 1)],
        ...(isWhole && { bad: labels.slice(0, 1) }),
      },
    };
  },
  cta: () => ({ more: {}, offer: { good: [] } }),
  link: (_dice, { words }) => ({
    more: { buttonExternal: true, buttonUrl: 'https://pages.invalid/', ctaButtonLabel: words('Read') },
    offer: { good: ['clicked'] },
  }),
  cal: () => ({ more: { calUserName: 'ada/talk' }, offer: { good: ['booked'] } }),
  fileUpload: () => ({
    more: { allowMultipleFiles: false },
    offer: { good: [['https://files.invalid/a.pdf']] },
  }),
};
