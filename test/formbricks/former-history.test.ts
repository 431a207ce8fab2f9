import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFormerHistory } from '../../src/formbricks/former-history.ts';

const SHOWN = [
  { surveyId: 's1', createdAt: '2026-11-01T10:00:00.000Z' },
  { surveyId: 's2', createdAt: '2026-11-02T10:00:00.000Z' },
];
const anonymous = { data: { userId: null, displays: SHOWN, responses: ['s2'] } };
const read = (stored: unknown) => {
  let n = 0;
  const text = typeof stored === 'string' ? stored : JSON.stringify(stored);
  return readFormerHistory(text, 'env', () => `id${n++}`);
};

/** What each generation stored, whole: one file per generation and state. */
const folder = new URL('../fixtures/former-state/', import.meta.url);
const files = readdirSync(folder);
const stored = (file: string): { stored: object } => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

describe('what @formbricks/js left on a device', () => {
  it.each(files.filter((file) => !file.includes('identified')))(
    "becomes nobody's showings, as it was stored: %s",
    (file) => {
      const { userId, language, showings = [] } = read(stored(file).stored) ?? {};
      expect(userId).toBeNull();
      expect(language).toBe(file.startsWith('2024') ? undefined : 'de');
      expect(showings).toMatchObject([
        {
          surveyId: 's1',
          who: null,
          shownAt: Date.UTC(2026, 10, 1, 10),
          seq: 1,
          ackedSeq: 1,
          finished: false,
        },
        {
          surveyId: 's2',
          who: null,
          shownAt: Date.UTC(2026, 10, 2, 10),
          seq: 2,
          ackedSeq: 2,
          finished: true,
        },
      ]);
      expect(showings.every(({ closed }) => closed)).toBe(true);
      expect(new Set(showings.flatMap(({ id, displayId }) => [id, displayId])).size).toBe(4);
    },
  );

  it.each(files.filter((file) => file.includes('identified')))(
    "names who was identified; that person's history is the server's: %s",
    (file) => {
      expect(read(stored(file).stored)).toMatchObject({ userId: 'mara', showings: [] });
    },
  );

  it('keeps a response whose display is unknown, without a time that would count for the cooldown', () => {
    const user = { data: { displays: [], responses: ['s3'] } };
    expect(read({ workspaceId: 'env', user })?.showings).toMatchObject([
      { surveyId: 's3', shownAt: 0, seq: 2 },
    ]);
  });

  it('leaves out a display of no readable time', () => {
    const user = { data: { displays: [{ surveyId: 's1', createdAt: 'yesterday' }] } };
    expect(read({ workspaceId: 'env', user })?.showings).toEqual([]);
  });

  it.each([
    ['of another environment', { workspaceId: 'other', user: anonymous }],
    ['of a failed start', { status: { value: 'error' } }],
    ['that is no JSON', '{'],
    ['that is null', null],
    ['of another shape', { workspaceId: 'env', user: { data: { displays: 7 } } }],
  ])('is left alone when it is something %s', (_name, stored) => {
    expect(read(stored)).toBeUndefined();
  });

  it('is nothing on a device that has none', () => {
    expect(readFormerHistory(null, 'env', () => 'id')).toBeUndefined();
  });
});
