// Builds everything in dist/: chunks, core, npm entry, pages, server; then compresses and hashes it.
// `npm run build`. `npm run dev` builds the parts that a change concerns, unminified, in dist-dev/.
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
const dist = join(root, process.env.INKLING_DEV === '1' ? 'dist-dev' : 'dist');

/** The chunks that a page fetches when it needs them: those of vite.config.ts. */
const CHUNKS = ['ui', 'foreign', 'advice', 'triggers', 'debug'];

/** Loaded at the first bundle: `--if-missing` mostly has nothing to build. */
async function bundle(mode, define = {}) {
  const { build } = await import('vite');
  await build({ root, mode, define, logLevel: 'warn' });
}

/** Builds a chunk and returns the hash in its file name, which the core must know. */
async function bundleChunk(name) {
  await bundle(name);
  const file = readdirSync(join(dist, 'chunks')).find((one) => one.startsWith(`${name}-`));
  // For a page that is older than this build.
  copyFileSync(join(dist, 'chunks', file), join(dist, `chunks/${name}.js`));
  return [name, file.slice(name.length + 1, -'.js'.length)];
}

/** Builds every script for browsers. */
export async function buildSnippet() {
  rmSync(join(dist, 'chunks'), { recursive: true, force: true });
  const [hashes] = await Promise.all([
    Promise.all(CHUNKS.map(bundleChunk)),
    bundle('full'),
    bundle('surveys'),
    bundle('npm'),
    bundle('npm-cjs'),
  ]);
  const chunks = { __CHUNKS__: JSON.stringify(Object.fromEntries(hashes)) };
  await Promise.all([bundle('snippet', chunks), bundle('formbricks', chunks)]);
}

/** Builds the server's own pages and those of the demo. */
export async function buildPages() {
  await bundle('pages');
  for (const folder of ['pages', 'demo']) {
    for (const name of readdirSync(join(root, folder))) {
      if (/\.(html|css|svg)$/.test(name)) cpSync(join(root, folder, name), join(dist, folder, name));
    }
  }
}

/** Builds the server. */
export const buildServer = () => bundle('server');

/** Scripts are sent as they lie here: brotli 11 and gzip 9 beside each file. */
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

/** dist/integrity.json: file → sha384, for pages that pin what they load. */
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

async function buildAll() {
  const { writePackage, writeTypes } = await import('./types.mjs');
  rmSync(dist, { recursive: true, force: true });
  await Promise.all([buildSnippet(), buildPages(), buildServer()]);
  writeTypes();
  writePackage();
  compress();
  // Last: it says that everything is there.
  writeIntegrity();
}

if (process.argv[1]?.endsWith('build.mjs')) {
  const isThere = process.argv.includes('--if-missing') && existsSync(join(dist, 'integrity.json'));
  if (!isThere) await buildAll();
}
