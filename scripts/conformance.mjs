// Runs the conformance cases and prints a line for each: `ok  POST /api/v1/… · email without @ → 400`.
// Fails when a case fails, when there is none, and when a box of the checklist has no case that passed.
import { stripVTControlCharacters } from 'node:util';
import { startVitest } from 'vitest/node';

const cases = { passed: 0, failed: 0 };
const boxes = { ticked: new Set(), open: new Set() };

const lines = {
  onTestCaseResult(test) {
    const isPassed = test.result().state === 'passed';
    const { line, box } = test.meta();
    if (box) return void (isPassed ? boxes.ticked : boxes.open).add(box);
    cases[isPassed ? 'passed' : 'failed'] += 1;
    console.log(`${isPassed ? 'ok  ' : 'FAIL'} ${line ?? test.fullName}`);
    if (isPassed) return;
    for (const { message, diff = '' } of test.result().errors ?? [])
      console.log(
        `       ${stripVTControlCharacters(`${message}\n${diff}`).trim().replaceAll('\n', '\n       ')}`,
      );
  },
  onTestRunEnd(modules, errors) {
    // A suite whose hook failed has its own errors; its tests were only not run.
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = [...errors, ...suites.flatMap((suite) => [...suite.errors()])];
    for (const error of broken) console.log(`FAIL ${error.stack ?? error.message}`);
    cases.failed += broken.length;
  },
};

const { VITEST_JSON: report } = process.env;
const vitest = await startVitest('test', process.argv.slice(2), {
  project: ['conformance'],
  watch: false,
  reporters: report ? [lines, 'json'] : [lines],
});
await vitest?.close();

const known = new Set([...boxes.ticked, ...boxes.open]);
console.log(`${cases.passed} cases passed, ${cases.failed} failed`);
console.log(`${boxes.open.size} boxes without a case (of ${known.size})`);
const isRight = cases.passed > 0 && cases.failed === 0 && known.size > 0 && boxes.open.size === 0;
process.exit(isRight ? 0 : 1);
