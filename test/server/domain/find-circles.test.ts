import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Card, findCircles } from '../../../server/domain/find-circles.ts';
import type { LogicRule } from '../../../src/core/survey/document.ts';

const SELF = 'A card must not lead to itself';
const CIRCLE = 'These cards lead in a circle that has no end';
const leaf = { id: 'c', leftOperand: { type: 'element', value: 'q' }, operator: 'isSubmitted' };
const group = (connector: 'and' | 'or', ...conditions: unknown[]) => ({ id: 'g', connector, conditions });
const rule = (conditions: unknown, ...targets: string[]): LogicRule =>
  ({
    id: 'r',
    conditions,
    actions: targets.map((target) => ({ id: 'a', objective: 'jumpToBlock', target })),
  }) as LogicRule;
const card = (id: string, logicFallback?: string, ...logic: LogicRule[]): Card => ({
  id,
  logicFallback,
  logic,
});

it.each<[string, Card[], Record<string, string>]>([
  ['a list', [card('a'), card('b')], {}],
  ['a fallback to itself', [card('a', 'a')], { '0.logicFallback': SELF }],
  [
    'a jump to itself',
    [card('a', undefined, rule(group('and'), 'a'))],
    { '0.logic.0.actions.0.target': SELF },
  ],
  [
    'a jump to itself in a later rule',
    [card('a', undefined, rule(group('and', leaf), 'b'), rule(group('and', leaf), 'a')), card('b')],
    { '0.logic.1.actions.0.target': SELF },
  ],
  [
    'a jump after one that always happens',
    [card('a', 'a', rule(group('and'), 'b'), rule(group('and', leaf), 'a')), card('b')],
    {},
  ],
  ['a second jump of a rule', [card('a', undefined, rule(group('and', leaf), 'b', 'a')), card('b')], {}],
  ['a jump that never happens', [card('a', undefined, rule(group('or'), 'a'))], {}],
  ['a circle', [card('a'), card('b', 'a')], { '1.logicFallback': CIRCLE }],
  ['a circle with a way out', [card('a'), card('b', 'a', rule(group('and', leaf), 'c')), card('c')], {}],
  [
    'a circle with a way out by its last card',
    [card('a'), card('b', undefined, rule(group('and', leaf), 'a'))],
    {},
  ],
  [
    'a circle whose only way out never happens',
    [card('a'), card('b', 'a', rule(group('and', leaf, group('or')), 'end'))],
    { '1.logicFallback': CIRCLE },
  ],
  [
    'a circle by every answer',
    [card('a'), card('b', undefined, rule(group('or', leaf, group('and')), 'a'))],
    { '1.logic.0.actions.0.target': CIRCLE },
  ],
  [
    'two answers that both lead back',
    [card('a'), card('b', 'a', rule(group('and', leaf), 'c')), card('c', 'a')],
    { '1.logicFallback': CIRCLE, '2.logicFallback': CIRCLE },
  ],
  ['a target that does not exist', [card('a', 'gone')], {}],
  ['a way into a circle', [card('x'), card('a'), card('b', 'a')], { '2.logicFallback': CIRCLE }],
])('%s', (_name, cards, problems) => {
  expect(findCircles(cards)).toEqual(problems);
});

describe('random surveys', () => {
  const IDS = ['a', 'b', 'c', 'd', 'end'];
  const target = fc.constantFrom(...IDS);
  const random = fc.record({
    logicFallback: fc.option(target, { nil: undefined }),
    logic: fc.array(
      fc.record({ conditions: fc.constantFrom(group('and', leaf), group('and'), group('or')), to: target }),
      { maxLength: 2 },
    ),
  });

  /** Whether some answers lead from a card to the end: by trying all of them. */
  function canEnd(cards: readonly Card[], from: number): boolean {
    const seen = new Set<number>();
    const visit = (index: number): boolean => {
      const here = cards[index];
      if (!here) return true;
      if (seen.has(index)) return false;
      seen.add(index);
      const go = (id: string | undefined): boolean => {
        const next = id === undefined ? index + 1 : cards.findIndex((each) => each.id === id);
        return next < 0 || visit(next);
      };
      for (const { conditions, actions } of here.logic ?? []) {
        const isNever = conditions.connector === 'or';
        const isAlways = !isNever && conditions.conditions.length === 0;
        if (!isNever && go(actions[0]?.target)) return true;
        if (isAlways) return false;
      }
      return go(here.logicFallback);
    };
    return visit(from);
  }

  it('are refused exactly when a card has no way to the end, or leads to itself', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(random, { minLength: 1, maxLength: 4 }), (parts) => {
        const cards = parts.map(({ logicFallback, logic }, index) =>
          card(IDS[index] ?? '', logicFallback, ...logic.map(({ conditions, to }) => rule(conditions, to))),
        );
        const problems = Object.values(findCircles(cards));
        const isTrap = cards.some((_, index) => !canEnd(cards, index));
        if (isTrap) refused++;
        if (isTrap) expect(problems.length).toBeGreaterThan(0);
        else expect(problems).not.toContain(CIRCLE);
      }),
      { numRuns: 2_000, seed: 7 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
