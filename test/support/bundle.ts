import { rolldown } from 'rolldown';

/** Bundles a module that imports packages of `node_modules` into one classic script for a page. */
export async function bundle(source: string): Promise<string> {
  const id = 'the-page.js';
  const bundled = await rolldown({
    input: id,
    platform: 'browser',
    // "use client" at the head of a module means nothing here.
    onLog: (level, log, handle) => log.code === 'MODULE_LEVEL_DIRECTIVE' || handle(level, log),
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'the-page',
        resolveId: (asked) => (asked === id ? `${process.cwd()}/${id}` : null),
        load: (asked) => (asked.endsWith(`/${id}`) ? source : null),
      },
    ],
  });
  const { output } = await bundled.generate({ format: 'iife' });
  await bundled.close();
  return output[0].code.replaceAll('</script', '<\\/script');
}
