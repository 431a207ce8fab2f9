import { afterEach, expect, it, vi } from 'vitest';
import { type BeforeSend, toBody } from '../../src/net/before-send.ts';

afterEach(() => vi.useRealTimers());

const content = { userId: 'mara', attributes: { plan: 'free', mail: 'm@x.test' } };
const send = (hook: BeforeSend | undefined) => toBody(hook, content, 'user');

it.each<[name: string, hook: BeforeSend | undefined, sent: string | null]>([
  ['without a hook it goes as it is', undefined, JSON.stringify(content)],
  ['undefined sends it as it is', () => {}, JSON.stringify(content)],
  ['an object goes instead', () => ({ userId: 'x' }), '{"userId":"x"}'],
  ['false drops it', () => false, null],
  ['null drops it', () => null, null],
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

it('the hook sees the kind, and a copy that is its own', () => {
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
  ['a hook that answers with a promise', (async () => undefined) as unknown as BeforeSend, 'at once'],
])('%s keeps the body for later and gives the page its error', (_name, hook, message) => {
  vi.useFakeTimers();
  expect(send(hook)).toBeUndefined();
  expect(() => vi.runAllTimers()).toThrow(message);
});

it('what no JSON can hold is kept, too', () => {
  vi.useFakeTimers();
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  expect(toBody(undefined, endless, 'response')).toBeUndefined();
  expect(() => vi.runAllTimers()).toThrow(RangeError);
});
