import { expect, it } from 'vitest';
import { acceptedIds, acceptFields, type DeclaredFields } from '../../../src/core/survey/hidden-fields.ts';

const rows: [name: string, declared: DeclaredFields, accepted: string[]][] = [
  ['enabled and declared', { enabled: true, fieldIds: ['plan', 'role'] }, ['plan', 'role']],
  ['declared but not enabled', { enabled: false, fieldIds: ['plan', 'role'] }, []],
  ['enabled without ids', { enabled: true }, []],
  ['no declaration', undefined, []],
];

it.each(rows)('%s', (_name, declared, accepted) => {
  expect(acceptedIds(declared)).toEqual(accepted);
  const given = { plan: 'pro', role: 'admin', other: 'x' };
  expect(Object.keys(acceptFields(declared, given))).toEqual(accepted);
});

it('an accepted field keeps its value', () => {
  const given = { plan: 'pro', Plan: 'free', tags: ['a', 'b'] };
  const declared = { enabled: true, fieldIds: ['plan', 'tags', 'absent'] };
  expect(acceptFields(declared, given)).toEqual({ plan: 'pro', tags: ['a', 'b'] });
});
