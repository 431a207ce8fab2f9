import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_NAMES } from '../support/calls.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A project with the packed package installed. */
let project = '';
let tarball = '';

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'inkling-consumer-'));
  const packed = execFileSync(
    'npm',
    ['pack', './dist/npm', '--silent', '--ignore-scripts', '--pack-destination', project],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  tarball = join(project, packed.trim());
  const home = join(project, 'node_modules/inkling');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', home, '--strip-components=1']);
  cpSync(join(root, 'test/fixtures/npm-consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Compiles files of the project; libraries are checked too. */
function compile(module: string, moduleResolution: string, files = ['site.ts']): string {
  const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
  const lib = ['es2022', 'dom'];
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...options, target: 'es2022', lib, types: [], module, moduleResolution },
      files,
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' }).stdout;
}

/** Output and exit code of an installed command on the tarball. */
function judge(...command: readonly string[]): { output: string; status: number | null } {
  const [name = '', ...args] = command;
  const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
  });
  return { output: stdout + stderr, status };
}

describe('the npm package', () => {
  it('passes publint', () => {
    expect(judge('publint', 'run', tarball, '--strict')).toMatchObject({
      status: 0,
      output: expect.stringContaining('All good!'),
    });
  });

  it('has types that every resolver finds, by attw', () => {
    const { output, status } = judge('attw', tarball, '--format', 'json');
    expect(status, output).toBe(0);
    const { analysis } = JSON.parse(output);
    expect([analysis.packageName, analysis.types.kind, analysis.problems]).toEqual([
      'inkling',
      'included',
      [],
    ]);
  });

  it('has no dependencies, is marked as free of side effects and contains its licence', () => {
    const home = join(project, 'node_modules/inkling');
    const about = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(about).toMatchObject({
      name: 'inkling',
      version,
      license: 'MIT',
      type: 'module',
      sideEffects: false,
    });
    expect(Object.keys(about)).not.toContain('private');
    expect(Object.keys(about).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
    expect(readFileSync(join(home, 'LICENSE'), 'utf8')).toContain('MIT');
    const files = readdirSync(home).filter((file) => /\.c?js$/.test(file));
    expect(files).toEqual(expect.arrayContaining(['index.js', 'index.cjs']));
    for (const file of files) {
      const code = readFileSync(join(home, file), 'utf8');
      const named = code.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?["'`]([^."'`][^"'`]*)["'`]/g);
      expect(
        [...named].map(([, name]) => name),
        file,
      ).toEqual([]);
    }
  });

  it.each([
    ['esnext', 'bundler'],
    ['node16', 'node16'],
  ])('is understood by a compiler with module %s and moduleResolution %s', (module, resolution) => {
    expect(compile(module, resolution)).toBe('');
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
  ])('is understood in a .cts and a .mts beside each other, with module %s', (module, resolution) => {
    const lines = readFileSync(join(project, 'site.ts'), 'utf8');
    for (const name of ['old.cts', 'new.mts']) writeFileSync(join(project, name), lines);
    // One client's type is the other's.
    const both =
      "import { start } from './new.mjs';\nimport old = require('./old.cjs');\nexport const all: (typeof start)[] = [old.start, start];\n";
    writeFileSync(join(project, 'both.mts'), both);
    expect(compile(module, resolution, ['old.cts', 'new.mts', 'both.mts', 'site.ts'])).toBe('');
  });

  it('is the same to require as to import', () => {
    const script = `
      const required = require('inkling');
      import('inkling').then((imported) => {
        const names = (one) => Object.keys(one.inkling).sort();
        console.log(JSON.stringify([Object.keys(required), Object.keys(imported), names(required), names(imported)]));
      });`;
    const [required, imported, ...names] = JSON.parse(
      execFileSync(process.execPath, ['--input-type=commonjs', '-e', script], {
        cwd: project,
        encoding: 'utf8',
      }),
    );
    expect([required, imported]).toEqual([['inkling'], ['inkling']]);
    expect(names[0]).toEqual(names[1]);
    expect(names[0]).toEqual(expect.arrayContaining([...CALL_NAMES, 'ready', 'version']));
  });

  it.each(['jsdom', 'node'])(
    'is loaded, called and mocked by a test in Jest, in its environment %s',
    (environment) => {
      const modules = join(root, 'node_modules');
      const config = {
        rootDir: project,
        testMatch: ['<rootDir>/*.jest.cjs'],
        testEnvironment: join(modules, `jest-environment-${environment}`),
        transform: {},
      };
      writeFileSync(join(project, 'jest.config.json'), JSON.stringify(config));
      const { stderr, status } = spawnSync(
        process.execPath,
        [
          join(modules, 'jest/bin/jest.js'),
          '--config',
          join(project, 'jest.config.json'),
          '--ci',
          '--no-cache',
        ],
        { cwd: project, encoding: 'utf8', timeout: 60_000 },
      );
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('3 passed');
      expect(stderr).not.toContain('did not exit');
    },
  );

  it('has declarations that refer to files of the package only', () => {
    const folder = join(project, 'node_modules/inkling');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    expect(declarations).toContain('index.d.ts');
    for (const file of declarations) {
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/from '[^']*(?<!\.d)\.tsx?'/);
    }
    expect(files.filter((file) => /(?<!\.d)\.tsx?$/.test(file))).toEqual([]);
  });

  it('carries the documentation of every public call', () => {
    const text = readFileSync(join(project, 'node_modules/inkling/api/types.d.ts'), 'utf8');
    const [, body = ''] = text.match(/export interface Inkling \{([\s\S]*?)\n\}/) ?? [];
    const calls = [...body.matchAll(/^ {4}(?:readonly )?(\w+):/gm)].map(([, name]) => name);
    const documented = [...body.matchAll(/\*\/\n {4}(?:readonly )?(\w+):/g)].map(([, name]) => name);
    expect(calls).toContain('identify');
    expect(calls.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it.each([
    ['import', "const { inkling } = await import('inkling');"],
    [
      'require',
      "const { createRequire } = await import('node:module'); const { inkling } = createRequire(process.cwd() + '/x.js')('inkling');",
    ],
  ])('by %s settles every call on a server and lets the process end', (_name, load) => {
    const script = `
      ${load}
      const right = { environmentId: 'abc', appUrl: 'https://surveys.example.com' };
      const off = inkling.on('ready', () => {});
      const calls = ['identify', 'setAttributes', 'setLanguage', 'track', 'showSurvey', 'closeSurvey', 'consent', 'logout', 'reset', 'forget'];
      const results = await Promise.allSettled([
        inkling.setup({ ...right, consent: 'required' }), ...calls.map((name) => inkling[name]('x')), inkling.setup(right), ...calls.map((name) => inkling[name]('x')),
      ]);
      off();
      inkling.destroy();
      console.log(JSON.stringify([new Set(results.map(({ status }) => status)).size, results[0].status, inkling.explain(), inkling.state() ?? null, inkling.version]));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
      timeout: 10_000,
    });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(JSON.parse(output)).toEqual([1, 'fulfilled', [], null, version]);
  });

  it('does nothing when it is imported on a server, and throws at once for wrong options', () => {
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
