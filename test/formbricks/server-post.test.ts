// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { postFor, stopLater, targetOf, uploadFor } from '../../src/formbricks/server-post.ts';
import type { SurveyProps } from '../../src/formbricks/survey-props.ts';
import { watchConsole } from '../client/support.ts';
import { survey } from '../core/targeting/sample.ts';
import { type Answer, answer, pass } from '../session/support.ts';
import { countListeners } from '../triggers/support.ts';

let lines: string[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  lines = watchConsole();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const ON_SERVER = { appUrl: 'https://server.test/', workspaceId: 'e' };
const props = (change: Partial<SurveyProps> = {}): SurveyProps => ({
  survey: survey(),
  ...ON_SERVER,
  ...change,
});
const done: Answer = { body: { data: {} } };

describe('the server that is told', () => {
  const target = { appUrl: 'https://server.test', environmentId: 'e', surveyId: 's1' };

  it.each<[string, Partial<SurveyProps>, object | undefined]>([
    ['is that of the props', {}, target],
    ['is named by the older name of the environment too', { workspaceId: '', environmentId: 'e' }, target],
    ['is none without an address', { appUrl: '' }, undefined],
    ['is none without an environment', { workspaceId: '' }, undefined],
    ['is none in a preview', { isPreviewMode: true }, undefined],
  ])('%s', (_name, change, expected) => {
    expect(targetOf(props(change))).toEqual(expected);
  });
});

describe('a survey on screen', () => {
  it('is told to the server, and the host hears of its display and its completion', async () => {
    const asked = answer(() => done);
    const heard: string[] = [];
    const post = postFor(
      props({
        ...{ contactId: null, userId: 'u1', singleUseId: null },
        onDisplayCreated: () => heard.push('displayed'),
        onFinished: () => heard.push('finished'),
      }),
      { action: 'A' },
    );
    await pass(10);
    expect(asked[0]?.path).toContain('e/displays');
    expect(asked[0]?.body).toMatchObject({ surveyId: 's1', userId: 'u1' });
    expect(heard).toEqual(['displayed']);
    const progress = { finished: true, ttc: {}, variables: {}, endingId: null } as never;
    post?.answer({ data: { q1: 'yes' }, progress, language: undefined });
    await pass(10);
    expect(asked.at(-1)?.body).toMatchObject({ data: { q1: 'yes' }, finished: true, meta: { action: 'A' } });
    expect(heard).toEqual(['displayed', 'finished']);
  });

  it('that the server refuses is a line for the developer', async () => {
    answer(() => ({ status: 403, body: { code: 'forbidden' } }));
    postFor(props(), {});
    await pass(10);
    expect(lines).toEqual(['[inkling] the server refused what survey s1 sent: forbidden']);
  });

  it('is sent until the page goes, and stops listening once everything has arrived', async () => {
    const listeners = countListeners();
    let arrive: (reply: Answer) => void = () => {};
    answer(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    );
    const post = postFor(props(), {});
    await pass(10);
    void stopLater(post);
    await pass(10);
    expect(listeners.left()).toBe(1);
    arrive(done);
    await pass(10);
    expect(listeners.left()).toBe(0);
  });

  it('is told to nobody where there is no server', async () => {
    const asked = answer(() => done);
    expect(postFor(props({ appUrl: '' }), {})).toBeUndefined();
    await stopLater(undefined);
    await pass(10);
    expect(asked).toEqual([]);
  });
});

describe('files', () => {
  it('go to the server, if there is one', async () => {
    const asked = answer(() => ({ status: 404, body: { code: 'not_found' } }));
    const upload = uploadFor(props());
    const request = {
      ...{ file: new File(['x'], 'a.png'), elementId: 'q1' },
      ...{ onProgress: () => {}, signal: new AbortController().signal },
    };
    void upload?.(request);
    await pass(10);
    expect(asked[0]?.path).toBe('e/storage');
    expect(asked[0]?.body).toMatchObject({ fileName: 'a.png', surveyId: 's1', elementId: 'q1' });
    expect(uploadFor(props({ isPreviewMode: true }))).toBeUndefined();
  });
});
