import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findFaults, ORDER, readGraph } from '../scripts/imports.mjs';

/** Folders where every module must have a test. Entry points and code around the browser are tested in browsers. */
const MIRRORED = [
  'src/core',
  'src/core/targeting',
  'src/core/survey',
  'src/net',
  'src/store',
  'src/triggers',
  'server/segments',
];
/** Modules of types and constants only. */
const WITHOUT_RULES = ['document.ts', 'supported.ts'];

it.each(MIRRORED)('every module in %s has a test at the same path', (folder) => {
  const untested = readdirSync(folder)
    .filter((file) => /\.tsx?$/.test(file) && !WITHOUT_RULES.includes(file))
    .map((file) => `test/${folder.replace('src/', '')}/${file.replace(/\.tsx?$/, '.test$&')}`)
    .filter((test) => !existsSync(test));
  expect(untested).toEqual([]);
});

it.each(Object.entries(ORDER))(
  'no file in %s is on a circle of imports, no folder imports upwards',
  (tree, order) => {
    expect(findFaults(tree, order, readGraph(tree))).toEqual([]);
  },
);
