import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findFaults, ORDER, readGraph } from '../scripts/imports.mjs';

/** Folders where every module must have a test. Entry points and code around the browser are tested in browsers. */
const MIRRORED = [
  'src/client',
  'src/core',
  'src/core/targeting',
  'src/core/survey',
  'src/formbricks',
  'src/net',
  'src/outbox',
  'src/platform',
  'src/session',
  'src/store',
  'src/triggers',
  'server/segments',
];
/** Modules without a test at their path, each with its reason. */
const EXCEPT = [
  // Types and constants only: there is nothing to run.
  'src/core/survey/document.ts',
  'src/core/survey/supported.ts',
  'src/formbricks/types.ts',
  // They put units together that have tests; test/browser/formbricks.spec.ts and surveys.spec.ts run them as pages do.
  'src/formbricks/drop-in.ts',
  'src/formbricks/mobile-renderer.ts',
];

it.each(MIRRORED)('every module in %s has a test at the same path', (folder) => {
  const untested = readdirSync(folder)
    .filter((file) => /\.tsx?$/.test(file) && !EXCEPT.includes(`${folder}/${file}`))
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

it.each(EXCEPT)('%s, which needs no test, is there', (module) => {
  expect(existsSync(module)).toBe(true);
});
