// Writes dist/npm/index.d.ts and the declarations it builds on: what `import { inkling }` promises, without the rest.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Emits every declaration, then keeps those that the entry reaches. Whether the types are right, `npm run types` says. */
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
    copyReached(join(emitted, 'index.d.ts'), emitted, new Set());
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

function copyReached(file, from, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const target = join(root, 'dist/npm', file.slice(from.length));
  mkdirSync(dirname(target), { recursive: true });
  // The compiler leaves `.ts` in the specifiers of declarations; those who import the package have `.d.ts` files only.
  writeFileSync(target, text.replace(/(from '\.[^']*)\.tsx?'/g, "$1.js'"));
  for (const [, specifier] of text.matchAll(/from '(\.[^']*)\.tsx?'/g)) {
    copyReached(resolve(dirname(file), `${specifier}.d.ts`), from, seen);
  }
}
