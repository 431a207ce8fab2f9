import { build, type Rolldown } from 'vite';
import { CHUNKS } from '../../../vite.config.ts';
import type { ReadFile } from './scripts.ts';

/** One change to one source file. */
export interface Mutation {
  /** Below `src/`. */
  readonly file: string;
  /** Text to replace; it must be in the file. */
  readonly from: string | RegExp;
  readonly to: string;
}

/** Builds the tag's script and its chunks like a release, with one mistake in them. */
export async function buildMutant({ file, from, to }: Mutation): Promise<ReadFile> {
  let isDone = false;
  const plugin = {
    name: 'mutate',
    transform: (code: string, id: string) => {
      if (!id.endsWith(`/src/${file}`)) return null;
      const changed = code.replace(from, to);
      isDone ||= changed !== code;
      return changed;
    },
    enforce: 'pre' as const,
  };
  const texts = new Map<string, string>();
  /** Returns the name of the entry file that it built. */
  const bundle = async (mode: string, define = {}): Promise<string> => {
    const options = { mode, define, plugins: [plugin], logLevel: 'warn' as const, build: { write: false } };
    const built = ((await build(options)) as Rolldown.RolldownOutput[]).flatMap(({ output }) => output);
    const chunks = built.filter((one) => one.type === 'chunk');
    for (const { fileName, code } of chunks) texts.set(fileName, code);
    return chunks.find(({ isEntry }) => isEntry)?.fileName ?? '';
  };
  const hashes: Record<string, string> = {};
  for (const name of Object.keys(CHUNKS)) {
    hashes[name] = (await bundle(name)).slice(`chunks/${name}-`.length, -'.js'.length);
  }
  await bundle('snippet', { __CHUNKS__: JSON.stringify(hashes) });
  if (!isDone) throw new Error(`There is no ${from} in ${file} to change.`);
  return (name) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`The build has no ${name}.`);
    return text;
  };
}
