// Prints which folder imports which, and fails on a circle between files and on a folder that imports upwards.
// `npm run imports`; part of `npm run check`. Imports of types count: a reader has to follow them, too.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';

/** The order of the folders of each tree, lowest first: each may import those before it. `.` is the tree's root. */
export const ORDER = {
  src: [
    'core',
    'platform',
    'wire',
    'net',
    'store',
    'api',
    'session',
    'outbox',
    'ui',
    'triggers',
    'display',
    'debug',
    'client',
    'formbricks',
    'entries',
  ],
  'src/ui': ['texts', 'base', 'fields', 'features', 'chunks', '.'],
  server: [
    'base',
    'repo',
    'files',
    'segments',
    'context',
    'replies',
    'webhooks',
    'domain',
    'http',
    'auth',
    'storage',
    'docs',
    'client',
    'management',
    '.',
  ],
};

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every TypeScript file below a folder, as a path from the root of the repository. */
function listFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
    .map((entry) => toPath(join(entry.parentPath, entry.name)));
}

function toPath(absolute) {
  return relative(root, absolute).split(sep).join('/');
}

/**
 * The files that a source text imports: by `import` and `export … from` (types included), by `import()` and by
 * `typeof import()`.
 */
export function findImports(file, text) {
  const found = new Set();
  const add = (specifier) => {
    if (typeof specifier === 'string' && /^\.\.?\/.*\.tsx?$/.test(specifier))
      found.add(toPath(resolve(root, dirname(file), specifier)));
  };
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node?.type !== 'string') return;
    if (/^(Import|ExportNamed|ExportAll)/.test(node.type) || node.type === 'TSImportType') {
      add((node.source ?? node.argument?.literal ?? node.argument)?.value);
    }
    for (const part of Object.values(node)) if (typeof part === 'object') visit(part);
  };
  visit(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }));
  return [...found].sort();
}

/** The graph of a tree: file → the files it imports, those of other trees included. */
export function readGraph(tree) {
  return new Map(
    listFiles(tree).map((file) => [file, findImports(file, readFileSync(join(root, file), 'utf8'))]),
  );
}

/** The circles between files: each as the files on it, in the order of their imports. */
export function findCircles(graph) {
  const circles = [];
  const state = new Map();
  const path = [];
  const walk = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') circles.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next)) walk(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) walk(file);
  return circles;
}

/** The folder of a tree that a file lies in; `.` for the tree's own files. */
function folderOf(tree, file) {
  const [folder, ...rest] = file.slice(tree.length + 1).split('/');
  return rest.length > 0 ? folder : '.';
}

/** Imports from one folder of a tree to another: `from to` → the imports, each as `file → file`. */
export function drawArrows(tree, graph) {
  const arrows = new Map();
  for (const [file, imports] of graph) {
    for (const target of imports) {
      if (!target.startsWith(`${tree}/`)) continue;
      const [from, to] = [folderOf(tree, file), folderOf(tree, target)];
      if (from === to) continue;
      const name = `${from} ${to}`;
      arrows.set(name, [...(arrows.get(name) ?? []), `${file} → ${target}`]);
    }
  }
  return arrows;
}

/** Imports that point upwards, and folders that are not in the order. */
export function findUpward(order, arrows) {
  return [...arrows].flatMap(([name, imports]) => {
    const [from, to] = name.split(' ').map((folder) => order.indexOf(folder));
    return from >= 0 && to >= 0 && to < from ? [] : imports;
  });
}

/** The violations of a tree, one line each. */
export function findFaults(tree, order, graph) {
  return [
    ...findCircles(graph).map((circle) => `circle: ${circle.join(' → ')}`),
    ...findUpward(order, drawArrows(tree, graph)).map((line) => `upwards: ${line}`),
  ];
}

if (process.argv[1]?.endsWith('imports.mjs')) {
  let faults = [];
  for (const [tree, order] of Object.entries(ORDER)) {
    const graph = readGraph(tree);
    const arrows = drawArrows(tree, graph);
    console.log(`${tree}, from the top down (folder → folders it imports, with the number of imports)`);
    for (const folder of order.toReversed()) {
      const to = order
        .toReversed()
        .flatMap((other) =>
          arrows.has(`${folder} ${other}`) ? [`${other} ${arrows.get(`${folder} ${other}`).length}`] : [],
        );
      console.log(`  ${folder.padEnd(12)} → ${to.join(', ') || '–'}`);
    }
    faults = [...faults, ...findFaults(tree, order, graph)];
  }
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? 'No circle, no import upwards.' : `${faults.length} faults.`);
  if (faults.length > 0) process.exit(1);
}
