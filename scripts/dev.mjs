// Builds and restarts what a change of a source file concerns, and says how long that took. `npm run dev`.
// The build is unminified, in dist-dev/, so that `npm start` never serves it.
import { spawn } from 'node:child_process';
import { rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.INKLING_DEV = '1';
const { buildPages, buildServer, buildSnippet } = await import('./build.mjs');

const root = fileURLToPath(new URL('..', import.meta.url));
/** The builds that read a file below each folder. The server and the pages share rules and wire types with the snippet. */
const BUILDS = {
  src: [buildSnippet, buildServer, buildPages],
  server: [buildServer],
  pages: [buildPages],
  demo: [buildPages],
};
/** Saving several files counts as one change, ms. */
const SETTLE_MS = 50;

let server;
let timer;
/** Builds that a change asks for. */
const due = new Set();
let isBuilding = false;

function startServer() {
  server = spawn(process.execPath, ['dist-dev/server/main.js', '--demo', 'demo/seed.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function stopServer() {
  if (!server || server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}

/** Builds what is due; a build that fails leaves the server that runs as it is. */
async function rebuild() {
  if (isBuilding) return;
  isBuilding = true;
  while (due.size > 0) {
    const builds = [...due];
    due.clear();
    const began = performance.now();
    try {
      await Promise.all(builds.map((build) => build()));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      continue;
    }
    // The server reads every file when it starts.
    await stopServer();
    startServer();
    console.log(`Rebuilt in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  }
  isBuilding = false;
}

function ask(builds) {
  for (const build of builds) due.add(build);
  clearTimeout(timer);
  timer = setTimeout(rebuild, SETTLE_MS);
}

rmSync(join(root, 'dist-dev'), { recursive: true, force: true });
for (const [folder, builds] of Object.entries(BUILDS)) {
  watch(join(root, folder), { recursive: true }, () => ask(builds));
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    await stopServer();
    process.exit(0);
  });
}
ask(BUILDS.src);
