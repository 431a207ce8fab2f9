import { expect, it } from 'vitest';
import type { Showing } from '../../src/core/targeting/history.ts';
import { NO_REPLY } from '../../src/net/request.ts';
import { startInklingProtocol } from '../../src/outbox/inkling-protocol.ts';
import type { Post } from '../../src/outbox/send-body.ts';
import { showing } from '../core/targeting/sample.ts';

const API = 'https://x.test/api/v1/client/env';

/** Sends one showing and returns the request that it made. */
const requestOf = (change: Partial<Showing>, keepalive = false): unknown[] => {
  const requests: unknown[][] = [];
  const post: Post = async (...request) => {
    requests.push(request);
    return NO_REPLY;
  };
  void startInklingProtocol(API, post)(
    showing({ id: 'r1', displayId: 'd1', surveyId: 's1', ...change }),
    keepalive,
  );
  // Made before the call returns: a page that goes away sends nothing later.
  expect(requests).toHaveLength(1);
  return requests[0] ?? [];
};

const answered: Partial<Showing> = {
  seq: 3,
  answers: { q1: 5 },
  finished: true,
  languageCode: 'de',
  meta: { url: 'https://host.test/', source: undefined, action: 'Bought' },
  progress: {
    card: 'b1',
    trail: [],
    answers: {},
    ttc: { q1: 900 },
    variables: { v: 1 },
    finished: true,
    endingId: 'e1',
  },
};

it('a showing without answers is the display alone', () => {
  const [url, body, kind, keepalive] = requestOf({ seq: 1, who: 'u1' });
  expect([url, kind, keepalive]).toEqual([`${API}/displays`, 'display', false]);
  expect(body).toEqual({ id: 'd1', surveyId: 's1', userId: 'u1' });
});

it('nobody identified: the user id is left out', () => {
  const [, body] = requestOf({ seq: 1, who: null });
  expect(JSON.parse(JSON.stringify(body))).toEqual({ id: 'd1', surveyId: 's1' });
});

it('an answer is the whole answer so far, under ids made on the device, with its display', () => {
  const [url, body, kind, keepalive] = requestOf({ ...answered, who: 'u1' }, true);
  expect([url, kind, keepalive]).toEqual([`${API}/responses`, 'response', true]);
  expect(body).toEqual({
    ...{ id: 'r1', seq: 3, surveyId: 's1', displayId: 'd1', userId: 'u1' },
    ...{ finished: true, data: { q1: 5 }, variables: { v: 1 }, ttc: { q1: 900 } },
    ...{ language: 'de', endingId: 'e1', meta: answered.meta },
  });
});

it('the proof goes along of whoever it was shown to', () => {
  for (const state of [{ seq: 1 }, answered]) {
    const [, body] = requestOf({ ...state, who: 'u1', userHash: 'proof' });
    expect(body).toMatchObject({ userId: 'u1', userHash: 'proof' });
    expect(JSON.stringify(requestOf({ ...state, who: 'u1' })[1])).not.toContain('userHash');
  }
});
