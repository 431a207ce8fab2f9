import { describe, expect, it } from 'vitest';
import { leaveCircle } from '../../../src/core/survey/circle.ts';
import type { LogicRule, Survey } from '../../../src/core/survey/document.ts';
import { runLogic } from '../../../src/core/survey/logic.ts';
import { goBack, openProgress, type Progress, submitCard } from '../../../src/core/survey/progress.ts';
import { block, openText, survey } from './sample.ts';

const base = survey({
  endings: [{ id: 'e1', type: 'endScreen' }],
  variables: [{ id: 'v', name: 'score', type: 'number', value: 7 }],
});
const submitted = (
  document: Survey,
  progress: Progress,
  answers: Record<string, string | undefined> = {},
) => {
  const logic = { runLogic, leaveCircle };
  const result = submitCard(document, progress, {
    answers,
    ttc: {},
    hiddenFields: {},
    logic,
    language: 'default',
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.progress;
};

describe('logic that leads in a circle', () => {
  const compare = (type: string, value: string, operator: string, right?: unknown) => ({
    id: 'c',
    leftOperand: { type, value },
    operator,
    ...(right !== undefined && { rightOperand: { type: 'static', value: right } }),
  });
  const when = (condition: object, ...actions: object[]): LogicRule =>
    ({ id: 'r', conditions: { id: 'g', connector: 'and', conditions: [condition] }, actions }) as LogicRule;
  const jump = (target: string) => ({ id: 'j', objective: 'jumpToBlock', target });
  const count = (operator: string, value: number) => ({
    id: 'k',
    objective: 'calculate',
    variableId: 'v',
    operator,
    value: { type: 'static', value },
  });
  const everywhere = compare('static', '', 'isNotSet');
  const of = (...parts: [id: string, logic: LogicRule[], fallback?: string][]): Survey =>
    survey({
      ...base,
      blocks: parts.map(([id, logic, logicFallback]) =>
        block(id, [openText({ id: `q${id}` })], { logic, ...(logicFallback && { logicFallback }) }),
      ),
    });
  /** Submits cards with the answers that `answer` gives, until the survey ends. Returns the cards that were shown. */
  const walk = (document: Survey, answer: (card: string, visit: number) => string | undefined) => {
    let progress = openProgress(document, undefined);
    const cards: string[] = [];
    while (!progress.finished && cards.length < 2_000) {
      const { card } = progress;
      cards.push(card);
      const visit = cards.filter((one) => one === card).length;
      progress = submitted(document, progress, { [`q${card}`]: answer(card, visit) });
    }
    return { cards, progress };
  };

  const circles: [string, Survey, string[]][] = [
    ['a jump to itself', of(['b1', [when(everywhere, jump('b1'))]]), ['b1']],
    ['a fallback to itself', of(['b1', [], 'b1']), ['b1']],
    ['two cards', of(['b1', []], ['b2', [], 'b1']), ['b1', 'b2']],
    ['three cards', of(['b1', [], 'b3'], ['b2', [], 'b1'], ['b3', [], 'b2']), ['b1', 'b3', 'b2']],
    ['a circle after the start', of(['b1', []], ['b2', []], ['b3', [], 'b2']), ['b1', 'b2', 'b3']],
    [
      'a variable that is set to what it is',
      of(['b1', [when(everywhere, count('assign', 7), count('multiply', 1))], 'b1']),
      ['b1'],
    ],
    [
      'a demand that is repeated',
      of(['b1', [when(everywhere, { id: 'd', objective: 'requireAnswer', target: 'gone' })], 'b1']),
      ['b1', 'b1'],
    ],
    [
      'a variable that comes back to what it was',
      of(['b1', [when(everywhere, count('multiply', -1))], 'b1']),
      ['b1', 'b1'],
    ],
  ];
  it.each(circles)('%s ends when nothing has changed, as finished', (_name, document, shown) => {
    const { cards, progress } = walk(document, () => undefined);
    expect(cards).toEqual(shown);
    expect(progress).toMatchObject({ card: 'e1', finished: true, endingId: 'e1', answers: {} });
  });

  it.each(circles)('%s is asked again after a new answer, and keeps the last', (_name, document) => {
    const { cards, progress } = walk(document, (_card, visit) => `answer ${Math.min(visit, 3)}`);
    expect(cards.filter((card) => card === cards.at(-1)).length).toBeGreaterThanOrEqual(3);
    expect(Object.values(progress.answers)).toContain('answer 3');
    expect(progress.finished).toBe(true);
  });

  it('a question that is asked until it is answered is asked until then', () => {
    const document = of(
      ['b1', [when(compare('element', 'qb1', 'doesNotEqual', 'yes'), jump('b1'))]],
      ['b2', []],
    );
    const answers = ['no', 'perhaps', 'no', 'yes'];
    const { cards } = walk(document, (card, visit) => (card === 'b1' ? answers[visit - 1] : 'x'));
    expect(cards).toEqual(['b1', 'b1', 'b1', 'b1', 'b2']);
  });

  it('a circle that counts goes on until its logic leaves it', () => {
    const rules = [
      when(everywhere, count('add', 1)),
      when(compare('variable', 'v', 'isGreaterThanOrEqual', 10), jump('b2')),
    ];
    const { cards } = walk(of(['b1', rules, 'b1'], ['b2', []]), () => 'the same');
    expect(cards).toEqual(['b1', 'b1', 'b1', 'b2']);
  });

  it('a circle that counts without end is left after 1,000 cards', () => {
    const document = of(['b1', [when(everywhere, count('add', 1))], 'b1']);
    const { cards, progress } = walk(document, () => 'x');
    expect(cards).toHaveLength(1_000);
    expect(progress).toMatchObject({ finished: true, answers: { qb1: 'x' }, variables: { v: 1_007 } });
  });

  it('going back and on again is no circle', () => {
    const document = of(['b1', []], ['b2', []], ['b3', []]);
    let progress = submitted(document, openProgress(document, undefined), { qb1: 'x' });
    for (let round = 0; round < 3; round++) {
      progress = submitted(document, goBack(progress), { qb1: 'x' });
      expect(progress).toMatchObject({ card: 'b2', finished: false });
    }
    // The answer of a card that was left by going back counts as a change.
    const circle = of(['b1', []], ['b2', [], 'b1'], ['b3', []]);
    const second = submitted(circle, openProgress(circle, undefined));
    const third = submitted(circle, second, { qb2: 'y' });
    expect(third).toMatchObject({ card: 'b1', finished: false });
    const again = submitted(circle, goBack(third), { qb2: 'y' });
    expect(again).toMatchObject({ card: 'b1', finished: false });
  });

  it('a state stored by an older version goes on', () => {
    const document = of(['b1', []], ['b2', [], 'b1']);
    const second = submitted(document, openProgress(document, undefined));
    const { changes: _changes, undo = [], ...rest } = second;
    const old = { ...rest, undo: undo.map(({ variables }) => ({ variables })) };
    expect(submitted(document, openProgress(document, old))).toMatchObject({ card: 'b1', finished: false });
  });
});
