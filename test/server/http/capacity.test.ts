import { describe, expect, it } from 'vitest';
import { type BodyKind, createCapacity, type Share } from '../../../server/http/capacity.ts';

const BUSY = expect.objectContaining({ code: 'service_unavailable', headers: { 'Retry-After': '1' } });
const LIMITS = {
  requests: 3,
  healthRequests: 2,
  bytes: { json: 1000, upload: 1000, 'unsigned-upload': 100 },
  bodyMs: 30_000,
  uploadBytesPerSecond: 100,
};

function open() {
  const capacity = createCapacity(LIMITS);
  const ended: string[] = [];
  const admit = (name = '', isHealth = false): Share | undefined =>
    capacity.admit({ isHealth, end: () => ended.push(name) });
  const body = (name: string, kind: BodyKind, bytes: number): Share => {
    const share = admit(name) as Share;
    share.receive(kind);
    share.hold(bytes);
    return share;
  };
  return { admit, body, ended };
}

const thrown = (step: () => void): unknown => {
  try {
    step();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('requests', () => {
  it('are admitted up to the limit, and again when one has left', () => {
    const { admit } = open();
    const shares = [admit(), admit(), admit()];
    expect(admit()).toBeUndefined();
    shares[0]?.leave();
    shares[0]?.leave();
    expect(admit()).toBeDefined();
    expect(admit()).toBeUndefined();
  });

  it('for the health have places of their own', () => {
    const { admit } = open();
    for (let n = 0; n < 3; n += 1) admit();
    expect(admit()).toBeUndefined();
    expect(admit('', true)).toBeDefined();
    expect(admit('', true)).toBeDefined();
    expect(admit('', true)).toBeUndefined();
  });

  it('that wait for their body take no place, and are refused when all are taken meanwhile', () => {
    const { admit, body } = open();
    const slow = body('slow', 'json', 1);
    const shares = [admit(), admit(), admit()];
    expect(shares.every(Boolean)).toBe(true);
    expect(thrown(() => slow.complete())).toEqual(BUSY);
    slow.leave();
    expect(admit()).toBeUndefined();
    shares[0]?.leave();
    expect(admit()).toBeDefined();
  });
});

describe('bytes', () => {
  it('are held up to the budget, until the request is over', () => {
    const { body } = open();
    const one = body('one', 'json', 900);
    one.complete();
    const other = body('other', 'json', 100);
    expect(thrown(() => other.hold(1))).toEqual(BUSY);
    one.leave();
    expect(thrown(() => other.hold(900))).toBeUndefined();
  });

  it('of each kind have a budget of their own', () => {
    const { body } = open();
    body('stranger', 'unsigned-upload', 100);
    expect(thrown(() => body('signed', 'upload', 1000))).toBeUndefined();
    expect(thrown(() => body('answer', 'json', 1000))).toBeUndefined();
  });

  it('of an upload move to the other budget once it is permitted', () => {
    const { body } = open();
    const upload = body('upload', 'unsigned-upload', 100);
    upload.permit();
    upload.permit();
    expect(thrown(() => body('stranger', 'unsigned-upload', 100))).toBeUndefined();
    expect(thrown(() => upload.hold(901))).toEqual(BUSY);
    expect(thrown(() => upload.hold(900))).toBeUndefined();
  });

  it('make room by the body that holds the most for its throughput', () => {
    const { body, ended } = open();
    for (const [name, bytes, pace] of [
      ['fast', 300, 1000],
      ['slow and small', 200, 1],
      ['slow and large', 400, 1],
    ] as const) {
      body(name, 'json', bytes).note(pace);
    }
    body('new', 'json', 300);
    expect(ended).toEqual(['slow and large']);
  });

  it.each([
    ['is new', undefined],
    ['is as fast as an honest one', 100],
  ])('never end a body that %s', (_name, pace) => {
    const { body, ended } = open();
    const present = body('present', 'json', 1000);
    if (pace !== undefined) present.note(pace);
    expect(thrown(() => body('new', 'json', 1))).toEqual(BUSY);
    expect(ended).toEqual([]);
  });

  it('of a body that made room are no longer held, and no more of it are', () => {
    const { body } = open();
    const slow = body('slow', 'json', 1000);
    slow.note(0);
    body('new', 'json', 1000);
    expect(thrown(() => slow.hold(1))).toEqual(BUSY);
    slow.leave();
    expect(thrown(() => body('next', 'json', 1))).toEqual(BUSY);
  });

  it('never end a body that is complete', () => {
    const { body, ended } = open();
    const complete = body('complete', 'json', 1000);
    complete.note(0);
    complete.complete();
    expect(thrown(() => body('new', 'json', 1))).toEqual(BUSY);
    expect(ended).toEqual([]);
  });
});

describe('the time of a body', () => {
  const rows: [name: string, kind: BodyKind, bytes: number, waitedMs: number, isOverdue: boolean][] = [
    ['JSON in time', 'json', 0, 30_000, false],
    ['JSON too late', 'json', 1e9, 30_001, true],
    ['an upload without permission too late', 'unsigned-upload', 1e9, 30_001, true],
    ['a permitted upload that moves', 'upload', 100_000, 1_030_000, false],
    ['a permitted upload that is too slow', 'upload', 100_000, 1_030_001, true],
    ['a permitted upload that never moved', 'upload', 0, 30_001, true],
  ];
  it.each(rows)('%s', (_name, kind, bytes, waitedMs, isOverdue) => {
    expect(open().body('body', kind, 1).isOverdue(bytes, waitedMs)).toBe(isOverdue);
  });

  it('is enough for a phone that sends the largest file at 10 kB/s', () => {
    const share = createCapacity().admit({ isHealth: false, end: () => {} }) as Share;
    share.receive('upload');
    for (let second = 1; second <= 1400; second += 1) {
      expect(share.isOverdue(second * 10_000, second * 1000)).toBe(false);
    }
  });
});
