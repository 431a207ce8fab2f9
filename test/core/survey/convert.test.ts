import { describe, expect, it } from 'vitest';
import { blocksOf, toBlocks } from '../../../src/core/survey/convert.ts';
import type {
  Block,
  Condition,
  Ending,
  LegacyQuestion,
  LogicRule,
} from '../../../src/core/survey/document.ts';

const headline = { default: 'Hello' };
const open = (id: string, more: object = {}): LegacyQuestion =>
  ({ id, type: 'openText', headline, required: false, ...more }) as LegacyQuestion;
const cta = (id: string, more: object = {}): LegacyQuestion =>
  ({ id, type: 'cta', headline, required: false, ...more }) as LegacyQuestion;
const endings: Ending[] = [{ id: 'end1', type: 'endScreen' }];

const condition = (value: string, operator = 'equals', type = 'question'): Condition =>
  ({ id: 'c', leftOperand: { type, value }, operator }) as Condition;
const rule = (conditions: unknown[], target = 'q2', objective = 'jumpToQuestion'): LogicRule =>
  ({
    id: 'r',
    conditions: { id: 'g', connector: 'and', conditions },
    actions: [{ id: 'a', objective, target }],
  }) as LogicRule;

const only = (question: LegacyQuestion): Block => toBlocks([question], endings)[0] as Block;
const idOf = (questionId: string): string => only(open(questionId)).id;

describe('toBlocks', () => {
  it('makes one block per question, in order, named by its number', () => {
    const blocks = toBlocks([open('q1'), open('q2')], []);
    expect(blocks.map(({ name, elements }) => [name, elements[0]?.id])).toEqual([
      ['Block 1', 'q1'],
      ['Block 2', 'q2'],
    ]);
  });

  it('derives the block id from the question id alone', () => {
    expect(toBlocks([open('x'), open('q1')], [])[1]?.id).toBe(idOf('q1'));
    expect(idOf('q1')).not.toBe(idOf('q2'));
    expect(idOf('Q_long-Name.99')).toMatch(/^b[0-9a-z]+$/);
    // Fixed values: stored card ids and the server's copy depend on them.
    expect(idOf('q_kind')).toBe('beulsdj');
  });

  it('moves logic, fallback and labels from the question to the block', () => {
    const block = only(
      open('q1', {
        logic: [rule([condition('q1')])],
        logicFallback: 'end1',
        buttonLabel: { default: 'Go' },
        backButtonLabel: { default: 'Back' },
      }),
    );
    expect(block).toMatchObject({
      logicFallback: 'end1',
      buttonLabel: { default: 'Go' },
      backButtonLabel: { default: 'Back' },
    });
    expect(block.logic).toHaveLength(1);
    expect(Object.keys(block.elements[0] ?? {}).sort()).toEqual(['headline', 'id', 'required', 'type']);
  });

  it('maps operands, jumps and fallbacks', () => {
    const [first] = toBlocks(
      [
        open('q1', {
          logic: [
            {
              ...rule([
                condition('q1'),
                { id: 'g2', connector: 'or', conditions: [condition('q1')] },
                { ...condition('v', 'equals', 'variable'), rightOperand: { type: 'question', value: 'q1' } },
              ]),
              actions: [
                { id: 'a1', objective: 'jumpToQuestion', target: 'q2' },
                { id: 'a2', objective: 'jumpToQuestion', target: 'end1' },
                { id: 'a3', objective: 'jumpToQuestion', target: 'gone' },
                { id: 'a4', objective: 'calculate', value: { type: 'question', value: 'q1' } },
              ],
            },
          ],
          logicFallback: 'q2',
        }),
        open('q2'),
      ],
      endings,
    );
    expect(first?.logicFallback).toBe(idOf('q2'));
    expect(first?.logic?.[0]).toMatchObject({
      conditions: {
        conditions: [
          { leftOperand: { type: 'element', value: 'q1' } },
          { conditions: [{ leftOperand: { type: 'element' } }] },
          { leftOperand: { type: 'variable' }, rightOperand: { type: 'element', value: 'q1' } },
        ],
      },
      actions: [
        { objective: 'jumpToBlock', target: idOf('q2') },
        { objective: 'jumpToBlock', target: 'end1' },
        { objective: 'jumpToBlock', target: 'gone' },
        { objective: 'calculate', value: { type: 'element' } },
      ],
    });
  });

  it('drops a fallback whose target does not exist', () => {
    expect(only(open('q1', { logicFallback: 'gone' }))).not.toHaveProperty('logicFallback');
  });

  const link = { buttonExternal: true, buttonUrl: 'https://example.org' };
  const label = { default: 'Join' };
  it.each([
    ['with a link', { ...link, buttonLabel: label }, { ...link, ctaButtonLabel: label }],
    ['without an address', { buttonExternal: true, buttonLabel: label }, {}],
    ['not external', { ...link, buttonExternal: false, buttonLabel: label }, {}],
    ['with a dismiss label', { dismissButtonLabel: label }, {}],
  ])('keeps only the fields that a statement %s needs', (_name, more, kept) => {
    const block = only(cta('q1', more));
    expect(block.elements[0]).toEqual({ id: 'q1', type: 'cta', headline, required: false, ...kept });
    expect(block).not.toHaveProperty('buttonLabel');
  });

  it.each([
    ['isClicked', {}, 0],
    ['isSkipped', {}, 0],
    ['isNotClicked', {}, 1],
    ['isClicked', link, 1],
    ['isSkipped', link, 0],
  ])('a condition %s on a statement (%o): %i rules stay', (operator, more, count) => {
    const block = only(cta('q1', { ...more, logic: [rule([condition('q1', operator)])] }));
    expect(block.logic).toHaveLength(count);
  });

  it('drops only the meaningless condition of several, and a nested group that became empty', () => {
    const nested = { id: 'g2', connector: 'or', conditions: [condition('q1', 'isSkipped')] };
    const block = only(
      cta('q1', { logic: [rule([condition('q1', 'isSkipped'), nested, condition('q2', 'isSkipped')])] }),
    );
    expect(block.logic?.[0]?.conditions.conditions).toMatchObject([{ leftOperand: { value: 'q2' } }]);
  });

  it('keeps a hidden field of the same name, and a group that was written empty', () => {
    const block = only(cta('q1', { logic: [rule([condition('q1', 'isSkipped', 'hiddenField')]), rule([])] }));
    expect(block.logic).toHaveLength(2);
  });
});

describe('blocksOf', () => {
  const block: Block = { id: 'b1', elements: [open('q9')] };
  it.each([
    ['the blocks when there are any', { blocks: [block], questions: [open('q1')], endings }, ['b1']],
    [
      'the converted questions when there are no blocks',
      { blocks: [], questions: [open('q1')], endings },
      [idOf('q1')],
    ],
    ['nothing for a document without either', {} as Parameters<typeof blocksOf>[0], []],
  ])('returns %s', (_name, survey, ids) => {
    expect(blocksOf(survey).map(({ id }) => id)).toEqual(ids);
  });
});
