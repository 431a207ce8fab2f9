import { expect, it } from 'vitest';
import { parseFilePath, toFileKey, toFilePath } from '../../../server/files/file-address.ts';
import { TRAVERSALS } from './traversals.ts';

const name = 'Größe 100%--fid--0f8fad5b-d9cb-469f-a165-70867728950e.png';
const answer = { surveyId: 's1', elementId: 'q_1-A' };
const address = { environmentId: 'e1', access: 'private', answer, name } as const;
const path = toFilePath(address);

it('converts the location of a file to a path and back', () => {
  expect(path).toBe(`/storage/e1/private/surveys/s1/elements/q_1-A/${encodeURIComponent(name)}`);
  expect(parseFilePath(path)).toMatchObject(address);
  const published = { environmentId: 'e1', access: 'public', name } as const;
  expect(parseFilePath(toFilePath(published))).toMatchObject(published);
});

it('maps each file to a key of its own in the folder of its survey', () => {
  const keyOf = (text: string): string | undefined => {
    const parsed = parseFilePath(text);
    return parsed && toFileKey(parsed);
  };
  expect(keyOf(path)).toMatch(/^e1\/private\/s1\/[0-9a-f]{64}\.png$/);
  const others = [
    path.replace('e1', 'e2'),
    path.replace('s1', 's2'),
    path.replace('q_1-A', 'q_1-a'),
    path.replace('100', '101'),
    path.replace('.png', '.jpg'),
    toFilePath({ environmentId: 'e1', access: 'public', name }),
    toFilePath({ environmentId: 'e1', access: 'private', name }),
  ];
  expect(new Set([path, ...others].map(keyOf)).size).toBe(others.length + 1);
});

it.each([
  ['another root', path.replace('/storage/', '/store/')],
  ['no environment', path.replace('/e1/', '//')],
  ['an environment with other characters', path.replace('/e1/', '/E1/')],
  ['another access', path.replace('private', 'secret')],
  ['a survey with other characters', path.replace('/s1/', '/s.1/')],
  ['an element with other characters', path.replace('q_1-A', 'q.1')],
  ['another word', path.replace('surveys', 'survey')],
  ['one segment more', path.replace('/elements/', '/x/elements/')],
  ['one segment less', path.replace('/s1', '')],
  ['a slash at the end', `${path}/`],
  ['an encoded slash', path.replace('Gr', 'G%2Fr')],
  ['a double encoding', path.replace('100%25', '100%2525%252e%252e%252f')],
  ['a broken escape', path.replace('100%25', '100%')],
  ['a NUL', path.replace('Gr', 'G%00r')],
])('%s is no address', (_name, text) => {
  const parsed = parseFilePath(text);
  // A double encoding is another name; it is decoded only once.
  if (parsed) expect(toFilePath(parsed)).toBe(text);
  else expect(parsed).toBeUndefined();
});

it.each(TRAVERSALS)('%j is not accepted in any part of a path', (text) => {
  for (const place of [`/storage/e1/private/${text}`, `/storage/${text}`, path.replace('s1', text), text]) {
    expect(parseFilePath(place)).toBeUndefined();
  }
});
