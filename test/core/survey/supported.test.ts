import { expect, it } from 'vitest';
import { ELEMENT_TYPES, OBJECTIVES, OPERATORS } from '../../../src/core/survey/supported.ts';

const TYPES =
  'openText multipleChoiceSingle multipleChoiceMulti nps rating csat ces cta consent date pictureSelection fileUpload cal matrix address contactInfo ranking';
const COMPARISONS =
  'equals doesNotEqual contains doesNotContain startsWith doesNotStartWith endsWith doesNotEndWith isSubmitted isSkipped isGreaterThan isLessThan isGreaterThanOrEqual isLessThanOrEqual equalsOneOf includesAllOf includesOneOf doesNotIncludeOneOf doesNotIncludeAllOf isClicked isNotClicked isAccepted isBefore isAfter isBooked isPartiallySubmitted isCompletelySubmitted isSet isNotSet isEmpty isNotEmpty isAnyOf';
const ACTIONS = 'calculate requireAnswer jumpToBlock jumpToQuestion';

it.each([
  [TYPES, 17, ELEMENT_TYPES],
  [COMPARISONS, 32, OPERATORS],
  [ACTIONS, 4, OBJECTIVES],
])('%s are known', (words, count, pattern) => {
  const list = words.split(' ');
  expect(list).toHaveLength(count);
  expect(list.filter((word) => !pattern.test(word))).toEqual([]);
});

it.each([
  ['element types', ELEMENT_TYPES, ['', 'opentext', 'openText2', 'multipleChoice', 'c', 'hologram']],
  [
    'operators',
    OPERATORS,
    ['', 'equal', 'is', 'start', 'doesNot', 'isNotSubmitted', 'Set', 'xisSet', 'isSet\n'],
  ],
  ['actions', OBJECTIVES, ['', 'jumpTo', 'jumpToEnding', 'explode']],
])('no other %s are', (_name, pattern, words) => {
  expect(words.filter((word) => pattern.test(word))).toEqual([]);
});
