import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCalls } from '../../src/client/calls.ts';
import type { Running } from '../../src/client/start.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The calls on an environment that writes down what it is asked for. */
function setUp({ who = null, isPrivate = false }: { who?: string | null; isPrivate?: boolean } = {}) {
  const asked: string[] = [];
  const note = (words: string) => async () => void asked.push(words);
  const client = {
    isPrivate,
    session: {
      who: () => who,
      identify: async (userId: string, attributes: object, userHash?: string) =>
        note(`identify ${userId} ${JSON.stringify(attributes)}${userHash ? ` ${userHash}` : ''}`)(),
      setAttributes: async (attributes: object) => note(`setAttributes ${JSON.stringify(attributes)}`)(),
      setLanguage: async (language: string) => note(`setLanguage ${language}`)(),
    },
    presenter: {
      track: async (key: string, fields: object) => {
        asked.push(`track ${key} ${JSON.stringify(fields)}`);
        return key === 'known';
      },
      show: async (surveyId: string) => {
        asked.push(`show ${surveyId}`);
        return surveyId === 'known';
      },
    },
    close: async (reason: string) => note(`close ${reason}`)(),
    logout: note('logout'),
    forget: note('forget'),
    whenKnown: async (work: () => Promise<void>) => {
      asked.push('whenKnown');
      await work();
    },
  } as unknown as Running;
  const problems: string[] = [];
  const calls = createCalls(
    async (work) => void (await work(client)),
    (code, detail, isQuiet) => problems.push(`${code} ${detail}${isQuiet ? ' (quiet)' : ''}`),
  );
  return { ...calls, asked, problems };
}

describe('identify', () => {
  it('names the person, with attributes', async () => {
    const { identify, asked } = setUp();
    await identify('u1', { plan: 'pro' });
    await identify('u1');
    expect(asked).toEqual(['identify u1 {"plan":"pro"}', 'identify u1 {}']);
  });

  it('passes the proof of the user id on, and takes options that are none', async () => {
    const { identify, asked, problems } = setUp();
    await identify('u1', { plan: 'pro' }, { userHash: 'proof' });
    await identify('u1', undefined, { userHash: 'proof' });
    for (const options of [undefined, null, {}, 'x']) await identify('u1', {}, options as never);
    expect(asked).toEqual([
      'identify u1 {"plan":"pro"} proof',
      'identify u1 {} proof',
      ...Array(4).fill('identify u1 {}'),
    ]);
    expect(problems).toEqual([]);
  });

  it('closes the open survey for another person, and for them alone', async () => {
    const { identify, asked } = setUp({ who: 'u1' });
    await identify('u1');
    expect(asked).toEqual(['identify u1 {}']);
    await identify('u2');
    expect(asked.slice(1)).toEqual(['close logout', 'identify u2 {}']);
  });

  it.each([
    ['an empty text', ''],
    ['another type', 7],
    ['nothing', undefined],
    ['more than 255 characters', 'x'.repeat(256)],
  ])('refuses %s', async (_name, userId) => {
    const { identify, asked, problems } = setUp();
    await identify(userId as string);
    expect(asked).toEqual([]);
    expect(problems).toEqual([`user-id ${userId}`]);
  });

  it('takes 255 characters', async () => {
    const { identify, asked } = setUp();
    await identify('x'.repeat(255));
    expect(asked).toHaveLength(1);
  });
});

describe('setAttributes', () => {
  it('needs an object', async () => {
    const { setAttributes, asked, problems } = setUp();
    await setAttributes({ plan: 'pro' });
    await setAttributes('pro' as never);
    await setAttributes(null as never);
    expect(asked).toEqual(['setAttributes {"plan":"pro"}']);
    expect(problems).toEqual(['attributes pro', 'attributes null']);
  });
});

it('under Global Privacy Control nobody is identified, and a language is set all the same', async () => {
  const { identify, setAttributes, setLanguage, asked, problems } = setUp({ isPrivate: true });
  await identify('u1');
  await setAttributes({ plan: 'pro' });
  await setLanguage('de');
  expect(asked).toEqual(['setLanguage de']);
  const words = 'privacy Global Privacy Control is on: nobody is identified (quiet)';
  expect(problems).toEqual([words, words]);
});

it('track and showSurvey need the environment, and report what it does not have', async () => {
  const { track, showSurvey, asked, problems } = setUp();
  await track('known', { hiddenFields: { plan: 'pro' } });
  await track('new');
  await showSurvey('known');
  await showSurvey('gone');
  expect(asked).toEqual([
    ...['whenKnown', 'track known {"plan":"pro"}', 'whenKnown', 'track new undefined'],
    ...['whenKnown', 'show known', 'whenKnown', 'show gone'],
  ]);
  expect(problems).toEqual(['unknown-action new', 'unknown-survey gone']);
});

it('the other calls go through as they are', async () => {
  const { closeSurvey, logout, reset, forget, setLanguage, asked } = setUp();
  for (const call of [closeSurvey, logout, reset, forget]) await call();
  await setLanguage(7 as never);
  expect(asked).toEqual(['close dismissed', 'logout', 'logout', 'forget', 'setLanguage 7']);
});
