import { MAX_CIRCULAR_FILTERS, MAX_FILTER_DEPTH } from '../../src/core/limits.ts';
import {
  compileFilter,
  type FilterContext,
  type Predicate,
  type SegmentMoment,
  type SegmentPerson,
} from './compile-filter.ts';
import { isShape, listFilters, listReferences, Unsupported } from './filter-tree.ts';

/** A segment as stored. */
export interface StoredSegment {
  readonly id: string;
  readonly filters: unknown;
}

/** A segment without members, because something in it is unknown. */
export interface SkippedSegment {
  readonly id: string;
  /** The unknown part; contains no value. */
  readonly reason: string;
}

/** All segments of an environment, compiled. */
export interface Segmentation {
  /** Ids of the segments that a person is in at a moment, in the order of the input. */
  readonly membershipsOf: (person: SegmentPerson, moment: SegmentMoment) => readonly string[];
  readonly skipped: readonly SkippedSegment[];
}

/**
 * Compiles an environment's segments (client-api.md 5): runs once per change, so that evaluating a person is only
 * calls.
 *
 * Segments that others refer to come first and are evaluated once. A reference to an unknown segment, or back to one
 * that is being compiled, means nothing and counts as true, whether it is `userIsIn` or `userIsNotIn`. A segment that
 * can't be compiled has no members, and neither has one that refers to it.
 */
export function compileSegments(
  segments: readonly StoredSegment[],
  keys: FilterContext['keys'],
): Segmentation {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  const { ordered, circular } = sortByReference(segments);
  const ready = new Map<string, Predicate>();
  const broken = new Map<string, string>();

  const recall = (id: string): Predicate => {
    if (broken.has(id)) throw new Unsupported(`segment ${id}, which can't be compiled`);
    return ({ members }) => members.get(id) === true;
  };
  const attempt = ({ id, filters }: StoredSegment, refer: FilterContext['refer']): void => {
    try {
      ready.set(id, compileList(filters, { keys, refer, depth: 0 }));
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      broken.set(id, error.message);
    }
  };

  for (const segment of ordered) attempt(segment, (id) => (known.has(id) ? recall(id) : undefined));
  const settled = new Set(ordered.map(({ id }) => id));
  for (const segment of circular) {
    let looked = 0;
    // Where a cycle closes depends on where it was entered: each member compiles the others anew.
    const within = (path: readonly string[]): FilterContext['refer'] => {
      return (id, depth) => {
        const referred = known.get(id);
        if (!referred || path.includes(id)) return undefined;
        if (settled.has(id)) return recall(id);
        looked += listFilters(referred.filters).length + 1;
        if (looked > MAX_CIRCULAR_FILTERS)
          throw new Unsupported('segments that ask about each other too often');
        return compileList(referred.filters, { keys, refer: within([...path, id]), depth: depth + 1 });
      };
    };
    attempt(segment, within([segment.id]));
  }

  return {
    membershipsOf(person, moment) {
      const members = new Map<string, boolean>();
      const facts = { ...person, ...moment, members };
      for (const [id, isMember] of ready) members.set(id, isMember(facts));
      return segments.flatMap(({ id }) => (members.get(id) === true ? [id] : []));
    },
    skipped: segments.flatMap(({ id }) => {
      const reason = broken.get(id);
      return reason === undefined ? [] : [{ id, reason }];
    }),
  };
}

/**
 * A list of filters: `and` binds tighter than `or`, nested lists are parentheses, an empty list is true, and a
 * connector that is missing after the first counts as `and` (client-api.md 5.1, 5.2).
 */
function compileList(filters: unknown, context: FilterContext): Predicate {
  if (!Array.isArray(filters)) throw new Unsupported('filters that are no list');
  if (context.depth > MAX_FILTER_DEPTH)
    throw new Unsupported(`lists nested more than ${MAX_FILTER_DEPTH} deep`);
  const groups: Predicate[][] = [];
  for (const [index, node] of filters.entries()) {
    if (!isShape(node)) throw new Unsupported('filter that is no object');
    if (index === 0 || isOr(node.connector)) groups.push([]);
    groups.at(-1)?.push(compileNode(node.resource, context));
  }
  if (groups.length === 0) return () => true;
  return (facts) => groups.some((group) => group.every((holds) => holds(facts)));
}

function isOr(connector: unknown): boolean {
  if (connector === 'or') return true;
  if (connector === 'and' || connector === null || connector === undefined) return false;
  throw new Unsupported('connector that is neither and nor or');
}

function compileNode(resource: unknown, context: FilterContext): Predicate {
  if (Array.isArray(resource)) return compileList(resource, { ...context, depth: context.depth + 1 });
  if (!isShape(resource)) throw new Unsupported('filter without resource');
  return compileFilter(resource, context);
}

/** Sorts each segment after those it refers to; the rest is part of a cycle or refers to one. */
function sortByReference(segments: readonly StoredSegment[]): {
  readonly ordered: readonly StoredSegment[];
  readonly circular: readonly StoredSegment[];
} {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  const askedBy = new Map<string, StoredSegment[]>();
  const waitingFor = new Map<string, number>();
  for (const segment of segments) {
    const asked = listReferences(segment.filters).filter((id) => known.has(id));
    waitingFor.set(segment.id, asked.length);
    for (const id of asked) {
      const askers = askedBy.get(id) ?? [];
      askers.push(segment);
      askedBy.set(id, askers);
    }
  }

  const ordered = segments.filter(({ id }) => waitingFor.get(id) === 0);
  for (const { id } of ordered) {
    for (const segment of askedBy.get(id) ?? []) {
      const left = (waitingFor.get(segment.id) ?? 0) - 1;
      waitingFor.set(segment.id, left);
      if (left === 0) ordered.push(segment);
    }
  }
  return { ordered, circular: segments.filter(({ id }) => waitingFor.get(id) !== 0) };
}
