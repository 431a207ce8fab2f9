// Builds everything in dist/: chunks, core, npm entry, demo, server; then compresses and hashes it.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

if (process.argv.includes('--if-missing') && existsSync(join(dist, 'integrity.json'))) process.exit(0);

const { build } = await import('vite');
const { writePackage, writeTypes } = await import('./types.mjs');
/** The chunks that a page fetches when it needs them, as in vite.config.ts. */
const CHUNKS = ['ui', 'foreign', 'advice', 'triggers', 'debug'];
const bundle = (mode, define = {}) => build({ root, mode, define, logLevel: 'warn' });

rmSync(dist, { recursive: true, force: true });
const hashes = {};
for (const name of CHUNKS) {
  await bundle(name);
  const file = readdirSync(join(dist, 'chunks')).find((one) => one.startsWith(`${name}-`));
  hashes[name] = file.slice(name.length + 1, -'.js'.length);
  // Without a hash, for pages that were opened before a deploy.
  copyFileSync(join(dist, 'chunks', file), join(dist, `chunks/${name}.js`));
}
const chunks = { __CHUNKS__: JSON.stringify(hashes) };
await bundle('snippet', chunks);
await bundle('formbricks', chunks);
await bundle('full');
await bundle('surveys');
await bundle('npm');
writeTypes();
writePackage();
await bundle('demo');
for (const name of readdirSync(join(root, 'demo'))) {
  if (/\.(html|css|svg)$/.test(name)) cpSync(join(root, 'demo', name), join(dist, 'demo', name));
}
await bundle('server');
compress();
writeIntegrity();

/** Compresses each script beside itself with brotli 11 and gzip 9: the server sends these files as they are. */
function compress() {
  for (const file of filesBelow(dist)) {
    if (!/\.(js|css|html|svg)$/.test(file) || /^(server|npm)\//.test(relative(dist, file))) continue;
    const bytes = readFileSync(file);
    const quality = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: quality }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Writes dist/integrity.json (file → sha384), for pages that use SRI. */
function writeIntegrity() {
  const scripts = filesBelow(dist)
    .map((file) => relative(dist, file))
    .filter((name) => /^([\w.]+\.js|chunks\/.*\.js)$/.test(name))
    .sort();
  const hashes = scripts.map((name) => {
    const digest = createHash('sha384')
      .update(readFileSync(join(dist, name)))
      .digest('base64');
    return [name, `sha384-${digest}`];
  });
  writeFileSync(join(dist, 'integrity.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
}

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
