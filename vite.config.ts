import { readFileSync } from 'node:fs';
import { minify } from 'terser';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { slimIdbKeyval } from './scripts/slim-idb-keyval.mjs';
import { slimPreact } from './scripts/slim-preact.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Every browser of ours has dark mode by `color-scheme` alone: `light-dark()`, which we don't use, needs no help. */
const LIGHT_DARK = 1 << 20;

/** Folds what Rolldown's own minifier, which comes after it, leaves: a hundredth of every script. */
const foldFirst = (): Plugin => ({
  name: 'fold-first',
  renderChunk: async (code, { fileName }) => {
    // What pages bundle again, and the demo, are folded by whoever bundles them, or by nobody.
    if (/^(npm|demo)\//.test(fileName)) return null;
    const folded = await minify(code, { module: true, ecma: 2020, compress: { passes: 3, inline: 1 } });
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

/** Shared by every bundle for browsers: Chromium 111, Firefox 128, Safari 16.4 (design.md 2). */
const browser = (build: UserConfig['build'], ...plugins: Plugin[]): UserConfig => ({
  publicDir: false,
  plugins: [...plugins, slimPreact(), slimIdbKeyval(), foldFirst(), compileAtOnce()],
  css: { lightningcss: { exclude: LIGHT_DARK } },
  define: { __VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
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

/**
 * Makes each `import('./…')` of a single-file script a static import: its modules need no wrappers that run them on
 * demand then, which are a thirtieth of such a script.
 */
const importStatically = (): Plugin => ({
  name: 'import-statically',
  enforce: 'pre',
  transform: (code, id) => {
    if (!/\/src\/.*\.tsx?$/.test(id)) return null;
    const imports: string[] = [];
    const text = code.replace(/(?<!typeof )\bimport\(('\.[^']+')\)/g, (_call, from) => {
      const name = `module${imports.length}`;
      imports.push(`import * as ${name} from ${from};`);
      return `Promise.resolve(${name})`;
    });
    return imports.length > 0 ? imports.join('') + text : null;
  },
});

/** A script for a plain tag. Whatever it imports is inside, `import()` included. */
const classicScript = (entry: string, file: string): UserConfig =>
  browser(
    {
      lib: { entry, formats: ['iife'], name: 'inklingSnippet' },
      rolldownOptions: { output: { entryFileNames: file, minify: true } },
    },
    importStatically(),
  );

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
        chunkFileNames: 'chunks/[name]-[hash].js',
        minify: true,
        comments: false,
      },
    },
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
        rolldownOptions: {
          output: {
            entryFileNames: 'npm/index.js',
            chunkFileNames: 'npm/[name]-[hash].js',
            minify: true,
          },
        },
      });
    case 'demo':
      return browser({
        lib: { entry: { demo: 'demo/demo.ts', results: 'demo/results.ts' }, formats: ['es'] },
        rolldownOptions: {
          output: { entryFileNames: 'demo/[name].js', chunkFileNames: 'demo/[name].js', minify: true },
        },
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
          outDir: 'dist/server',
          emptyOutDir: false,
          target: 'node20',
          rolldownOptions: {
            output: { entryFileNames: 'main.js', minify: { mangle: false, compress: true } },
          },
        },
      };
    default:
      throw new Error(`There is no bundle called ${mode}: run \`npm run build\`.`);
  }
});
