import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

/** A node of a syntax tree, with the fields that the tests here look at. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
  readonly callee?: SyntaxNode;
  readonly object?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly regex?: { readonly pattern: string; readonly flags: string };
}

/** A node with where it stands. */
export interface FoundNode {
  readonly file: string;
  readonly line: number;
  readonly node: SyntaxNode;
  /** The source text of the node. */
  readonly text: string;
}

/** Finds the nodes of all TypeScript files of some folders that a test asks for. */
export function findNodes(
  folders: readonly string[],
  isWanted: (node: SyntaxNode) => boolean,
): readonly FoundNode[] {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  );
  return files.sort().flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const { program, errors } = parseSync(file, source);
    if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
    return listNodes(program)
      .filter(isWanted)
      .map((node) => ({
        file,
        line: source.slice(0, node.start).split('\n').length,
        node,
        text: source.slice(node.start, node.end),
      }));
  });
}

function listNodes(value: unknown): readonly SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(listNodes);
  return 'type' in value && 'start' in value ? [value as unknown as SyntaxNode, ...inner] : inner;
}
