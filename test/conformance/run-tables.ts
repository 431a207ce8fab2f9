import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '../support/app.ts';
import { BOXES, type Box } from './boxes.ts';
import { type Case, type Table, VERSIONS, type Version } from './case.ts';
import { type RunningServer, startServer } from './server.ts';
import { TABLES } from './tables.ts';
import { createWorld, newValues, takeStep, type World } from './world.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The line that the run prints for this test. */
    line?: string;
    /** The entry of the checklist that this test guards. */
    box?: string;
  }
}

/** Runs every table on one kind of database, then asks whether each entry of the checklist had a case that passed. */
export function describeTables(kind: Kind): void {
  const ticked = new Set<Box>();
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server.stop());

  describe.each(TABLES)('$endpoint', (table) => {
    let shared: World;
    beforeAll(async () => {
      shared = await createWorld(server);
    });
    afterAll(() => shared.client.close());

    for (const { row, version } of rowsOf(table)) {
      it(`${row.name} ${version}`, async ({ task }) => {
        task.meta.line = toLine(table, { row, version, kind });
        const world = row.alone ? await createWorld(server) : shared;
        try {
          await runCase(world, table, { row, version });
        } finally {
          if (row.alone) world.client.close();
        }
        for (const box of row.boxes ?? []) ticked.add(box);
      });
    }
  });

  describe('the checklist', () => {
    it.for(Object.entries(BOXES))('%s', ([box, wording], { task }) => {
      task.meta.box = box;
      expect(ticked.has(box as Box), `no case that passed says: ${wording}`).toBe(true);
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

async function runCase(world: World, table: Table, { row, version }: Row): Promise<void> {
  const [method = 'GET', path = ''] = table.endpoint.split(' ');
  const values = newValues(version);
  for (const step of row.before ?? []) await takeStep(world, values, step);
  const { wait, save } = row;
  await takeStep(world, values, {
    send: { method, path, ...row.send },
    expect: { ...row.expect, headers: { ...table.headers, ...row.expect.headers } },
    stamp: 'now',
    ...(wait === undefined ? {} : { wait }),
    ...(save ? { save } : {}),
  });
  for (const step of row.afterwards ?? []) await takeStep(world, values, step);
}

function toLine({ endpoint }: Table, { row, version, kind }: Row & { readonly kind: string }): string {
  const [method = '', path = ''] = endpoint.split(' ');
  const shown = row.send?.path ?? path;
  const route = shown.replaceAll('{v}', version).replaceAll('{env}', '{id}');
  return `${row.send?.method ?? method} ${route} · ${row.name} → ${row.expect.status}  (${row.spec}, ${kind})`;
}
