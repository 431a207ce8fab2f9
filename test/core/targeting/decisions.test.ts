import { expect, it } from 'vitest';
import { askGates } from '../../../src/core/targeting/gates.ts';
import { historyOf, type KnownHistory, type Showing } from '../../../src/core/targeting/history.ts';
import { survey } from './sample.ts';

/**
 * Who may see a survey again, over {anonymous, A, logout, B, A again} × displayOption × cooldown (architecture.md 5.4).
 * Each row is one past event and the decision for each later visitor: `+` shows, `.` refuses. The columns are the
 * visitors in that order; the matrices are written by hand from the rule.
 */
const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const MOMENTS = ['anonymous', 'A', 'logout', 'B', 'A again'] as const;
const WHO = { anonymous: null, A: 'a', logout: null, B: 'b', 'A again': 'a' } as const;

/** The event a day ago: what happened, and to whom. */
type Past = 'shown' | 'answered' | 'shown twice' | 'answered elsewhere' | 'shown elsewhere';

// biome-ignore format: a table
const table: [past: Past, to: string | null, option: string, verdicts: string][] = [
  // An anonymous showing counts for everybody on this device.
  ['shown',       null, 'displayOnce',     '. . . . .'],
  ['shown',       null, 'displayMultiple', '+ + + + +'],
  ['shown',       null, 'displaySome 2',   '+ + + + +'],
  ['shown',       null, 'displaySome',     '+ + + + +'],
  ['shown',       null, 'respondMultiple', '+ + + + +'],
  ['shown twice', null, 'displayOnce',     '. . . . .'],
  ['shown twice', null, 'displayMultiple', '+ + + + +'],
  ['shown twice', null, 'displaySome 2',   '. . . . .'],
  ['shown twice', null, 'displaySome',     '+ + + + +'],
  ['shown twice', null, 'respondMultiple', '+ + + + +'],
  ['answered',    null, 'displayOnce',     '. . . . .'],
  ['answered',    null, 'displayMultiple', '. . . . .'],
  ['answered',    null, 'displaySome 2',   '. . . . .'],
  ['answered',    null, 'displaySome',     '+ + + + +'],
  ['answered',    null, 'respondMultiple', '+ + + + +'],
  // A showing to A counts for A and for anonymous visitors of this device; not for B.
  ['shown',       'a', 'displayOnce',      '. . . + .'],
  ['shown',       'a', 'displayMultiple',  '+ + + + +'],
  ['shown',       'a', 'displaySome 2',    '+ + + + +'],
  ['shown twice', 'a', 'displayOnce',      '. . . + .'],
  ['shown twice', 'a', 'displaySome 2',    '. . . + .'],
  ['answered',    'a', 'displayOnce',      '. . . + .'],
  ['answered',    'a', 'displayMultiple',  '. . . + .'],
  ['answered',    'a', 'displaySome 2',    '. . . + .'],
  ['answered',    'a', 'displaySome',      '+ + + + +'],
  ['answered',    'a', 'respondMultiple',  '+ + + + +'],
  // A showing to B, likewise.
  ['shown',       'b', 'displayOnce',      '. + . . +'],
  ['shown twice', 'b', 'displaySome 2',    '. + . . +'],
  ['answered',    'b', 'displayMultiple',  '. + . . +'],
  ['answered',    'b', 'respondMultiple',  '+ + + + +'],
  // A showing to A on another device, known by the server, counts for A alone.
  ['shown elsewhere',    'a', 'displayOnce',     '+ . + + .'],
  ['shown elsewhere',    'a', 'displayMultiple', '+ + + + +'],
  ['shown elsewhere',    'a', 'displaySome 2',   '+ + + + +'],
  ['answered elsewhere', 'a', 'displayOnce',     '+ . + + .'],
  ['answered elsewhere', 'a', 'displayMultiple', '+ . + + .'],
  ['answered elsewhere', 'a', 'displaySome 2',   '+ . + + .'],
  ['answered elsewhere', 'a', 'displaySome',     '+ + + + +'],
  ['answered elsewhere', 'a', 'respondMultiple', '+ + + + +'],
];

/** For whom the showing counts: only they are in a cooldown. */
const COUNTS: Readonly<Record<string, string>> = {
  null: '. . . . .',
  a: '. . . + .',
  b: '. + . . +',
  elsewhere: '+ . + + .',
};

/** `recontactDays` of survey and environment, days since the showing, and whether the cooldown holds. */
const cooldowns: [own: number | null, general: number, agoDays: number, isCooling: boolean][] = [
  [0, 7, 1, false],
  [0, 0, 1, false],
  [null, 0, 1, false],
  [null, 7, 1, true],
  [null, 7, 6.99, true],
  [null, 7, 7, false],
  [3, 7, 2.99, true],
  [3, 7, 3, false],
  [30, 7, 8, true],
];

const rows = table.flatMap(([past, to, option, verdicts]) =>
  cooldowns.map(([own, general, agoDays, isCooling]) => ({
    past,
    to,
    option,
    verdicts,
    own,
    general,
    agoDays,
    isCooling,
  })),
);

it.each(rows)('$past, by $to, $option, days $own/$general, $agoDays days ago', (row) => {
  const { past, to, option, verdicts, own, general, agoDays, isCooling } = row;
  const [displayOption = '', limit] = option.split(' ');
  const at = NOW - agoDays * DAY;
  const isElsewhere = past.endsWith('elsewhere');
  const document = survey({
    displayOption,
    displayLimit: limit ? Number(limit) : null,
    recontactDays: own,
  });
  const counts = past === 'shown twice' ? 2 : 1;
  const showings = isElsewhere
    ? []
    : Array.from({ length: counts }, (_, index) => showing(document.id, to, at - index, past === 'answered'));
  const asked = MOMENTS.map((moment) => {
    const who = WHO[moment];
    const known: KnownHistory | undefined =
      isElsewhere && who === to
        ? {
            displays: [{ surveyId: document.id, at }],
            responses: past === 'answered elsewhere' ? [document.id] : [],
            at: NOW,
          }
        : undefined;
    const gates = askGates(document, {
      now: NOW,
      who,
      segments: [],
      history: historyOf(document.id, who, showings, known),
      roll: 0,
      settings: { recontactDays: general },
      hasRecaptcha: false,
      fired: ['Finished'],
      counts: {},
      isForgetful: false,
      isOpen: false,
      isOpenElsewhere: false,
      impolite: undefined,
    });
    return gates.every(({ pass }) => pass) ? '+' : '.';
  });
  const cooling = isCooling ? (COUNTS[isElsewhere ? 'elsewhere' : `${to}`] ?? '') : '+ + + + +';
  const expected = verdicts
    .split(' ')
    .map((verdict, i) => (verdict === '+' && cooling.split(' ')[i] === '+' ? '+' : '.'));
  expect(asked.join(' ')).toBe(expected.join(' '));
});

function showing(surveyId: string, who: string | null, shownAt: number, isAnswered: boolean): Showing {
  return {
    id: `s${shownAt}`,
    displayId: `d${shownAt}`,
    surveyId,
    who,
    shownAt,
    activeAt: shownAt,
    seq: isAnswered ? 2 : 1,
    ackedSeq: 0,
    finished: isAnswered,
    closed: true,
    language: 'default',
    meta: { url: '', action: 'Finished' },
  };
}
