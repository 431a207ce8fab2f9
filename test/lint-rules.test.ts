import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const SHARED = 'the server shares only src/wire and src/core';
const BELOW = 'HTTP is known to the routes and what they are made of, and to nothing below';
const SQL = 'SQL is in server/repo; only the type Kysely is for others, to pass a transaction on';
const QUERY = 'SQL is in server/repo: call one of its functions';
const ZOD = 'zod weighs more than the whole snippet; only wire/*-schema.ts may import it';
const imports = (path: string): string => `import { x } from '${path}';\n\nx();\n`;

/** A file with one statement, and the message it gets; none where it is allowed. */
const rows: [path: string, text: string, message?: string][] = [
  // In Biome the options of a later override replace those of an earlier one: each folder is asked for every rule.
  ['server/repo/shared.ts', imports('../../src/net/request.ts'), SHARED],
  ['server/domain/shared.ts', imports('../../src/net/request.ts'), SHARED],
  ['server/client/shared.ts', imports('../../src/net/request.ts'), SHARED],
  ['server/shared.ts', imports('../src/net/request.ts'), SHARED],
  ['server/repo/wire.ts', imports('../../src/wire/segment.ts')],
  ['server/domain/wire.ts', imports('../../src/wire/storage.ts')],
  ['server/client/core.ts', imports('../../src/core/survey/convert.ts')],
  ['server/repo/http.ts', imports('../http/routes.ts'), BELOW],
  ['server/repo/hono.ts', imports('hono'), BELOW],
  ['server/domain/client.ts', imports('../client/routes.ts'), BELOW],
  ['server/domain/hono.ts', "import type { Context } from 'hono';\n\nexport type X = Context;\n", BELOW],
  ['server/webhooks/node-server.ts', imports('@hono/node-server'), BELOW],
  ['server/management/hono.ts', imports('hono')],
  ['server/domain/sql.ts', "import { sql } from 'kysely';\n\nexport const x = sql;\n", SQL],
  ['server/jobs.ts', "import { sql } from 'kysely';\n\nexport const x = sql;\n", SQL],
  ['server/repo/sql.ts', "import { sql } from 'kysely';\n\nexport const x = sql;\n"],
  ['server/domain/type.ts', "import type { Kysely } from 'kysely';\n\nexport type X = Kysely<object>;\n"],
  ['server/domain/query.ts', "export const x = (db) => db.selectFrom('survey').execute();\n", QUERY],
  ['server/management/query.ts', "export const x = (trx) => trx.updateTable('survey');\n", QUERY],
  ['server/repo/query.ts', "export const x = (db) => db.selectFrom('survey').execute();\n"],
  ['src/net/zod.ts', imports('zod'), ZOD],
  ['src/net/zod-mini.ts', imports('zod/mini'), ZOD],
  ['src/wire/x-schema.ts', imports('zod')],
  ['src/wire/y-schema.ts', imports('../../server/base/once.ts'), 'the wire never imports the server'],
  ['src/net/server.ts', imports('../../server/base/once.ts'), 'the browser never imports the server'],
  ['src/net/schema.ts', imports('../wire/user-schema.ts'), 'schemas are for the server and for tests'],
  ['src/core/survey/net.ts', imports('../../net/request.ts'), 'core imports nothing but core'],
  ['src/core/survey/zod.ts', imports('zod'), 'core imports nothing but core'],
  ['src/core/survey/core.ts', imports('../targeting/gates.ts')],
  ['src/core/date.ts', 'export const x = () => Date.now();\n', 'Do not use the global variable Date.'],
  ['src/core/dice.ts', 'export const x = () => Math.random();\n', 'core is pure: take dice as an argument'],
];

interface Diagnostic {
  readonly message: string;
  readonly location: { readonly path: string };
}

const folder = mkdtempSync(join(tmpdir(), 'inkling-lint-'));
let found: readonly Diagnostic[];

/** One run of Biome on all files, in a folder with this repository's configuration. */
beforeAll(() => {
  cpSync('biome.json', join(folder, 'biome.json'));
  for (const name of ['core-is-pure.grit', 'sql-in-repo.grit']) {
    cpSync(`scripts/${name}`, join(folder, 'scripts', name));
  }
  for (const [path, text] of rows) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = resolve('node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  found = JSON.parse(stdout).diagnostics;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(rows)('lint judges %s', (path, _text, message) => {
  const own = found.filter(({ location }) => location.path === path).map((diagnostic) => diagnostic.message);
  expect(own).toEqual(message === undefined ? [] : [message]);
});
