/** What a segment may ask about a person. */
export interface SegmentSubject {
  /** Attribute texts by key; a key that is absent is not set. */
  readonly attributes: ReadonlyMap<string, { readonly value: string }>;
}

/** Says whether a person is a member. */
export type Predicate = (person: SegmentSubject) => boolean;

/** What became of a segment's filters. */
export type CompiledSegment =
  | { readonly isMember: Predicate }
  /** Something in it is not known here; nobody is a member (client-api.md 5). */
  | { readonly unsupported: string };

/**
 * Compiles a segment's filters into one predicate: `and` binds tighter than `or`, nested lists are parentheses, an
 * empty list is true for everybody, and a connector that is missing after the first counts as `and`
 * (client-api.md 5.1, 5.2). Runs once per change, so that judging a person is only calls.
 */
export function compileSegment(filters: unknown): CompiledSegment {
  try {
    return { isMember: compileList(filters) };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    throw error;
  }
}

class Unsupported extends Error {}

interface Shape {
  readonly [key: string]: unknown;
}

type AttributeTest = (stored: string | undefined, wanted: string) => boolean;

const ATTRIBUTE_TESTS: Readonly<Record<string, AttributeTest>> = {
  equals: (stored, wanted) => stored !== undefined && stored.toLowerCase() === wanted,
  notEquals: (stored, wanted) => stored !== undefined && stored.toLowerCase() !== wanted,
  isSet: (stored) => stored !== undefined,
  isNotSet: (stored) => stored === undefined,
};

function compileList(filters: unknown): Predicate {
  if (!Array.isArray(filters)) throw new Unsupported('filters are not a list');
  const groups: Predicate[][] = [];
  for (const [index, node] of filters.entries()) {
    if (!isShape(node)) throw new Unsupported('filter is not an object');
    if (index === 0 || node.connector === 'or') groups.push([]);
    groups.at(-1)?.push(compileNode(node));
  }
  if (groups.length === 0) return () => true;
  return (person) => groups.some((group) => group.every((holds) => holds(person)));
}

function compileNode({ resource }: Shape): Predicate {
  if (Array.isArray(resource)) return compileList(resource);
  if (!isShape(resource)) throw new Unsupported('filter without resource');
  return compileFilter(resource);
}

function compileFilter({ root, value, qualifier }: Shape): Predicate {
  if (!isShape(root) || !isShape(qualifier)) throw new Unsupported('filter without root or qualifier');
  const kind = String(root.type);
  if (kind !== 'attribute') throw new Unsupported(`filter kind ${kind}`);

  const key = root.contactAttributeKey;
  if (typeof key !== 'string') throw new Unsupported('attribute filter without key');
  const operator = String(qualifier.operator);
  const test = Object.hasOwn(ATTRIBUTE_TESTS, operator) ? ATTRIBUTE_TESTS[operator] : undefined;
  if (!test) throw new Unsupported(`attribute operator ${operator}`);
  // Numbers compare as text here, like in the original: 5 equals "5".
  const wanted = String(value ?? '').toLowerCase();
  return ({ attributes }) => test(attributes.get(key)?.value, wanted);
}

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
