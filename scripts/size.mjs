// Measures what a visitor downloads; fails on growth, and when the README states another figure. `npm run size`.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** Limits in brotli 11 bytes. They go down, or up with a reason in the commit. */
const GATES = {
  core: 9230,
  survey: 28_620,
  together: 59_680,
  full: 51_570,
  formbricks: 10_630,
  surveys: 38_910,
};

const dist = fileURLToPath(new URL('../dist', import.meta.url));
/** An odd number, so that there is a median. */
const HASH_SETS = 9;
/** Chunks with a hash in their names, as [file, name, hash]. */
const HASHED = readdirSync(join(dist, 'chunks')).flatMap((file) => {
  const found = /^(\w+)-([\w-]{6,8})\.js$/.exec(file);
  return found ? [found] : [];
});

/**
 * Raw and brotli 11 bytes of the core alone, of all scripts a first rating + open text survey loads, and of all that
 * one survey of everything could load.
 */
export function weigh() {
  const ui = readdirSync(join(dist, 'chunks')).find((name) => /^ui-.*\.js$/.test(name));
  const core = bytes('inkling.js');
  const survey = add(core, bytes(`chunks/${ui}`));
  const lazy = [...reachable(ui)].filter((name) => name !== ui);
  return { core, survey, together: lazy.map((name) => bytes(`chunks/${name}`)).reduce(add, survey) };
}

/** A chunk and all chunks that it imports. */
function reachable(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = readFileSync(join(dist, 'chunks', name), 'utf8');
  for (const [, next] of text.matchAll(/[`"]\.\/([\w-]+\.js)[`"]/g)) reachable(next, found);
  return found;
}

function add(one, other) {
  return { raw: one.raw + other.raw, brotli: one.brotli + other.brotli };
}

/**
 * The size of a file: the median over several sets of the content hashes that it names. Brotli's result for one and the
 * same code differs by up to 25 bytes with them, which is luck and no growth.
 */
function bytes(name) {
  const text = readFileSync(join(dist, name), 'utf8');
  const variants = new Set(Array.from({ length: HASH_SETS }, (_, set) => withHashes(text, set)));
  const sizes = [...variants].map(compressed);
  return { raw: Buffer.byteLength(text), brotli: sizes.sort((a, b) => a - b)[(sizes.length - 1) / 2] };
}

function compressed(text) {
  const content = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params }).length;
}

/** Replaces the hashes of chunks' names by others that look the same, the same ones for each build. */
function withHashes(text, set) {
  return HASHED.reduce((changed, [, name, hash]) => {
    const other = createHash('sha256').update(`${set} ${name}`).digest('base64url');
    return changed.replaceAll(hash, other.slice(0, hash.length));
  }, text);
}

/** Files that a page loads instead of the two above: limited, but not in the README. */
const OTHERS = [
  ['dist/inkling.full.js (core and renderer in one)', 'inkling.full.js', GATES.full],
  ['dist/surveys.js (the renderer alone, for mobile SDKs)', 'surveys.js', GATES.surveys],
  ['dist/formbricks.js (the core for pages written for @formbricks/js)', 'formbricks.js', GATES.formbricks],
];

if (process.argv[1]?.endsWith('size.mjs')) {
  const sizes = weigh();
  const rows = [
    ['dist/inkling.js (every page view)', sizes.core, GATES.core],
    ['inkling.js + renderer (a rating + open text survey)', sizes.survey, GATES.survey],
  ];
  let isOver = false;
  const others = [
    ['inkling.js + renderer + all its lazy parts', sizes.together, GATES.together],
    ...OTHERS.map(([name, file, gate]) => [name, bytes(file), gate]),
  ];
  for (const [name, { raw, brotli }, gate] of [...rows, ...others]) {
    const verdict = brotli > gate ? 'TOO BIG' : 'ok';
    isOver ||= brotli > gate;
    console.log(`${name}: ${raw} raw, ${brotli} brotli (gate ${gate}) ${verdict}`);
  }
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  const missing = rows
    .map(([, { brotli }]) => `${(brotli / 1000).toFixed(1)} kB`)
    .filter((figure) => !readme.includes(figure));
  if (missing.length > 0) console.error(`README.md should say ${missing.join(' and ')}.`);
  if (isOver || missing.length > 0) process.exit(1);
}
