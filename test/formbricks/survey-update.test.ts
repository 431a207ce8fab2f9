// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describePage, toUpdate } from '../../src/formbricks/survey-update.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('a submitted card is reported with its own answers alone', () => {
  const progress = { ttc: { q1: 5, q2: 7 }, finished: true, variables: { v: 1 }, endingId: 'end' } as never;
  const step = {
    progress,
    data: { q1: 'a', q2: 'b' },
    elementIds: ['q2'],
    language: 'default',
    locale: 'de',
  };
  expect(toUpdate(step, { hiddenFields: { plan: 'pro' }, meta: { action: 'A' } })).toEqual({
    ...{ data: { q2: 'b' }, ttc: { q1: 5, q2: 7 }, finished: true, language: 'de' },
    ...{ variables: { v: 1 }, endingId: 'end', hiddenFields: { plan: 'pro' }, meta: { action: 'A' } },
  });
});

describe('the page', () => {
  const at = (href: string) => {
    const { protocol, origin, pathname, search } = new URL(href);
    vi.stubGlobal('location', { protocol, origin, pathname, search });
  };

  it.each<[string, string, string | undefined, object]>([
    [
      'by origin and path, without a query',
      'https://site.test/a?token=1#b',
      undefined,
      { url: 'https://site.test/a' },
    ],
    [
      'with its source',
      'https://site.test/?source=mail',
      undefined,
      { url: 'https://site.test/', source: 'mail' },
    ],
    ['with the action', 'http://site.test/', 'Finished', { url: 'http://site.test/', action: 'Finished' }],
    ['of a web view that was loaded from a text: without an address', 'about:blank', undefined, {}],
    [
      'of a web view that was loaded from a file: without an address',
      'file:///app/index.html',
      undefined,
      {},
    ],
  ])('is described %s', (_name, href, action, expected) => {
    at(href);
    expect(describePage(action)).toEqual(expected);
  });
});
