import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A project that has installed what `npm pack` would publish. */
let project = '';

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'inkling-consumer-'));
  const packed = execFileSync(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', project],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const home = join(project, 'node_modules/inkling');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['xzf', join(project, packed.trim()), '-C', home, '--strip-components=1']);
  cpSync(join(root, 'test/fixtures/npm-consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Compiles the project's `site.ts`; libraries are checked too. */
function compile(module: string, moduleResolution: string): string {
  const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
  const lib = ['es2022', 'dom'];
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...options, target: 'es2022', lib, types: [], module, moduleResolution },
      files: ['site.ts'],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' }).stdout;
}

describe('the npm package', () => {
  it.each([
    ['esnext', 'bundler'],
    ['node16', 'node16'],
  ])('is understood by a compiler with module %s and moduleResolution %s', (module, resolution) => {
    expect(compile(module, resolution)).toBe('');
  });

  it('names no source file in its declarations, and holds all that they name', () => {
    const folder = join(project, 'node_modules/inkling/dist/npm');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    expect(declarations).toContain('index.d.ts');
    for (const file of declarations) {
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/from '[^']*(?<!\.d)\.tsx?'/);
    }
    expect(files.filter((file) => /(?<!\.d)\.tsx?$/.test(file))).toEqual([]);
  });

  it('carries the documentation of every public call', () => {
    const text = readFileSync(join(project, 'node_modules/inkling/dist/npm/api.d.ts'), 'utf8');
    const [, body = ''] = text.match(/export interface Inkling \{([\s\S]*?)\n\}/) ?? [];
    const calls = [...body.matchAll(/^ {4}(?:readonly )?(\w+):/gm)].map(([, name]) => name);
    const documented = [...body.matchAll(/\*\/\n {4}(?:readonly )?(\w+):/g)].map(([, name]) => name);
    expect(calls).toContain('identify');
    expect(calls.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('does nothing when it is imported on a server, and says at once what is wrong with the options', () => {
    const script = `
      const before = Object.keys(globalThis).join();
      const { inkling } = await import('inkling');
      const after = Object.keys(globalThis).join();
      const failures = [{}, { environmentId: 'a', appUrl: 'surveys.example.com' }, undefined].map((options) => {
        try { inkling.setup(options); } catch (error) { return error.name + ': ' + error.message; }
      });
      console.log(JSON.stringify({ isSame: before === after, state: typeof inkling.state(), failures }));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual({
      isSame: true,
      state: 'undefined',
      failures: [
        'TypeError: setup: environmentId should be lowercase letters and digits; got undefined',
        'TypeError: setup: appUrl should be the address of the server, https://…; got "surveys.example.com"',
        'TypeError: setup: environmentId should be lowercase letters and digits; got undefined',
      ],
    });
  });
});
