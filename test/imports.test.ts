import { describe, expect, it } from 'vitest';
import { drawArrows, findCircles, findFaults, findImports, findUpward } from '../scripts/imports.mjs';

/** A graph from `file → files` lines. */
const graphOf = (...lines: [file: string, ...imports: string[]][]) =>
  new Map(lines.map(([file, ...imports]) => [file, imports]));

describe('imports of a file', () => {
  it.each([
    ['a value', "import { b } from './b.ts';", ['src/a/b.ts']],
    ['a type', "import type { B } from '../c/d.tsx';", ['src/c/d.tsx']],
    ['a side effect', "import './b.ts';", ['src/a/b.ts']],
    ['a re-export', "export { b } from './b.ts';", ['src/a/b.ts']],
    ['a re-exported type', "export type { B } from './b.ts';", ['src/a/b.ts']],
    ['everything re-exported', "export * from './b.ts';", ['src/a/b.ts']],
    ['import()', "const load = () => import('./b.ts');", ['src/a/b.ts']],
    ['typeof import()', "type B = typeof import('./b.ts');", ['src/a/b.ts']],
    ['a type of import()', "let b: import('./b.ts').B;", ['src/a/b.ts']],
    ['the same file twice', "import { b } from './b.ts';\nexport { c } from './b.ts';", ['src/a/b.ts']],
    ['another tree', "import { b } from '../../server/b.ts';", ['server/b.ts']],
    ['packages', "import { render } from 'preact';\nimport 'node:fs';", []],
    ['a style sheet', "import css from './b.css?inline';", []],
    ['a comment and a text', "// import './b.ts';\nconst c = \"import './d.ts'\";", []],
  ])('%s', (_name, text, expected) => {
    expect(findImports('src/a/a.ts', text)).toEqual(expected);
  });

  it('are found in JSX', () => {
    const text = "import { B } from './B.tsx';\nexport const a = <B />;";
    expect(findImports('src/a/A.tsx', text)).toEqual(['src/a/B.tsx']);
  });
});

describe('circles', () => {
  it.each([
    ['a chain has none', graphOf(['a', 'b', 'c'], ['b', 'c'], ['c']), []],
    ['two ways to one file are none', graphOf(['a', 'b', 'c'], ['b', 'd'], ['c', 'd'], ['d']), []],
    ['two files', graphOf(['a', 'b'], ['b', 'a']), [['a', 'b', 'a']]],
    ['three files', graphOf(['a', 'b'], ['b', 'c'], ['c', 'a']), [['a', 'b', 'c', 'a']]],
    ['a file that imports itself', graphOf(['a', 'a']), [['a', 'a']]],
    ['one below a file that is on none', graphOf(['a', 'b'], ['b', 'c'], ['c', 'b']), [['b', 'c', 'b']]],
    ['a file that the graph does not hold', graphOf(['a', 'gone']), []],
  ])('%s', (_name, graph, expected) => {
    expect(findCircles(graph)).toEqual(expected);
  });
});

describe('imports upwards', () => {
  const order = ['low', 'high', '.'];
  it.each([
    ['down', ['src/high/a.ts', 'src/low/b.ts'], []],
    ['down from the root', ['src/a.ts', 'src/high/b.ts'], []],
    ['within a folder', ['src/low/a.ts', 'src/low/deep/b.ts'], []],
    ['to another tree', ['src/low/a.ts', 'server/high/b.ts'], []],
    ['up', ['src/low/a.ts', 'src/high/b.ts'], ['src/low/a.ts → src/high/b.ts']],
    ['up to the root', ['src/high/a.ts', 'src/b.ts'], ['src/high/a.ts → src/b.ts']],
    ['from a folder without a place', ['src/new/a.ts', 'src/low/b.ts'], ['src/new/a.ts → src/low/b.ts']],
    ['to a folder without a place', ['src/high/a.ts', 'src/new/b.ts'], ['src/high/a.ts → src/new/b.ts']],
  ] as [string, [string, string], string[]][])('%s', (_name, line, expected) => {
    expect(findUpward(order, drawArrows('src', graphOf(line)))).toEqual(expected);
  });
});

it('faults are told one per line, circles first', () => {
  const graph = graphOf(['src/low/a.ts', 'src/high/b.ts'], ['src/high/b.ts', 'src/low/a.ts']);
  expect(findFaults('src', ['low', 'high'], graph)).toEqual([
    'circle: src/low/a.ts → src/high/b.ts → src/low/a.ts',
    'upwards: src/low/a.ts → src/high/b.ts',
  ]);
});
