import { expect, it } from 'vitest';
import { findInteractionRefresh } from '../../../server/segments/interaction-refresh.ts';
import { attribute, filter } from './support.ts';

const within = { amount: 7, unit: 'days' };
const ask = (operator: string, ...surveyIds: string[]) =>
  filter({ type: 'surveyInteraction' }, operator, {
    surveyScope: surveyIds.length > 0 ? 'specific' : 'any',
    surveyIds,
    within,
  });
const isIn = (segmentId: string) => filter({ type: 'segment', segmentId }, 'userIsIn');
const nested = (...resource: unknown[]) => ({ id: 'g', connector: null, resource });

/** Two delivered surveys, each with a segment of the same name; the outcome has one letter per flag that is set. */
const rows: [name: string, segments: Record<string, unknown>, one: string, two: string][] = [
  ['seen', { one: [ask('haveSeen', 'two')] }, '', 'D'],
  ['not seen', { one: [ask('haveNotSeen', 'one')] }, 'D', ''],
  ['started', { one: [ask('haveStartedRespondingTo', 'two')] }, '', 'R'],
  ['completed', { one: [ask('haveCompleted', 'two')] }, '', 'F'],
  ['not completed', { two: [ask('haveNotCompleted', 'one', 'two')] }, 'F', 'F'],
  ['any survey', { one: [ask('haveSeen')] }, 'D', 'D'],
  [
    'several',
    { one: [ask('haveSeen', 'two'), ask('haveCompleted')], two: [ask('haveStartedRespondingTo', 'one')] },
    'RF',
    'DF',
  ],
  ['in a nested list', { one: [nested(nested(ask('haveSeen', 'one')))] }, 'D', ''],
  [
    'in a segment that is asked about',
    { one: [isIn('x')], x: [isIn('y')], y: [ask('haveSeen', 'two')] },
    '',
    'D',
  ],
  ['in a cycle', { one: [isIn('x')], x: [isIn('one'), ask('haveSeen', 'two')] }, '', 'D'],
  ['a deleted survey', { one: [ask('haveSeen', 'gone')] }, '', ''],
];
it.each(rows)('%s', (_name, segments, one, two) => {
  const found = find(segments);
  const letters = (id: string): string => {
    const { onDisplay, onResponse, onFinished } = found?.get(id) ?? {};
    return `${onDisplay ? 'D' : ''}${onResponse ? 'R' : ''}${onFinished ? 'F' : ''}`;
  };
  expect([letters('one'), letters('two')]).toEqual([one, two]);
});

const without: [name: string, segments: Record<string, unknown>][] = [
  ['there are no filters', { one: [], two: [] }],
  ['no filter refers to interactions', { one: [attribute('plan', 'equals', 'pro')] }],
  ['only a segment of no delivered survey refers to them', { other: [ask('haveSeen')] }],
  ['the operator is unknown', { one: [ask('haveForgotten'), ask('constructor')] }],
  ['all filters are malformed', { one: [null, 7, [], { resource: { root: null } }, { resource: 7 }] }],
  ['there is no list', { one: 'filters' }],
];
it.each(without)('is undefined when %s', (_name, segments) => expect(find(segments)).toBeUndefined());

function find(segments: Record<string, unknown>) {
  const surveys = ['one', 'two', 'three'].map((id) => ({ id, segmentId: id === 'three' ? null : id }));
  return findInteractionRefresh(
    surveys,
    new Map(Object.entries(segments).map(([id, filters]) => [id, { filters }])),
  );
}
