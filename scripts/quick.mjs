// A first look within a minute: rules and units, one server test file per family of routes on SQLite alone, and one
// path of a visitor through the built snippet. `npm run test:quick`. What it leaves out, `npm test` runs.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './browsers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** One file of tests per family of routes. */
const SERVER_FILES = [
  'client/environment-routes',
  'client/user-routes',
  'client/display-routes',
  'client/response-routes',
  'client/older-routes',
  'client/health-routes',
  'management/management',
  'management/contacts',
  'management/responses',
  'management/survey-routes',
  'storage/upload-handler',
  'webhooks/worker',
  'docs/document',
].map((name) => `test/server/${name}.test.ts`);

const units = start([...vitest('rules'), '--no-isolate'])
  .then(and(() => start(vitest('browser-units'))))
  .then(and(() => start([...vitest('server'), ...SERVER_FILES], { TEST_DATABASES: 'sqlite' })));
const path = isBuilt() ? Promise.resolve(0) : start(['node', 'scripts/build.mjs']);
const browser = path.then(
  (code) =>
    code || (ensureChromium() ? start(['npx', 'playwright', 'test', '--project=chromium', 'main-loop']) : 1),
);
const codes = await Promise.all([units, browser]);
console.log(`${Math.round(performance.now() / 1000)} s`);
process.exit(codes.some((code) => code !== 0) ? 1 : 0);

function vitest(project) {
  return ['npx', 'vitest', 'run', `--project=${project}`, '--reporter=dot'];
}

/** Runs the next command too when one has failed, and keeps the failure. */
function and(next) {
  return async (code) => (await next()) || code;
}

/** Whether the build is newer than all that goes into it. */
function isBuilt() {
  const made = join(root, 'dist/integrity.json');
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  return ['src', 'server', 'pages', 'demo', 'scripts', 'package.json', 'vite.config.ts'].every(
    (name) => newest(join(root, name)) < mtimeMs,
  );
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function start([command, ...args], env = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
