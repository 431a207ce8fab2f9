import { expect, it } from 'vitest';
import { compileSegments } from '../../../server/segments/compile-segments.ts';
import { OPERATORS } from '../../../src/wire/segment.ts';
import { naivelyIsMember, type Scenario } from './naive-evaluator.ts';
import { createDice, makeScenario } from './random-scenarios.ts';
import { WORKED_EXAMPLES } from './worked-examples.ts';

/** `npm run prove` compares all of them, `npm test` a tenth. */
const TREES = process.env.INKLING_PROVE === 'full' ? 100_000 : 10_000;
const LEAST = TREES / 100;
const SEED = 20261124;

it.each(WORKED_EXAMPLES)('worked by hand, client-api.md $name', ({ scenario, outcome }) => {
  expect(naivelyIsMember(scenario, 'asked')).toBe(outcome);
  expect(compileScenario(scenario).members.includes('asked')).toBe(outcome);
});

it('has 30 examples worked by hand', () => expect(WORKED_EXAMPLES).toHaveLength(30));

it(`${TREES} random filter trees have the same result as with the naive evaluator`, {
  timeout: 600_000,
}, () => {
  const dice = createDice(SEED);
  const tally = new Map<string, { no: number; yes: number }>();
  const count = (name: string, holds: boolean): void => {
    const { no, yes } = tally.get(name) ?? { no: 0, yes: 0 };
    tally.set(name, holds ? { no, yes: yes + 1 } : { no: no + 1, yes });
  };

  let trees = 0;
  while (trees < TREES) {
    const scenario = makeScenario(dice);
    const { members, skipped } = compileScenario(scenario);
    for (const { id } of scenario.segments) {
      const naive = naivelyIsMember(scenario, id, (kind, operator, subject, holds) =>
        count(`${kind} ${operator} ${subject}`.trimEnd(), holds),
      );
      const compiled = skipped.includes(id) ? 'skipped' : members.includes(id);
      // Only then, since building the message costs more than the comparison.
      if (compiled !== naive) expect({ compiled, id, scenario }).toEqual({ compiled: naive, id, scenario });
      count('tree', naive === true);
      count('skipped tree', naive === 'skipped');
      trees += 1;
    }
  }

  expect([...tally.keys()].sort()).toEqual([...EVERY_COMBINATION, 'skipped tree', 'tree'].sort());
  const lopsided = [...tally].filter(([name, { no, yes }]) => {
    if (name === 'skipped tree') return yes < LEAST;
    if (NEVER_TRUE.has(name)) return yes > 0 || no < LEAST;
    return no + yes < LEAST || Math.min(no, yes) < 0.1 * (no + yes);
  });
  expect(lopsided).toEqual([]);
});

/** Operators on numbers and dates are only true for keys of that type (client-api.md 5.4). */
const NEVER_TRUE: ReadonlySet<string> = new Set([
  ...['lessThan', 'lessEqual', 'greaterThan', 'greaterEqual'].flatMap((operator) => [
    `attribute ${operator} string`,
    `attribute ${operator} date`,
  ]),
  ...['isOlderThan', 'isNewerThan', 'isBefore', 'isAfter', 'isBetween', 'isSameDay'].flatMap((operator) => [
    `attribute ${operator} string`,
    `attribute ${operator} number`,
  ]),
]);

const EVERY_COMBINATION: readonly string[] = [
  ...OPERATORS.attribute.flatMap((operator) =>
    ['string', 'number', 'date'].map((type) => `attribute ${operator} ${type}`),
  ),
  ...OPERATORS.person.map((operator) => `person ${operator}`),
  ...OPERATORS.segment.map((operator) => `segment ${operator}`),
  ...OPERATORS.device.map((operator) => `device ${operator}`),
  ...OPERATORS.surveyInteraction.flatMap((operator) =>
    ['any', 'specific'].map((scope) => `surveyInteraction ${operator} ${scope}`),
  ),
];

function compileScenario(scenario: Scenario): {
  readonly members: readonly string[];
  readonly skipped: readonly string[];
} {
  const keys = new Map(scenario.keys.map(({ key, type }) => [key, { dataType: type }]));
  const { membershipsOf, skipped } = compileSegments(scenario.segments, keys);
  const events = scenario.events.map(({ kind, survey, at, finished }) => ({
    kind,
    surveyId: survey,
    createdAt: Date.parse(at),
    finished,
  }));
  const person = {
    attributes: new Map(
      scenario.attributes.map(({ key, text, number, date }) => [
        key,
        { value: text, number, date: date === null ? null : Date.parse(date) },
      ]),
    ),
    displays: events.filter(({ kind }) => kind === 'display'),
    responses: events.filter(({ kind }) => kind === 'response'),
  };
  const device = scenario.device === 'phone' ? 'phone' : 'desktop';
  const members = membershipsOf(person, { now: Date.parse(scenario.now), device });
  return { members, skipped: skipped.map(({ id }) => id) };
}
