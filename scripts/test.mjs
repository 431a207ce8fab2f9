// Everything `npm test` promises, in order; whatever is missing is installed or started, never skipped.
// Ends with each failure once more, since only the end of a long log is read, and the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'inkling-test-'));
const total = { passed: 0, failed: 0 };
const failures = [];
/** How long each step took, in words. */
const seconds = [];
/** How much of one failure is told again, in characters. */
const TOLD_AGAIN = 2_000;

/** Databases, files and profiles of the tests, which nobody needs afterwards. */
const temporary = inMemory() ?? tmpdir();

// Installing them takes half a minute, mostly spent waiting for the network.
const browsers = run('browsers', ['node', 'scripts/browsers.mjs']);
const [isBuilt] = await Promise.all([
  step('build', ['node', 'scripts/build.mjs']),
  (async () => {
    await step('lint', ['npx', 'biome', 'check', '.']);
    await step('imports', ['node', 'scripts/imports.mjs']);
    await step('types', ['npm', 'run', '--silent', 'types']);
  })(),
]);
const unit = ['npx', 'vitest', 'run', '--project=!conformance', '--reporter=default', '--reporter=json'];
await suite('unit and server', unit, readVitest);
await suite('conformance', ['node', 'scripts/conformance.mjs'], readVitest);
if (isBuilt) {
  await step('size gate', ['node', 'scripts/size.mjs']);
  await step('start gate', ['node', 'scripts/start-gate.mjs']);
  if ((await browsers).code === 0)
    await suite('browser', ['npx', 'playwright', 'test', '--reporter=list,json'], readPlaywright);
  else count('browser', 0, 1, ['no browser could be installed']);
  await step('kills', ['node', 'scripts/prove.mjs']);
}
rmSync(reports, { recursive: true, force: true });
for (const failure of failures) console.log(`--- FAILED ${failure.slice(0, TOLD_AGAIN)}\n`);
console.log(`Seconds: ${seconds.join(', ')}; ${sinceStart()} in all.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/**
 * A folder of a file system in memory that has room; undefined where there is none. SQLite is the same there, and no test
 * waits for a disk.
 */
function inMemory() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 4 * 2 ** 30 ? '/dev/shm' : undefined;
  } catch {
    return undefined;
  }
}

/** Whole seconds since this script began. */
function sinceStart() {
  return Math.round(performance.now() / 1000);
}

/** One check that counts as one test. What it printed last is told again if it fails. */
async function step(name, command) {
  const { code, end } = await run(name, command);
  const isRight = code === 0;
  count(name, isRight ? 1 : 0, isRight ? 0 : 1, isRight ? [] : [end]);
  return isRight;
}

/** A test runner whose own counts are added up. One that printed no report has failed. */
async function suite(name, command, read) {
  const file = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const { code, end } = await run(name, command, {
    VITEST_JSON: file,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    TMPDIR: temporary,
  });
  const { passed, failed, named } = read(file);
  const isRight = code === 0 && failed === 0;
  count(name, passed, Math.max(failed, isRight ? 0 : 1), named.length > 0 || isRight ? named : [end]);
}

function readVitest(file) {
  return read(file, ({ numPassedTests, numFailedTests, testResults }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
    named: testResults.flatMap((one) => [
      ...(one.message ? [`${one.name}\n${one.message}`] : []),
      ...one.assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => [`${one.name} > ${fullName}`, ...failureMessages].join('\n')),
    ]),
  }));
}

function readPlaywright(file) {
  return read(file, ({ stats, suites, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + stats.skipped,
    named: [...suites.flatMap(specsOf).flatMap(wrongIn), ...errors.map(({ message }) => message)],
  }));
}

function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

function wrongIn({ file, line, title, tests }) {
  return tests
    .filter(({ status }) => status !== 'expected')
    .map(({ projectName, status, results }) => {
      const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message));
      return [`[${projectName}] ${file}:${line} > ${title} (${status})`, ...messages].join('\n');
    });
}

function read(file, pick) {
  try {
    return pick(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, named: [] };
  }
}

function count(name, passed, failed, named) {
  total.passed += passed;
  total.failed += failed;
  failures.push(...named.map((failure) => `${name}: ${stripVTControlCharacters(failure)}`));
  console.log(`--- ${name}: ${passed} passed, ${failed} failed\n`);
}

/** Runs one command, shows all that it prints, and keeps the end of it. */
async function run(name, command, env = {}) {
  console.log(`--- ${name}`);
  const began = performance.now();
  const result = await start(command, env);
  seconds.push(`${name} ${Math.round((performance.now() - began) / 1000)}`);
  return result;
}

function start([command, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let end = '';
    const show = (stream) => (text) => {
      stream.write(text);
      end = (end + text).slice(-TOLD_AGAIN);
    };
    child.stdout.setEncoding('utf8').on('data', show(process.stdout));
    child.stderr.setEncoding('utf8').on('data', show(process.stderr));
    child.on('error', ({ message }) => resolve({ code: 1, end: message }));
    child.on('close', (code) => resolve({ code: code ?? 1, end }));
    // A process that it started may outlive it and keep its output open: that is no reason to wait longer.
    child.on('exit', (code) => setTimeout(() => resolve({ code: code ?? 1, end }), 1_000));
  });
}
