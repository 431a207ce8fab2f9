import { describe, expect, it } from 'vitest';
import type { Block, Survey } from '../../../src/core/survey/document.ts';
import { runLogic } from '../../../src/core/survey/logic.ts';
import { submitCard } from '../../../src/core/survey/progress.ts';
import { type Case, makeCase } from './generate.ts';
import { type Deciders, play, prepare } from './play.ts';

const isFull = process.env.INKLING_PROVE === 'full';
const COUNT = isFull ? 2_000 : 150;
/** Another one tries other documents: `INKLING_SEED=7 npm run test:documents`. */
const FIRST = Number(process.env.INKLING_SEED ?? 1);
const CASES = Array.from({ length: COUNT }, (_, index) => makeCase(FIRST + index * 2));
const whole = CASES.filter(({ reason }) => !reason);

/** Seeds of the documents in which core and oracle disagree. */
async function findDisagreements(cases: readonly Case[], deciders?: Deciders): Promise<string[]> {
  const found: string[] = [];
  for (const one of cases) {
    try {
      await play(one, deciders);
    } catch (error) {
      const words = error instanceof Error ? error.message.slice(0, 300) : error;
      found.push(`seed ${one.seed}, ${one.dress}: ${words}`);
    }
  }
  return found;
}

describe(`${COUNT} random documents from seed ${FIRST}`, () => {
  it('lead to the cards and the data that the oracle expects', async () => {
    expect(await findDisagreements(whole)).toEqual([]);
  });

  it('are of every form and type, and some of them can not be drawn', () => {
    const dresses = new Set(CASES.map(({ dress }) => dress));
    const types = new Set(
      CASES.flatMap(({ model }) => model.cards.flatMap(({ elements }) => elements.map(({ type }) => type))),
    );
    expect([dresses.size, types.size]).toEqual([3, 17]);
    expect(whole.length).toBeLessThan(COUNT);
  });

  it('name the reason where they can not be drawn', () => {
    for (const { seed, document, reason } of CASES) {
      if (reason) expect(prepare(document), `seed ${seed}`).toEqual(expect.stringMatching(reason));
    }
  });
});

describe('the oracle finds a core that', () => {
  const change = (block: Block, find: RegExp, replace: string): Block =>
    JSON.parse(JSON.stringify(block).replace(find, replace)) as Block;
  const optional = (survey: Survey): Survey => ({
    ...survey,
    blocks: survey.blocks.map((block) => change(block, /"required":true/g, '"required":false')),
  });
  const rows: readonly (readonly [name: string, wrong: Partial<Deciders>])[] = [
    [
      'ignores a jump',
      { runLogic: (block, facts) => ({ ...runLogic(block, facts), target: block.logicFallback }) },
    ],
    [
      'takes `or` for `and`',
      {
        runLogic: (block, facts) => runLogic(change(block, /"connector":"or"/g, '"connector":"and"'), facts),
      },
    ],
    [
      'takes an empty answer for a required one',
      { submitCard: (survey, ...rest) => submitCard(optional(survey), ...rest) },
    ],
    [
      'forgets what it has calculated',
      { runLogic: (block, facts) => ({ ...runLogic(block, facts), variables: facts.variables }) },
    ],
    [
      'forgets what it has made required',
      { runLogic: (block, facts) => ({ ...runLogic(block, facts), required: [] }) },
    ],
    [
      'lets the last jump win',
      { runLogic: (block, facts) => runLogic({ ...block, logic: (block.logic ?? []).toReversed() }, facts) },
    ],
  ];
  it.each(rows)('%s', async (_name, wrong) => {
    const found = await findDisagreements(whole, { runLogic, submitCard, ...wrong });
    expect(found.length).toBeGreaterThan(0);
  });
});
