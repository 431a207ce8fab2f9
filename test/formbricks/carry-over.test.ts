import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_LEDGER } from '../../src/core/targeting/ledger.ts';
import { carryOver } from '../../src/formbricks/carry-over.ts';
import { openDatabase, openRecord } from '../../src/store/record.ts';
import { showing } from '../core/targeting/sample.ts';

/** A localStorage with some texts in it. */
function storage(texts: Record<string, string>) {
  return {
    getItem: (key: string) => texts[key] ?? null,
    removeItem: (key: string) => {
      delete texts[key];
    },
  };
}
const former = (change: object = {}) =>
  JSON.stringify({
    workspaceId: 'e',
    user: {
      data: {
        ...{ userId: null, language: 'de', responses: [] },
        displays: [{ surveyId: 's1', createdAt: '2026-11-01T10:00:00.000Z' }],
        ...change,
      },
    },
  });
const record = () => openRecord(openDatabase(), 'e/showings', EMPTY_LEDGER);
const stored = async () => (await record()).value().list.map(({ surveyId }) => surveyId);

let texts: Record<string, string> = {};
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  texts = {};
  vi.stubGlobal('localStorage', storage(texts));
  vi.stubGlobal('navigator', {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what @formbricks/js left on the device', () => {
  it('moves into Inkling’s record, before what is there, and is removed', async () => {
    await (await record()).update((old) => ({ ...old, list: [showing({ surveyId: 's0' })] }));
    texts['formbricks-js'] = former();
    texts.other = 'kept';
    expect(await carryOver('e')).toEqual({ userId: null, language: 'de' });
    expect(await stored()).toEqual(['s1', 's0']);
    expect(texts).toEqual({ other: 'kept' });
  });

  it('tells who was identified', async () => {
    texts['formbricks-js'] = former({ userId: 'u1', language: 'fr' });
    expect(await carryOver('e')).toEqual({ userId: 'u1', language: 'fr' });
  });

  it('is gathered from every key, today’s first', async () => {
    texts['formbricks-js'] = former({ language: undefined });
    texts['formbricks-js-app'] = former({ userId: 'u1', language: 'fr' });
    texts['formbricks-js-website'] = former({
      displays: [{ surveyId: 's2', createdAt: '2026-11-01T10:00:00.000Z' }],
    });
    expect(await carryOver('e')).toEqual({ userId: 'u1', language: 'fr' });
    expect(await stored()).toEqual(['s1', 's2']);
    expect(texts).toEqual({});
  });
});

describe('nothing moves', () => {
  it.each<[string, () => void]>([
    ['where nothing was left', () => {}],
    [
      'of another environment',
      () => {
        texts['formbricks-js'] = former().replace('"e"', '"f"');
      },
    ],
    [
      'under Global Privacy Control',
      () => {
        texts['formbricks-js'] = former();
        vi.stubGlobal('navigator', { globalPrivacyControl: true });
      },
    ],
    [
      'where nothing can be stored',
      () => {
        texts['formbricks-js'] = former();
        vi.stubGlobal('indexedDB', undefined);
      },
    ],
  ])('%s', async (_name, arrange) => {
    arrange();
    const before = { ...texts };
    expect(await carryOver('e')).toBeUndefined();
    expect(texts).toEqual(before);
  });

  it('where localStorage is blocked', async () => {
    vi.stubGlobal('localStorage', undefined);
    expect(await carryOver('e')).toBeUndefined();
  });
});
