import { isDeepStrictEqual } from 'node:util';
import { toBlocks } from '../../src/core/survey/convert.ts';
import type { Block, Ending, LegacyQuestion } from '../../src/core/survey/document.ts';
import { renew } from '../../src/core/survey/renew.ts';
import { deriveQuestions } from '../replies/derive-questions.ts';

/** A body with any fields, or the stored part of a survey. */
export interface Body {
  readonly [key: string]: unknown;
}

/** What a body is compared with. */
interface Former {
  /** The document that the body is about to change. */
  readonly stored?: Body;
  /** Completes blocks by the defaults of the schema, as they are in a reply. */
  readonly complete: (blocks: readonly unknown[]) => readonly unknown[];
}

/**
 * A body as the schema of surveys expects it: older shapes are renewed, `projectOverwrites` counts as
 * `workspaceOverwrites`, and of questions and blocks only one list is left where a reply has derived the other from it.
 * What is no document stays as it is, for the schema to refuse.
 */
export function toDocument<T>(body: T, former: Former): T {
  return isBody(body) ? dropDerivedList(withOverwrites(renew(body)), former) : body;
}

/** Whether a value is a list with entries. */
export function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isBody<T>(value: T): value is T & Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withOverwrites<T extends Body>(given: T): T {
  if (given.projectOverwrites === undefined || given.workspaceOverwrites !== undefined) return given;
  return { ...given, workspaceOverwrites: given.projectOverwrites };
}

/**
 * Drops the list that a reply has derived: a survey that was read and is written back has questions and blocks. A change
 * of the other list keeps its effect, since what was derived from the stored survey counts, too.
 */
function dropDerivedList<T extends Body>(body: T, { stored = {}, complete }: Former): T {
  const { questions, blocks } = body;
  if (!isFilled(questions) || !isFilled(blocks)) return body;
  const endings = Array.isArray(body.endings) ? body.endings : (stored.endings ?? []);
  const generated = [questions, stored.questions].map((list) => () => toBlocksOf(list, endings));
  // A reply has a date, and its blocks may be from before a field had a default.
  const asRead = body.createdAt === undefined ? complete(blocks) : blocks;
  const derived = [complete(blocks), asRead, stored.blocks].map(
    (list) => () => deriveQuestions(list as readonly Block[]),
  );
  const steps = [
    () => isAnyOf(blocks, generated) && { ...body, blocks: [] },
    () => isAnyOf(questions, [...derived, () => stored.questions]) && { ...body, questions: [] },
  ];
  // The form that is stored is kept where both would do.
  if (isFilled(stored.blocks)) steps.reverse();
  for (const step of steps) {
    const kept = step();
    if (kept) return kept;
  }
  return body;
}

function toBlocksOf(questions: unknown, endings: unknown): readonly Block[] {
  return toBlocks(questions as readonly LegacyQuestion[], endings as readonly Ending[]);
}

/** Whether a list is, as JSON, one of those that these functions make. */
function isAnyOf(list: readonly unknown[], makers: readonly (() => unknown)[]): boolean {
  return makers.some((make) => {
    try {
      return isDeepStrictEqual(JSON.parse(JSON.stringify(make())), list);
    } catch {
      // What can't be converted is refused by the schema.
      return false;
    }
  });
}
