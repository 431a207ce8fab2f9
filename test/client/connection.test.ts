// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnection } from '../../src/client/connection.ts';
import { putShowing } from '../../src/core/targeting/ledger.ts';
import type { Core } from '../../src/display/index.ts';
import { uptime } from '../../src/platform/wait.ts';
import { showing } from '../core/targeting/sample.ts';
import { answer, fakeClock, pass, wellAnswer } from '../session/support.ts';
import { openCore, recordUi } from './support.ts';

beforeEach(fakeClock);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A connection whose chunk comes when `arrive` is called, or not: an error. */
async function setUp({ isKnown = true, quietUntil = 0 } = {}) {
  answer(wellAnswer);
  const core = await openCore();
  if (isKnown) await core.session.sync();
  const { ui, slot, asked, cores } = recordUi();
  let loads = 0;
  let arrive: (error?: Error) => void = () => {};
  const arrived = new Promise<void>((resolve, reject) => {
    arrive = (error) => (error ? reject(error) : resolve());
  });
  arrived.catch(() => {});
  const connection = createConnection(
    {
      ...{ ...core, quietUntil },
      load: async () => {
        loads++;
        await arrived;
        return ui;
      },
    },
    () => ({ environmentId: 'e' }) as Core,
  );
  const wait = async (): Promise<void> => {
    await core.showings.update((old) => putShowing(old, showing({ ackedSeq: 0, seq: 1 })));
  };
  return {
    ...core,
    ...connection,
    asked,
    cores,
    wait,
    slot,
    loads: () => loads,
    arrive: (e?: Error) => arrive(e),
  };
}

describe('using the slot', () => {
  it('fetches the chunk and connects it once, in the order of the calls', async () => {
    const { useSlot, slot, cores, arrive } = await setUp();
    const calls = Promise.all([useSlot((it) => it.force('s1')), useSlot((it) => it.force('s2'))]);
    await pass();
    expect(slot.asked).toEqual([]);
    arrive();
    await calls;
    expect(slot.asked).toEqual(['force s1', 'force s2']);
    expect(cores).toHaveLength(1);
  });

  it('a chunk that can’t be had is reported as that', async () => {
    const { useSlot, problems, arrive } = await setUp();
    const call = useSlot((it) => it.force('s1'));
    arrive(new Error('blocked'));
    await call;
    expect(problems).toEqual(['onFailure Error: blocked']);
  });

  it('a failure of the slot itself is reported as a bug', async () => {
    const { useSlot, problems, arrive } = await setUp();
    arrive();
    await useSlot(() => {
      throw new Error('a bug');
    });
    expect(problems).toEqual(['internal Error: a bug']);
  });
});

describe('the moment', () => {
  it('is a good one before the chunk is there, but for the quiet time', async () => {
    expect((await setUp()).moment()).toEqual({ impolite: undefined });
    expect((await setUp({ quietUntil: uptime() + 60_000 })).moment()).toEqual({ impolite: 'quiet' });
  });

  it('is the slot’s once the chunk is there', async () => {
    const { useSlot, moment, slot, arrive } = await setUp();
    arrive();
    await useSlot(() => {});
    slot.isOpen = true;
    expect(moment()).toEqual({ isOpen: true, impolite: undefined });
  });
});

describe('delivering', () => {
  it('fetches the chunk only when something waits', async () => {
    const { drain, asked, loads, wait, arrive } = await setUp();
    arrive();
    await drain();
    expect(loads()).toBe(0);
    await wait();
    await drain();
    expect(asked).toEqual(['drain']);
  });

  it('waits for the environment', async () => {
    const { drain, loads, wait, arrive } = await setUp({ isKnown: false });
    arrive();
    await wait();
    await drain();
    expect(loads()).toBe(0);
  });

  it('is silent where the chunk can’t be had', async () => {
    const { drain, problems, wait, arrive } = await setUp();
    await wait();
    arrive(new Error('offline'));
    await drain();
    expect(problems).toEqual([]);
  });

  it('is flushed when the page goes, if the chunk is there', async () => {
    const { flush, useSlot, asked, arrive } = await setUp();
    flush();
    expect(asked).toEqual([]);
    arrive();
    await useSlot(() => {});
    flush();
    expect(asked).toEqual(['flush']);
  });
});

describe('closing', () => {
  it('needs no chunk where none was asked for', async () => {
    const { close, loads } = await setUp();
    await close('logout');
    expect(loads()).toBe(0);
  });

  it('reaches what is asked of a chunk on its way', async () => {
    const { close, useSlot, slot, arrive } = await setUp();
    void useSlot((it) => it.force('s1'));
    await close('logout');
    arrive();
    await pass();
    expect(slot.asked).toEqual(['force s1', 'close logout']);
  });

  it('reaches the open survey', async () => {
    const { close, useSlot, slot, arrive } = await setUp();
    arrive();
    await useSlot(() => {});
    await close('dismissed');
    expect(slot.asked).toEqual(['close dismissed']);
  });
});

describe('stopping', () => {
  it('stops the chunk', async () => {
    const { stop, useSlot, asked, arrive } = await setUp();
    arrive();
    await useSlot(() => {});
    stop();
    expect(asked).toEqual(['stop']);
  });

  it('stops a chunk that arrives afterwards', async () => {
    const { stop, useSlot, asked, arrive } = await setUp();
    const call = useSlot(() => {});
    stop();
    arrive();
    await call;
    expect(asked).toEqual(['stop']);
  });
});
