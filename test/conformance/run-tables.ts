import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '../support/app.ts';
import { type Case, type Table, VERSIONS, type Version } from './case.ts';
import { type CaseContext, createCaseContext, newValues, takeStep } from './case-context.ts';
import { CHECKLIST, type ChecklistItem } from './checklist.ts';
import { type RunningServer, startServer } from './server.ts';
import { TABLES } from './tables.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The line that the run prints for this test. */
    line?: string;
    /** The item of the checklist that this test checks. */
    item?: string;
  }
}

/** Runs every table on one kind of database, then checks that each item of the checklist had a case that passed. */
export function describeTables(kind: Kind): void {
  const covered = new Set<ChecklistItem>();
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server.stop());

  describe.each(TABLES)('$endpoint', (table) => {
    let shared: CaseContext;
    beforeAll(async () => {
      shared = await createCaseContext(server);
    });
    afterAll(() => shared.client.close());

    for (const { row, version } of rowsOf(table)) {
      it(`${row.name} ${version}`, async ({ task }) => {
        task.meta.line = toLine(table, { row, version, kind });
        const context = row.alone ? await createCaseContext(server) : shared;
        try {
          await runCase(context, table, { row, version });
        } finally {
          if (row.alone) context.client.close();
        }
        for (const item of row.covers ?? []) covered.add(item);
      });
    }
  });

  describe('the checklist', () => {
    it.for(Object.entries(CHECKLIST))('%s', ([item, wording], { task }) => {
      task.meta.item = item;
      expect(covered.has(item as ChecklistItem), `no case that passed covers: ${wording}`).toBe(true);
    });
  });

  it('logs no error while bad requests come in', () => {
    expect(server.problems).toEqual([]);
  });
}

interface Row {
  readonly row: Case;
  readonly version: Version;
}

function rowsOf({ endpoint, cases }: Table): readonly Row[] {
  const everywhere = endpoint.includes('{v}') ? VERSIONS : VERSIONS.slice(0, 1);
  return cases.flatMap((row) => (row.versions ?? everywhere).map((version) => ({ row, version })));
}

async function runCase(context: CaseContext, table: Table, { row, version }: Row): Promise<void> {
  const [method = 'GET', path = ''] = table.endpoint.split(' ');
  const values = newValues(version);
  for (const step of row.before ?? []) await takeStep(context, values, step);
  const { wait, save } = row;
  await takeStep(context, values, {
    send: { method, path, ...row.send },
    expect: { ...row.expect, headers: { ...table.headers, ...row.expect.headers } },
    stamp: 'now',
    ...(wait === undefined ? {} : { wait }),
    ...(save ? { save } : {}),
  });
  for (const step of row.afterwards ?? []) await takeStep(context, values, step);
}

/** The sections that a case is taken from; those without a document are of client-api.md. */
function sectionOf({ spec }: Case): string {
  return /^\d/.test(spec) ? `client-api.md ${spec}` : spec;
}

function toLine({ endpoint }: Table, { row, version, kind }: Row & { readonly kind: string }): string {
  const [method = '', path = ''] = endpoint.split(' ');
  const shown = row.send?.path ?? path;
  const route = shown.replaceAll('{v}', version).replaceAll('{env}', '{id}');
  return `${row.send?.method ?? method} ${route} · ${row.name} → ${row.expect.status}  (${sectionOf(row)}, ${kind})`;
}
