// Completes dist/npm, the package that is published: with the declarations that `import { inkling }` needs, and a
// package.json of its own. The repository's is private and describes a server with its dependencies.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What `require` gets is the same: declared once, so that a program may have both. */
const FOR_REQUIRE = `import type { Inkling } from './entries/npm.js' with { 'resolution-mode': 'import' };
export type * from './entries/npm.js' with { 'resolution-mode': 'import' };
export declare const inkling: Inkling;
`;

/** The two ways in, by how a project asks for the package. */
const ENTRIES = {
  import: { types: './index.d.ts', default: './index.js' },
  require: { types: './index.d.cts', default: './index.cjs' },
};

/** Emits every declaration, then keeps those that the entry reaches. `npm run types` checks them. */
export function writeTypes() {
  const emitted = mkdtempSync(join(tmpdir(), 'inkling-types-'));
  try {
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...['-p', join(root, 'src'), '--noEmit', 'false', '--noCheck'],
        ...['--declaration', '--emitDeclarationOnly'],
        ...['--rootDir', join(root, 'src'), '--outDir', emitted],
      ],
      { stdio: 'inherit' },
    );
    copyReached(join(emitted, 'entries/npm.d.ts'), emitted, new Set());
    writeFileSync(join(root, 'dist/npm/index.d.ts'), "export * from './entries/npm.js';\n");
    writeFileSync(join(root, 'dist/npm/index.d.cts'), FOR_REQUIRE);
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

/** The package.json of the package. Everything is in the bundle: it has no dependencies. */
export function writePackage() {
  const { name, version, description, license, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const published = {
    ...{ name, version, description, license, engines },
    keywords: ['survey', 'micro-survey', 'feedback', 'nps', 'csat'],
    type: 'module',
    sideEffects: false,
    main: './index.cjs',
    module: './index.js',
    types: './index.d.ts',
    exports: {
      '.': ENTRIES,
      './package.json': './package.json',
    },
  };
  writeFileSync(join(root, 'dist/npm/package.json'), `${JSON.stringify(published, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(root, 'dist/npm/LICENSE'));
  copyFileSync(join(root, 'scripts/npm-readme.md'), join(root, 'dist/npm/README.md'));
}

function copyReached(file, from, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const target = join(root, 'dist/npm', file.slice(from.length));
  mkdirSync(dirname(target), { recursive: true });
  // The compiler leaves `.ts` in the specifiers of declarations; the package has `.d.ts` files only.
  writeFileSync(target, text.replace(/(from '\.[^']*)\.tsx?'/g, "$1.js'"));
  for (const [, specifier] of text.matchAll(/from '(\.[^']*)\.tsx?'/g)) {
    copyReached(resolve(dirname(file), `${specifier}.d.ts`), from, seen);
  }
}
