import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../scripts/free-port.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts the built server on a new SQLite file and a free port; `manage` calls its management API and returns `data`. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-bench-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environmentId = 'bench';
  const key = 'a-key-for-measurements';
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: `${port}`,
      DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
      INKLING_ENVIRONMENT_ID: environmentId,
      INKLING_API_KEY: key,
      INKLING_RATE_LIMIT: 'off',
    },
  });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('The server did not start: run `npm run build` first.')));
  });
  return {
    url,
    environmentId,
    pid: child.pid,
    async manage(method, path, body) {
      const reply = await fetch(`${url}/api/v1/management/${path}`, {
        method,
        headers: { 'x-api-key': key },
        body: JSON.stringify({ environmentId, ...body }),
      });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
      return JSON.parse(text).data;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
