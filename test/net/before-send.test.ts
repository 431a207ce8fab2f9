import { afterEach, expect, it, vi } from 'vitest';
import { type BeforeSend, toBody } from '../../src/net/before-send.ts';

afterEach(() => vi.useRealTimers());

const content = { userId: 'mara', attributes: { plan: 'free', mail: 'm@x.test' } };
const send = (hook: BeforeSend | undefined) => toBody(hook, content, 'user');

it.each<[name: string, hook: BeforeSend | undefined, sent: string | null]>([
  ['without a hook the body is sent as it is', undefined, JSON.stringify(content)],
  ['a hook that returns undefined: sent as it is', () => {}, JSON.stringify(content)],
  ['a returned object is sent instead', () => ({ userId: 'x' }), '{"userId":"x"}'],
  ['false drops the body', () => false, null],
  ['null drops the body', () => null, null],
  [
    'a changed copy is sent',
    (body) => {
      delete body.attributes;
    },
    '{"userId":"mara"}',
  ],
])('%s', (_name, hook, sent) => {
  expect(send(hook)).toBe(sent);
});

it('the hook gets the kind of the body, and a copy that it may change', () => {
  const hook = vi.fn((body: { attributes?: { plan: string } }) => {
    if (body.attributes) body.attributes.plan = 'gone';
  });
  send(hook as BeforeSend);
  expect(hook).toHaveBeenCalledWith(expect.anything(), 'user');
  expect(content.attributes.plan).toBe('free');
});

it.each<[name: string, hook: BeforeSend, message: string]>([
  [
    'a hook that throws',
    () => {
      throw new Error('the page’s bug');
    },
    'the page’s bug',
  ],
  ['a hook that returns a promise', (async () => undefined) as unknown as BeforeSend, 'at once'],
])('%s: the body is kept for later and the error is reported as the page’s', (_name, hook, message) => {
  vi.useFakeTimers();
  expect(send(hook)).toBeUndefined();
  expect(() => vi.runAllTimers()).toThrow(message);
});

it('a body that can’t be written as JSON is kept, too', () => {
  vi.useFakeTimers();
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  expect(toBody(undefined, endless, 'response')).toBeUndefined();
  expect(() => vi.runAllTimers()).toThrow(RangeError);
});
