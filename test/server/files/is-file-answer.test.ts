import { expect, it } from 'vitest';
import { isFileAnswer } from '../../../server/files/is-file-answer.ts';

const NAME = 'a%20b--fid--0f8fad5b-d9cb-469f-a165-70867728950e';
const scope = {
  environmentId: 'e1',
  surveyId: 's1',
  elementId: 'q1',
  allows: (extension: string) => extension === 'png' || extension === 'pdf',
};
const good = `/storage/e1/private/surveys/s1/elements/q1/${NAME}.png`;

const rows: [name: string, answer: unknown, isGood: boolean][] = [
  ['a path', [good], true],
  ['several', [good, good.replace('.png', '.pdf')], true],
  ['none', [], true],
  ['a file without an element', [good.replace('/q1/', '/~/')], true],
  ['a text', good, false],
  ['a number', 1, false],
  ['a record', { 0: good }, false],
  ['a list with a number', [1], false],
  ['a list with an empty text', [''], false],
  ['a valid and an invalid one', [good, 'x'], false],
  ['an address', [`https://other.example${good}`], false],
  ['no scheme', [`//own.example${good}`], false],
  ['a blank before it', [` ${good}`], false],
  ['another environment', [good.replace('e1', 'e2')], false],
  ['another survey', [good.replace('s1', 's2')], false],
  ['another element', [good.replace('q1', 'q2')], false],
  ['a published file', [good.replace('private', 'public')], false],
  ['the old form without a survey', [`/storage/e1/private/${NAME}.png`], false],
  ['an extension that the element does not allow', [good.replace('.png', '.zip')], false],
  ['an extension that no element allows', [good.replace('.png', '.svg')], false],
  ['a name that was not made by the server', [good.replace(NAME, 'a')], false],
  ['a question mark', [`${good}?a`], false],
  ['a hash', [`${good}#a`], false],
  ['dots', [good.replace('/q1/', '/q1/../q1/')], false],
  ['encoded dots', [good.replace('/q1/', '/%2e%2e/q1/')], false],
  ['one slash more', [good.replace('/q1/', '//q1/')], false],
];

it.each(rows)('%s', (_name, answer, isGood) => {
  expect(isFileAnswer(answer, scope)).toBe(isGood);
});
