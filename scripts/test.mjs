// Everything `npm test` promises, in order; whatever is missing is installed or started, never skipped.
// Ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium, ensureFirefox } from './browsers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'inkling-test-'));
const total = { passed: 0, failed: 0 };

await step('lint', ['npx', 'biome', 'check', '.']);
await step('types', ['npm', 'run', '--silent', 'types']);
const isBuilt = await step('build', ['node', 'scripts/build.mjs']);
const unit = ['npx', 'vitest', 'run', '--project=!conformance', '--reporter=default', '--reporter=json'];
await suite('unit and server', unit, readVitest);
await suite('conformance', ['node', 'scripts/conformance.mjs'], readVitest);
if (isBuilt) {
  await step('size gate', ['node', 'scripts/size.mjs']);
  await step('start gate', ['node', 'scripts/start-gate.mjs']);
  if (ensureChromium() && ensureFirefox())
    await suite('browser', ['npx', 'playwright', 'test', '--reporter=list,json'], readPlaywright);
  else count('browser', 0, 1);
  await step('kills', ['node', 'scripts/prove.mjs']);
}
rmSync(reports, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** One check that counts as one test. */
async function step(name, command) {
  const code = await run(name, command);
  count(name, code === 0 ? 1 : 0, code === 0 ? 0 : 1);
  return code === 0;
}

/** A test runner whose own counts are added up. One that printed no report has failed. */
async function suite(name, command, read) {
  const file = join(reports, `${name.replaceAll(' ', '-')}.json`);
  const code = await run(name, command, { VITEST_JSON: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const { passed, failed } = read(file);
  count(name, passed, Math.max(failed, code === 0 ? 0 : 1));
}

function readVitest(file) {
  return read(file, ({ numPassedTests, numFailedTests }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
  }));
}

function readPlaywright(file) {
  return read(file, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + stats.skipped,
  }));
}

function read(file, pick) {
  try {
    return pick(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function count(name, passed, failed) {
  total.passed += passed;
  total.failed += failed;
  console.log(`--- ${name}: ${passed} passed, ${failed} failed\n`);
}

function run(name, [command, ...args], env = {}) {
  console.log(`--- ${name}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
