import { expect, it } from 'vitest';
import type { LogicRule, Survey, SurveyElement } from '../../../src/core/survey/document.ts';
import { findUnsupported } from '../../../src/core/targeting/find-unsupported.ts';
import { survey } from './sample.ts';

const element = { id: 'q1', type: 'openText', headline: { default: 'Why?' }, required: false } as const;
const unknownElement = { ...element, type: 'hologram' } as unknown as SurveyElement;
const rule = (operator: string, objective = 'jumpToBlock', nested = false): LogicRule => {
  const condition = { id: 'c', leftOperand: { type: 'element' as const, value: 'q1' }, operator };
  const group = { id: 'g', connector: 'and' as const, conditions: [condition] };
  return {
    id: 'r',
    conditions: nested ? { ...group, conditions: [group] } : group,
    actions: [{ id: 'a', objective, target: 'b1' }],
  };
};
const withRule = (logic: LogicRule): Partial<Survey> => ({
  blocks: [{ id: 'b1', elements: [element], logic: [logic] }],
});
/** A rule whose group is one of its own conditions. */
function circular(operator: string): LogicRule {
  const made = rule(operator);
  (made.conditions.conditions as unknown[]).push(made.conditions);
  return made;
}

type Row = [name: string, change: Partial<Survey>, outcome: string | undefined];
const rows: Row[] = [
  ['a supported survey', {}, undefined],
  ['an unknown element type', { blocks: [{ id: 'b1', elements: [element, unknownElement] }] }, 'hologram'],
  ['an unknown question type', { blocks: [], questions: [unknownElement] }, 'hologram'],
  [
    'an element without a type',
    { blocks: [{ id: 'b1', elements: [{ ...element, type: undefined } as unknown as SurveyElement] }] },
    'undefined',
  ],
  ['a known operator', withRule(rule('equals')), undefined],
  ['an unknown operator', withRule(rule('rhymesWith')), 'rhymesWith'],
  ['an unknown operator in a nested group', withRule(rule('rhymesWith', 'jumpToBlock', true)), 'rhymesWith'],
  ['an unknown action', withRule(rule('equals', 'explode')), 'explode'],
  [
    'a question’s jump',
    { blocks: [], questions: [{ ...element, logic: [rule('equals', 'jumpToQuestion')] }] },
    undefined,
  ],
  ['an unknown display option', { displayOption: 'displayTwice' }, 'displayTwice'],
  ['nothing to show', { blocks: [] }, 'nothing to show'],
  ['no blocks at all', { blocks: undefined as never, questions: [element] }, undefined],
  [
    'no questions at all',
    { questions: null as never, blocks: [{ id: 'b1', elements: [element] }] },
    undefined,
  ],
  [
    'logic of a former year',
    {
      blocks: [],
      questions: [{ ...element, logic: [{ condition: 'skipped', destination: 'end' } as never] }],
    },
    undefined,
  ],
  ['a group that contains itself', withRule(circular('equals')), undefined],
  ['an unknown operator in such a group', withRule(circular('rhymesWith')), 'rhymesWith'],
];

it.each(rows)('%s', (_name, change, outcome) => {
  expect(findUnsupported(survey(change), false)).toBe(outcome);
});

it.each([
  [true, { enabled: true }, 'recaptcha'],
  [true, { enabled: false }, undefined],
  [false, { enabled: true }, undefined],
])('recaptcha with a site key: %s, survey setting: %o', (hasKey, recaptcha, outcome) => {
  expect(findUnsupported(survey({ recaptcha } as Partial<Survey>), hasKey)).toBe(outcome);
});
