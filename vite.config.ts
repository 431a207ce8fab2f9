import { readFileSync } from 'node:fs';
import { minify } from 'terser';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { slimIdbKeyval } from './scripts/slim-idb-keyval.mjs';
import { slimPreact } from './scripts/slim-preact.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Set while developing: bundles go to a folder of their own, unminified, and take a tenth of the time. */
const isDev = process.env.INKLING_DEV === '1';
const outDir = isDev ? 'dist-dev' : 'dist';
const isMinified = !isDev;

/** Every browser of ours has dark mode by `color-scheme` alone: `light-dark()`, which we don't use, needs no help. */
const LIGHT_DARK = 1 << 20;

/**
 * Settings under which many small functions compress no worse than a few long ones: bodies stay where they are, since
 * calls repeat and inlined bodies don't, and functions stand together. No code here reads a function's `length` or calls
 * a function expression with `new`.
 */
const COMPACT = { inline: 1, hoist_funs: true, unsafe_arrows: true, keep_fargs: false };

/** Folds what Rolldown's own minifier, which comes after it, leaves: a hundredth of every script. */
const foldFirst = (): Plugin => ({
  name: 'fold-first',
  renderChunk: async (code, { fileName }) => {
    // What pages bundle again, and the server's own pages, are folded by whoever bundles them, or by nobody.
    if (/^(npm|demo|pages)\//.test(fileName)) return null;
    const folded = await minify(code, {
      module: true,
      ecma: 2020,
      compress: { passes: 3, ...COMPACT },
    });
    return folded.code ?? code;
  },
});

/**
 * What is read by every page, and by every survey, is compiled at once and beside the page's own work, not function by
 * function when each is first called (Chromium 136 and newer; a comment to others).
 */
const HINTED = /^(inkling|formbricks|chunks\/ui-[\w-]+)\.js$/;
const compileAtOnce = (): Plugin => ({
  name: 'compile-at-once',
  generateBundle: (_options, bundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk' && HINTED.test(chunk.fileName))
        chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
    }
  },
});

/**
 * Turns `import()` into static imports in a script that holds everything: modules that run later would each need a
 * wrapper, 2 % of the script.
 */
const importStatically = (): Plugin => ({
  name: 'import-statically',
  transform: (code) => {
    const imports: string[] = [];
    const text = code.replace(/\bimport\(("[^"]+"|'[^']+')\)/g, (_, path) => {
      const name = `__chunk${imports.length}`;
      imports.push(`import * as ${name} from ${path};`);
      return `Promise.resolve(${name})`;
    });
    return imports.length > 0 ? { code: imports.join('\n') + text, map: null } : null;
  },
});

/** Shared by every bundle for browsers: Chromium 111, Firefox 128, Safari 16.4 (architecture.md 2). */
const browser = (build: UserConfig['build']): UserConfig => ({
  publicDir: false,
  plugins: [slimPreact(), slimIdbKeyval(), ...(isDev ? [] : [foldFirst()]), compileAtOnce()],
  css: { lightningcss: { exclude: LIGHT_DARK } },
  define: { __VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir,
    emptyOutDir: false,
    minify: isMinified,
    target: 'es2022',
    cssTarget: ['chrome111', 'firefox128', 'safari16.4'],
    modulePreload: false,
    reportCompressedSize: false,
    ...build,
    rolldownOptions: {
      optimization: { inlineConst: { mode: 'all', pass: 3 } },
      // Folding takes seconds: that is known.
      checks: { bundlerTimings: false },
      ...build?.rolldownOptions,
    },
  },
});

/** A script for a plain tag. Whatever it imports is inside, `import()` included. */
const classicScript = (entry: string, file: string): UserConfig =>
  browser({
    lib: { entry, formats: ['iife'], name: 'inklingSnippet' },
    rolldownOptions: { plugins: [importStatically()], output: { entryFileNames: file, minify: isMinified } },
  });

/** What a page fetches only when it needs it: name → entry (src/client/load-chunk.ts). */
export const CHUNKS: Readonly<Record<string, string>> = {
  ui: 'src/display/index.ts',
  foreign: 'src/outbox/formbricks-protocol.ts',
  advice: 'src/debug/advice.ts',
  triggers: 'src/triggers/index.ts',
  debug: 'src/debug/index.ts',
};

/** An ES module that the core takes by its address, with what it takes by `import()` itself beside it. */
const esChunk = (name: string, entry: string): UserConfig =>
  browser({
    lib: { entry, formats: ['es'] },
    rolldownOptions: {
      // What the second chunk shares it takes from the first, which would otherwise become a mere façade.
      preserveEntrySignatures: 'allow-extension',
      output: {
        entryFileNames: `chunks/${name}-[hash].js`,
        // Short, since each of these names is in the first chunk: the first word of the source's name, 36 bits of hash.
        chunkFileNames: ({ name }) => `chunks/${name.split('-')[0]}-[hash:6].js`,
        minify: isMinified,
        comments: false,
      },
    },
  });

/** The package's files; those of CommonJS are for `require` in tests and older tools. */
const packageFiles = (extension: 'js' | 'cjs') => ({
  entryFileNames: `npm/index.${extension}`,
  chunkFileNames: `npm/[name]-[hash].${extension}`,
  minify: isMinified,
});

/**
 * One bundle per mode; scripts/build.mjs runs them in order, since the core must know the chunks' hashed names.
 *
 * `import()` is inlined in an IIFE, so each chunk is an ES build of its own and the core takes it by address.
 */
export default defineConfig(({ mode }): UserConfig => {
  const chunk = CHUNKS[mode];
  if (chunk) return esChunk(mode, chunk);
  switch (mode) {
    case 'snippet':
      return classicScript('src/entries/snippet.ts', 'inkling.js');
    case 'full':
      return classicScript('src/entries/full.ts', 'inkling.full.js');
    case 'formbricks':
      return classicScript('src/entries/formbricks.ts', 'formbricks.js');
    case 'surveys':
      return classicScript('src/entries/surveys.ts', 'surveys.js');
    case 'npm':
      return browser({
        lib: { entry: 'src/entries/npm.ts', formats: ['es'] },
        rolldownOptions: { output: packageFiles('js') },
      });
    case 'npm-cjs':
      return browser({
        lib: { entry: 'src/entries/npm.ts', formats: ['cjs'] },
        rolldownOptions: { output: packageFiles('cjs') },
      });
    case 'pages':
      return browser({
        lib: { entry: { 'demo/demo': 'demo/demo.ts', 'pages/results': 'pages/results.ts' }, formats: ['es'] },
        rolldownOptions: { output: { entryFileNames: '[name].js', minify: isMinified } },
      });
    case 'server':
      return {
        publicDir: false,
        define: { __VERSION__: JSON.stringify(version) },
        ssr: {
          noExternal: true,
          external: ['better-sqlite3', 'pg', 'pino', '@aws-sdk/client-s3', '@aws-sdk/s3-presigned-post'],
        },
        build: {
          ssr: 'server/main.ts',
          outDir: `${outDir}/server`,
          emptyOutDir: false,
          target: 'node20',
          rolldownOptions: {
            output: { entryFileNames: 'main.js', minify: isMinified && { mangle: false, compress: true } },
          },
        },
      };
    default:
      throw new Error(`There is no bundle called ${mode}: run \`npm run build\`.`);
  }
});
