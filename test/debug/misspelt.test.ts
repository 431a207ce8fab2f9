// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { changes, findMisspelt, nearestCall } from '../../src/debug/misspelt.ts';
import { CALL_NAMES } from '../support/calls.ts';

/** Every way to mistype a word once. */
function slips(word: string): string[] {
  return [...word].flatMap((letter, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const swapped = `${before}${word[at + 1] ?? ''}${letter}${word.slice(at + 2)}`;
    return [before + after, before + letter + letter + after, `${before}x${after}`, swapped];
  });
}

describe('the nearest call', () => {
  // Two letters leave too little to tell.
  const long = CALL_NAMES.filter((name) => name.length > 2);
  it.each(long)('%s, mistyped once in any place, is named', (name) => {
    const others = slips(name).filter((slip) => !CALL_NAMES.includes(slip as never));
    const missed = others.filter((slip) => nearestCall(slip) !== name);
    expect(missed).toEqual([]);
  });

  it.each([
    ['TRACK', 'track'],
    ['setAttribute', 'setAttributes'],
    ['show', 'showSurvey'],
    ['language', 'setLanguage'],
    ['identifyUser', 'identify'],
    ['setUserId', 'identify'],
    ['init', 'setup'],
    ['no', 'on'],
  ])('%s: %s', (name, nearest) => {
    expect(nearestCall(name)).toBe(nearest);
  });

  it('is some call for whatever name', () => {
    for (const name of ['', 'constructor', '__proto__', 'x'.repeat(60)])
      expect(CALL_NAMES).toContain(nearestCall(name));
  });
});

describe('the attribute that was meant', () => {
  afterEach(() => {
    document.head.innerHTML = '';
  });
  const find = (...tags: string[]) => {
    document.head.innerHTML = tags.map((tag) => `<script type="text/plain" ${tag}></script>`).join('');
    return findMisspelt(document.scripts, 'https://surveys.test');
  };
  const SRC = 'src="https://surveys.test/i.js"';

  it.each(slips('data-environment-id').filter((slip) => slip !== 'data-environment-id'))('%s', (name) => {
    expect(find(`${SRC} ${name}="e"`)).toBe(name);
  });

  it.each([
    'data-environmentid',
    'data-environment',
    'data-env-id',
    'data-env',
    'environment-id',
    'data-workspace',
    'data-workspaceid',
    'data-inkling-environment-id',
  ])('%s', (name) => {
    expect(find(`${SRC} async crossorigin ${name}="e" data-user-id="u"`)).toBe(name);
  });

  it.each([
    ['?env=e', 'env'],
    ['?user-id=u&environment_id=e', 'environment_id'],
  ])('a parameter: %s', (query, name) => {
    expect(find(`src="https://surveys.test/i.js${query}"`)).toBe(name);
  });

  it('is none of another attribute of the tag', () => {
    const known = ['user-id', 'user-hash', 'language', 'consent', 'quiet', 'debug', 'url', 'app-url'];
    expect(
      find(`${SRC} id="x" class="y" defer nonce="n" ${known.map((one) => `data-${one}`).join(' ')}`),
    ).toBe(undefined);
  });

  it('is looked for in the tags of the snippet only', () => {
    const other = 'src="https://other.test/a.js" data-environment="production"';
    expect(find(other)).toBeUndefined();
    expect(find(other, `${SRC} data-env="e"`)).toBe('data-env');
    expect(find('src="/copy.js" data-app-url="https://surveys.test" data-env="e"')).toBe('data-env');
    document.head.innerHTML = `<script type="text/plain" ${other}></script>`;
    expect(findMisspelt(document.scripts, '')).toBeUndefined();
  });
});

it.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['track', 'trak', 1],
  ['track', 'trcak', 1],
  ['track', 'rtakc', 2],
  ['kitten', 'sitting', 3],
])('%j and %j differ in %i places', (one, other, count) => {
  expect(changes(one, other)).toBe(count);
  expect(changes(other, one)).toBe(count);
});
