import { describe, expect, it, vi } from 'vitest';
import { sendingOf } from '../../src/formbricks/host-sending.ts';

it('is nothing where the host asks for no setter', () => {
  expect(sendingOf({})).toEqual({});
});

describe('a host that tells when it has sent everything', () => {
  it('has not until it says so', () => {
    let set: (isFinished: boolean) => void = () => {};
    const { isSent, onSent } = sendingOf({
      getSetIsResponseSendingFinished: (given) => {
        set = given;
      },
    });
    let changes = 0;
    const stop = onSent?.(() => changes++);
    expect(isSent?.()).toBe(false);
    set(true);
    expect([isSent?.(), changes]).toEqual([true, 1]);
    set(false);
    expect([isSent?.(), changes]).toEqual([false, 2]);
    stop?.();
    set(true);
    expect([isSent?.(), changes]).toEqual([true, 2]);
  });
});

describe('a host that tells of errors alone', () => {
  it('has sent everything until one comes', () => {
    let set: (isError: boolean) => void = () => {};
    const { isSent } = sendingOf({
      getSetIsError: (given) => {
        set = given;
      },
    });
    expect(isSent?.()).toBe(true);
    set(true);
    expect(isSent?.()).toBe(false);
    set(false);
    expect(isSent?.()).toBe(true);
  });
});

it('what the host throws is its own error', () => {
  vi.useFakeTimers();
  const give = (): never => {
    throw new Error('the host');
  };
  expect(() => sendingOf({ getSetIsError: give })).not.toThrow();
  expect(() => vi.runAllTimers()).toThrow('the host');
  vi.useRealTimers();
});
