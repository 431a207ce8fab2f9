import { MAX_FILTER_DEPTH } from '../../src/core/limits.ts';

/** Something in a segment is unknown: the segment has no members (client-api.md 5.5). */
export class Unsupported extends Error {}

/** A JSON object that hasn't been validated. */
export interface Shape {
  readonly [key: string]: unknown;
}

/** Whether a value is a JSON object. */
export function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every filter of a stored list, nested ones included; nodes that can't be read are left out.
 * Ignores connectors.
 */
export function listFilters(filters: unknown): readonly Shape[] {
  const found: Shape[] = [];
  const open: { readonly node: unknown; readonly depth: number }[] = [{ node: filters, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next;
    if (Array.isArray(node)) {
      if (depth > MAX_FILTER_DEPTH) continue;
      for (const item of node) if (isShape(item)) open.push({ node: item.resource, depth: depth + 1 });
    } else if (isShape(node)) {
      found.push(node);
    }
  }
  return found;
}

/** Ids of the segments that a list of filters refers to. */
export function listReferences(filters: unknown): readonly string[] {
  const ids = listFilters(filters).flatMap(({ root }) =>
    isShape(root) && root.type === 'segment' && typeof root.segmentId === 'string' ? [root.segmentId] : [],
  );
  return [...new Set(ids)];
}

/** These segments and every one they refer to, directly or through others. */
export function listReachable(
  ids: readonly string[],
  segments: ReadonlyMap<string, { readonly filters: unknown }>,
): ReadonlySet<string> {
  const reached = new Set(ids);
  // Iterating over a set includes elements that are added meanwhile.
  for (const id of reached) {
    for (const other of listReferences(segments.get(id)?.filters)) reached.add(other);
  }
  return reached;
}
