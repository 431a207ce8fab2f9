import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents } from '../../src/api/events.ts';
import { relayEvents } from '../../src/formbricks/relay-events.ts';
import { watchConsole } from '../client/support.ts';

let page: { dataLayer?: unknown } = {};
let lines: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  page = {};
  vi.stubGlobal('window', page);
  lines = watchConsole();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The relay of a client's events, of which every one is written down. */
function setUp() {
  const { on, emit } = createEvents();
  const relay = relayEvents({ on, state: () => ({ environmentId: 'e' }) as never });
  const heard: unknown[][] = [];
  const names = [
    'formbricks_setup_successful',
    'formbricks_action_tracked',
    'formbricks_survey_shown',
    'formbricks_response_submitted',
    'formbricks_survey_closed',
  ] as const;
  for (const name of names)
    relay.on(name, (payload) => heard.push([name.replace('formbricks_', ''), payload]));
  return { ...relay, emit, heard };
}

it('each event has its other name and payload', () => {
  const { emit, heard } = setUp();
  emit('ready', {});
  emit('action', { action: 'Finished' });
  emit('survey-shown', { surveyId: 's1' });
  emit('survey-closed', { surveyId: 's1', reason: 'dismissed' });
  expect(heard).toEqual([
    ['setup_successful', { workspaceId: 'e' }],
    ['action_tracked', { action: 'Finished' }],
    ['survey_shown', { surveyId: 's1' }],
    ['survey_closed', { surveyId: 's1' }],
  ]);
});

describe('a response is submitted', () => {
  const delivered = (finished: boolean) => ({ surveyId: 's1', responseId: 'r1', finished });

  it('with its first answer and when it is complete', () => {
    const { emit, heard } = setUp();
    for (const finished of [false, false, true]) emit('delivered', delivered(finished));
    expect(heard.map(([, payload]) => payload)).toEqual([delivered(false), delivered(true)]);
  });

  it('twice where one card is all of it', () => {
    const { emit, heard } = setUp();
    emit('delivered', delivered(true));
    expect(heard.map(([, payload]) => payload)).toEqual([delivered(false), delivered(true)]);
  });

  it('only when it is complete where a former page has delivered its first answer', () => {
    const { emit, heard, passOver } = setUp();
    const one = { id: 'r1', answered: true, delivered: true };
    passOver([one, { ...one, id: 'r2', delivered: false }, { ...one, id: 'r3', answered: false }] as never);
    emit('delivered', delivered(true));
    expect(heard.map(([, payload]) => payload)).toEqual([delivered(true)]);
    emit('delivered', { ...delivered(false), responseId: 'r2' });
    emit('delivered', { ...delivered(false), responseId: 'r3' });
    expect(heard).toHaveLength(3);
  });
});

describe('the page’s dataLayer', () => {
  const entry = (change: object) => ({
    ...{ workspaceId: 'e', surveyId: null, responseId: null, finished: null, action: null },
    ...change,
  });

  it('is made where there is none, and has every field in each entry', () => {
    const { emit } = setUp();
    emit('action', { action: 'Finished' });
    expect(page.dataLayer).toEqual([
      { event: 'formbricks_action_tracked', formbricks: entry({ action: 'Finished' }) },
    ]);
  });

  it('is appended to where there is one', () => {
    page.dataLayer = ['theirs'];
    setUp().emit('survey-shown', { surveyId: 's1' });
    expect(page.dataLayer).toEqual([
      'theirs',
      { event: 'formbricks_survey_shown', formbricks: entry({ surveyId: 's1' }) },
    ]);
  });
});

describe('listeners', () => {
  it('hear nothing more once they are taken off, in either way', () => {
    const { on, off, emit } = setUp();
    const heard: string[] = [];
    const one = () => void heard.push('one');
    const other = () => void heard.push('other');
    const stop = on('formbricks_survey_shown', one);
    on('formbricks_survey_shown', other);
    emit('survey-shown', { surveyId: 's1' });
    stop();
    off('formbricks_survey_shown', other);
    emit('survey-shown', { surveyId: 's1' });
    expect(heard).toEqual(['one', 'other']);
  });

  it('that throw stop nobody else: the page gets its own error', () => {
    const { on, emit } = setUp();
    const heard: string[] = [];
    on('formbricks_survey_shown', () => {
      throw new Error('the page');
    });
    on('formbricks_survey_shown', () => void heard.push('next'));
    emit('survey-shown', { surveyId: 's1' });
    expect(heard).toEqual(['next']);
    expect(() => vi.runAllTimers()).toThrow('the page');
  });

  it('must be functions', () => {
    const { on } = setUp();
    expect(() => on('formbricks_survey_shown', 'no' as never)()).not.toThrow();
    expect(lines).toEqual(["[inkling] on('formbricks_survey_shown') needs a function"]);
  });

  it('may be taken off without having been put on', () => {
    const { off } = setUp();
    expect(() => off('nothing' as never, () => {})).not.toThrow();
  });
});
