import { expect, it } from 'vitest';
import { WORDS } from '../../../src/core/survey/supported.ts';

const TYPES =
  'openText multipleChoiceSingle multipleChoiceMulti nps rating csat ces cta consent date pictureSelection fileUpload cal matrix address contactInfo ranking';
const COMPARISONS =
  'equals doesNotEqual contains doesNotContain startsWith doesNotStartWith endsWith doesNotEndWith isSubmitted isSkipped isGreaterThan isLessThan isGreaterThanOrEqual isLessThanOrEqual equalsOneOf includesAllOf includesOneOf doesNotIncludeOneOf doesNotIncludeAllOf isClicked isNotClicked isAccepted isBefore isAfter isBooked isPartiallySubmitted isCompletelySubmitted isSet isNotSet isEmpty isNotEmpty isAnyOf';
const OPTIONS = 'displayOnce displayMultiple displaySome respondMultiple';
const ACTIONS = 'calculate requireAnswer jumpToBlock jumpToQuestion';

it.each([
  [TYPES, 17],
  [COMPARISONS, 32],
  [ACTIONS, 4],
  [OPTIONS, 4],
])('all %s are supported', (words, count) => {
  const list = words.split(' ');
  expect(list).toHaveLength(count);
  expect(list.filter((word) => !WORDS.test(word))).toEqual([]);
});

it.each([
  ['element types', ['', 'opentext', 'openText2', 'multipleChoice', 'c', 'hologram']],
  ['operators', ['', 'equal', 'is', 'start', 'doesNot', 'isNotSubmitted', 'Set', 'xisSet', 'isSet\n']],
  ['actions', ['', 'jumpTo', 'jumpToEnding', 'explode']],
  ['display options', ['', 'display', 'displayTwice', 'undefined']],
])('no other %s are supported', (_name, words) => {
  expect(words.filter((word) => WORDS.test(word))).toEqual([]);
});
