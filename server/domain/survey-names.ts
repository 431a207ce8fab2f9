import { RESERVED_IDS } from '../../src/wire/element-schema.ts';
import type { ParsedSurvey } from '../../src/wire/survey-schema.ts';
import { badRequest } from '../base/api-error.ts';

/** The fields of a document that name something. */
type Named = Partial<Pick<ParsedSurvey, 'questions' | 'blocks' | 'endings' | 'hiddenFields' | 'variables'>>;

/** A problem by its path in the document. */
type Problem = readonly [path: string, message: string];

/** Names of the first and the last card. */
const RESERVED_CARDS: ReadonlySet<string> = new Set(['start', 'end']);

interface Name {
  readonly path: string;
  readonly name: string;
}

/**
 * Throws 400 for a name that means two things in one document: answers, recall, logic and exports would mix them up. The
 * details name the later one. What the present document has wrong already may stay: it can be changed all the same.
 */
export function checkNames(survey: Named, present: Named = {}): void {
  const tolerated = new Set(findProblems(present).map(([, message]) => message));
  const problems = findProblems(survey).filter(([, message]) => !tolerated.has(message));
  if (problems.length === 0) return;
  throw badRequest('Fields are missing or incorrectly formatted', Object.fromEntries(problems));
}

function findProblems({
  questions = [],
  blocks = [],
  endings = [],
  variables = [],
  hiddenFields,
}: Named): readonly Problem[] {
  const elements = [...questions, ...blocks.flatMap((block) => block.elements)];
  const elementIds = elements.map(({ id }) => ({ path: 'blocks', name: id }));
  const hidden = (hiddenFields?.fieldIds ?? []).map((name, index) => ({
    path: `hiddenFields.fieldIds.${index}`,
    name,
  }));
  const named = (field: 'id' | 'name'): readonly Name[] =>
    variables.map((variable, index) => ({ path: `variables.${index}.${field}`, name: variable[field] }));
  const cards = [
    ...blocks.map(({ id }, index) => ({ path: `blocks.${index}.id`, name: id })),
    ...endings.map(({ id }, index) => ({ path: `endings.${index}.id`, name: id })),
  ];
  return [
    ...findRepeated([...elementIds, ...hidden, ...named('id')], 'Id'),
    ...findRepeated(named('name'), 'Variable name'),
    ...findRepeated(cards, 'Card id'),
    ...findReserved(hidden, RESERVED_IDS),
    ...findReserved(cards, RESERVED_CARDS),
  ];
}

function findRepeated(names: readonly Name[], what: string): readonly Problem[] {
  const seen = new Set<string>();
  return names.flatMap(({ path, name }) => {
    if (seen.has(name)) return [[path, `${what} must be unique in the survey: ${name}`] as const];
    seen.add(name);
    return [];
  });
}

function findReserved(names: readonly Name[], reserved: ReadonlySet<string>): readonly Problem[] {
  return names
    .filter(({ name }) => reserved.has(name))
    .map(({ path, name }) => [path, `Id is reserved: ${name}`] as const);
}
