import type { Condition, ConditionGroup, LogicRule, Survey } from '../survey/document.ts';
import { ELEMENT_TYPES, OBJECTIVES, OPERATORS } from '../survey/supported.ts';

const DISPLAY_OPTIONS = /^(display(Once|Multiple|Some)|respondMultiple)$/;

/**
 * The first thing in a survey that this version cannot do, in words; undefined when it can do everything. A survey
 * with an unknown part is skipped, the others go on (design.md 5.9).
 */
export function findUnsupported(survey: Survey, hasRecaptcha: boolean): string | undefined {
  const { recaptcha } = survey as { recaptcha?: { enabled?: boolean } | null };
  if (hasRecaptcha && recaptcha?.enabled) return 'recaptcha';
  const { blocks, questions, displayOption } = survey;
  const parts = [...blocks, ...questions];
  return [
    unknown(displayOption, DISPLAY_OPTIONS),
    ...blocks.flatMap((block) => block.elements.map(({ type }) => unknown(type, ELEMENT_TYPES))),
    ...questions.map(({ type }) => unknown(type, ELEMENT_TYPES)),
    ...parts.flatMap((part) => (part.logic ?? []).flatMap(inRule)),
    parts.length === 0 ? 'nothing to show' : undefined,
  ].find((part) => part !== undefined);
}

function inRule({ conditions, actions }: LogicRule): (string | undefined)[] {
  const objectives = actions.map(({ objective }) => unknown(objective, OBJECTIVES));
  return [...objectives, ...inGroup(conditions)];
}

function inGroup(group: ConditionGroup): (string | undefined)[] {
  return group.conditions.flatMap((entry: Condition | ConditionGroup) =>
    'conditions' in entry ? inGroup(entry) : [unknown(entry.operator, OPERATORS)],
  );
}

function unknown(word: string, known: RegExp): string | undefined {
  return known.test(word) ? undefined : `${word}`;
}
