import { describe, expect, it } from 'vitest';
import { leaveCircle } from '../../../src/core/survey/circle.ts';
import type { LogicRule, Survey } from '../../../src/core/survey/document.ts';
import { runLogic } from '../../../src/core/survey/logic.ts';
import { findBroken, tidyAnswer } from '../../../src/core/survey/problems.ts';
import {
  blockOn,
  goBack,
  openProgress,
  type Progress,
  percentOf,
  submitCard,
} from '../../../src/core/survey/progress.ts';
import { block, multi, nps, openText, rating, single, survey } from './sample.ts';

const always = (target: string): LogicRule => ({
  id: 'r',
  conditions: { id: 'g', connector: 'and', conditions: [] },
  actions: [{ id: 'a', objective: 'jumpToBlock', target }],
});
const ending = (id: string) => ({ id, type: 'endScreen' as const });
const blocks = [
  block('b1', [nps({ required: true })]),
  block('b2', [single(), openText()]),
  block('b3', [multi()]),
];
const base = survey({
  blocks,
  endings: [ending('e1'), ending('e2')],
  variables: [{ id: 'v', name: 'score', type: 'number', value: 7 }],
});
const at = (card: string, more: Partial<Progress> = {}): Progress => ({
  ...openProgress(base, undefined),
  card,
  ...more,
});
const given = (answers: Record<string, Progress['answers'][string] | undefined> = {}) => ({
  answers,
  ttc: {},
  hiddenFields: {},
  logic: { runLogic, leaveCircle, findBroken, tidyAnswer },
  language: 'default',
});
const submitted = (document: Survey, progress: Progress, answers = {}): Progress => {
  const result = submitCard(document, progress, given(answers));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.progress;
};

describe('openProgress', () => {
  const welcome = survey({ ...base, welcomeCard: { enabled: true } });
  it.each<[string, Survey, string]>([
    ['the first block', base, 'b1'],
    ['the welcome card', welcome, 'start'],
    ['the end of an empty survey', survey(), 'end'],
  ])('begins with %s', (_name, document, card) => {
    expect(openProgress(document, undefined)).toMatchObject({
      card,
      trail: [],
      answers: {},
      finished: false,
    });
  });

  it('has the initial variables', () => {
    expect(openProgress(base, undefined).variables).toEqual({ v: 7 });
  });

  it.each<[string, Progress, string]>([
    ['continues at its block', at('b2', { trail: ['b1'] }), 'b2'],
    ['starts over when its block is gone', at('gone'), 'b1'],
    ['starts over when its welcome card is gone', at('start'), 'b1'],
    ['starts over when it was finished', at('b2', { finished: true }), 'b1'],
    ['starts over when it was on an ending', at('e1'), 'b1'],
  ])('a stored state %s', (_name, stored, card) => {
    expect(openProgress(base, stored).card).toBe(card);
  });

  it('keeps answers, drops cards that are gone, and adds new variables', () => {
    const stored = at('b2', { trail: ['gone', 'b1'], answers: { nps: 3 }, variables: { w: 1 } });
    expect(openProgress(base, stored)).toMatchObject({
      trail: ['b1'],
      answers: { nps: 3 },
      variables: { v: 7, w: 1 },
    });
    expect(openProgress(welcome, at('start')).card).toBe('start');
  });
});

describe('submitCard', () => {
  it('the welcome card is answered with clicked, and is not on the trail', () => {
    const result = submitCard(base, at('start'), given());
    expect(result).toMatchObject({
      progress: { card: 'b1', trail: [], answers: { welcomeCard: 'clicked' } },
      elementIds: ['welcomeCard'],
    });
  });

  it('stays on the card and returns all its problems', () => {
    const document = survey({
      blocks: [block('b1', [nps({ required: true }), openText({ required: true }), multi()])],
    });
    expect(submitCard(document, at('b1'), given())).toEqual({
      problems: { nps: { key: 'please_fill_out_this_field' }, text: { key: 'please_fill_out_this_field' } },
    });
  });

  it('takes the answers of its own card only, and returns their ids', () => {
    const result = submitCard(base, at('b2'), given({ single: ['a'], text: undefined, nps: 3 }));
    expect(result).toMatchObject({
      progress: { answers: { single: ['a'] }, card: 'b3' },
      elementIds: ['single'],
    });
    expect('progress' in result && result.progress.answers).not.toHaveProperty('nps');
  });

  it('adds up the time of every element, empty ones too', () => {
    const result = submitCard(base, at('b2', { ttc: { single: 100, nps: 5 } }), {
      answers: {},
      ttc: { single: 50, nps: 99 },
      hiddenFields: {},
      logic: { runLogic, leaveCircle, findBroken, tidyAnswer },
      language: 'default',
    });
    expect(result).toMatchObject({ progress: { ttc: { single: 150, text: 0, nps: 5 } } });
  });

  it('a choice deselected after it was submitted becomes an empty answer', () => {
    const again = at('b2', { answers: { single: ['a'] } });
    expect(submitted(base, again, { single: undefined }).answers).toEqual({ single: [] });
    expect(submitted(base, at('b2'), { single: undefined }).answers).toEqual({});
  });

  it('stores normalized answers', () => {
    const document = survey({ blocks: [block('b1', [openText({ inputType: 'email' })])] });
    expect(submitted(document, at('b1'), { text: ' a@b.co ' }).answers).toEqual({ text: 'a@b.co' });
  });

  const jumping = (target: string) =>
    survey({ ...base, blocks: [block('b1', [nps()], { logic: [always(target)] }), ...blocks.slice(1)] });
  it.each<[string, Survey, string, Partial<Progress>]>([
    ['the next block', base, 'b1', { card: 'b2', finished: false, endingId: null, trail: ['b1'] }],
    ['the first ending after the last block', base, 'b3', { card: 'e1', finished: true, endingId: 'e1' }],
    ['the end without endings', survey({ blocks }), 'b3', { card: 'end', finished: true, endingId: null }],
    ['a block by a jump', jumping('b3'), 'b1', { card: 'b3', finished: false, trail: ['b1'] }],
    ['an ending by a jump', jumping('e2'), 'b1', { card: 'e2', finished: true, endingId: 'e2' }],
    [
      'the first ending by a stale jump',
      jumping('gone'),
      'b1',
      { card: 'e1', finished: true, endingId: 'e1' },
    ],
    ['an ending from a card that is gone', base, 'gone', { card: 'e1', finished: true }],
  ])('leads to %s', (_name, document, card, expected) => {
    expect(submitted(document, at(card), { nps: 1 })).toMatchObject(expected);
  });

  it('logic sees this answer, earlier ones and hidden fields', () => {
    const condition = (type: string, value: string, right: unknown) => ({
      id: 'c',
      leftOperand: { type, value },
      operator: 'equals',
      rightOperand: { type: 'static', value: right },
    });
    const conditions = [
      condition('element', 'nps', 3),
      condition('element', 'single', 'a'),
      condition('hiddenField', 'h', 'x'),
    ];
    const rule = { ...always('b1'), conditions: { id: 'g', connector: 'and', conditions } } as LogicRule;
    const document = survey({
      ...base,
      blocks: [...blocks.slice(0, 2), block('b3', [multi()], { logic: [rule] })],
    });
    const answers = { nps: 3, single: ['a'] };
    const submit = (h: string) =>
      submitCard(document, at('b3', { answers }), { ...given(), hiddenFields: { h } });
    expect(submit('x')).toMatchObject({ progress: { card: 'b1' } });
    expect(submit('y')).toMatchObject({ progress: { card: 'e1' } });
  });
});

describe('goBack', () => {
  it.each<[string, Partial<Progress>, string, string[]]>([
    ['pops the trail', { card: 'b3', trail: ['b1', 'b2'] }, 'b2', ['b1']],
    ['stays on the first card', { card: 'b1', trail: [] }, 'b1', []],
    ['stays once finished', { card: 'e1', trail: ['b1'], finished: true }, 'e1', ['b1']],
  ])('%s', (_name, more, card, trail) => {
    expect(goBack(at('b1', more))).toMatchObject({ card, trail });
  });

  it('keeps the answers', () => {
    expect(goBack(at('b2', { trail: ['b1'], answers: { nps: 1 } })).answers).toEqual({ nps: 1 });
  });
});

describe('percentOf', () => {
  const bare = survey({ blocks });
  it.each<[string, Survey, Partial<Progress>, number]>([
    ['welcome', base, { card: 'start' }, 0],
    ['first of three and an ending', base, { card: 'b1' }, 25],
    ['last of three and an ending', base, { card: 'b3' }, 75],
    ['rounded down', bare, { card: 'b2' }, 66],
    ['last without endings', bare, { card: 'b3' }, 100],
    ['an ending', base, { card: 'e2', finished: true }, 100],
    ['the end', bare, { card: 'end', finished: true }, 100],
  ])('%s', (_name, document, more, percent) => {
    expect(percentOf(document, at('b1', more))).toBe(percent);
  });
});

describe('variables and required elements set by logic', () => {
  const value = { type: 'static' as const, value: 2 };
  const double = { id: 'a', objective: 'calculate', variableId: 'v', operator: 'multiply', value };
  const demand = { id: 'd', objective: 'requireAnswer', target: 'text' };
  const rule = { ...always('b3'), actions: [double, demand] } as LogicRule;
  const document = survey({
    ...base,
    blocks: [block('b1', [nps()], { logic: [rule] }), block('b2', [rating()]), block('b3', [openText()])],
  });
  const start = { ...openProgress(document, undefined), card: 'b1' };

  it('hold on the next card, and are undone by going back', () => {
    const second = submitted(document, start);
    expect(second).toMatchObject({ card: 'b2', variables: { v: 14 }, required: ['text'] });
    const third = submitted(document, second, { rating: 3 });
    expect(blockOn(document, third)?.elements[0]?.required).toBe(true);
    expect(submitCard(document, third, given())).toMatchObject({ problems: { text: {} } });
    // An element that could not be drawn needs no answer.
    expect(submitCard(document, third, { ...given(), waived: ['text'] })).toMatchObject({
      progress: { finished: true },
    });
    expect(goBack(third)).toMatchObject({ card: 'b2', variables: { v: 14 }, required: ['text'] });
    const first = goBack(goBack(third));
    expect(first).toMatchObject({ card: 'b1', variables: { v: 7 }, required: [], trail: [], undo: [] });
    expect(first.answers).toEqual({ rating: 3 });
    expect(submitted(document, first).variables).toEqual({ v: 14 });
  });

  it('are restored from a stored state, without the cards that are gone', () => {
    const third = submitted(document, submitted(document, start));
    const shorter = { ...document, blocks: document.blocks.filter(({ id }) => id !== 'b2') };
    const opened = openProgress(shorter, third);
    expect(opened).toMatchObject({ card: 'b3', trail: ['b1'], required: ['text'] });
    expect(goBack(opened)).toMatchObject({ card: 'b1', variables: { v: 7 }, required: [] });
  });

  it('a state of an older version goes back without restoring them', () => {
    const { undo: _undo, required: _required, ...old } = submitted(document, start);
    expect(goBack(openProgress(document, old))).toMatchObject({ card: 'b1', variables: { v: 14 } });
  });
});

it('all patterns of a card together take a bounded time', async () => {
  const { createPatternMatcher } = await import('../../../src/core/pattern.ts');
  const match = createPatternMatcher();
  const hard = Array.from({ length: 100 }, (_, n) => ({
    type: 'pattern',
    params: { pattern: `^(?:[a-y]|[b-z]|\\w)*${n}$` },
  }));
  const elements = Array.from({ length: 20 }, (_, n) =>
    openText({ id: `t${n}`, validation: { rules: hard } }),
  );
  const purses = new Set<{ steps: number }>();
  const result = submitCard(survey({ blocks: [block('b1', elements)] }), at('b1'), {
    ...given(Object.fromEntries(elements.map(({ id }) => [id, 'b'.repeat(4_000)]))),
    logic: {
      findBroken: (element, answer, purse) => {
        if (purse) purses.add(purse);
        return findBroken(element, answer, purse, match);
      },
    },
  });
  // The first patterns are checked; those that come when the steps are used up are met.
  expect(result).toEqual({ problems: { t0: { key: 'invalid_text' } } });
  expect(purses.size).toBe(1);
  expect([...purses][0]?.steps).toBeGreaterThan(-10_000);
});
