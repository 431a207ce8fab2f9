import type { Condition, ConditionGroup, LogicRule, Survey } from '../survey/document.ts';
import { WORDS } from '../survey/supported.ts';

/**
 * The first part of a survey that this version doesn't support, in words; undefined when it supports everything. Such a
 * survey is skipped, the others are not affected (architecture.md 5.9).
 */
export function findUnsupported(survey: Survey, hasRecaptcha: boolean): string | undefined {
  const { recaptcha } = survey as { recaptcha?: { enabled?: boolean } | null };
  if (hasRecaptcha && recaptcha?.enabled) return 'recaptcha';
  const { displayOption } = survey;
  // Older servers omit one of the two lists.
  const [blocks, questions] = [survey.blocks ?? [], survey.questions ?? []];
  const parts = [...blocks, ...questions];
  if (parts.length === 0) return 'nothing to show';
  return [
    displayOption,
    ...[...blocks.flatMap(({ elements }) => elements), ...questions].map(({ type }) => type),
    ...parts.flatMap(({ logic }) => logic ?? []).flatMap(inRule),
  ]
    .map(String)
    .find((word) => !WORDS.test(word));
}

/** The keywords of a rule. One of a former year has none: the renderer converts it (survey-model.md 1.7). */
function inRule({ conditions, actions }: LogicRule): string[] {
  return conditions ? [...actions.map(({ objective }) => objective), ...inGroup(conditions)] : [];
}

/**
 * The operators in a group: without recursion, since a document may nest groups deeper than the stack is. A group that
 * contains itself is looked at once.
 */
function inGroup(group: ConditionGroup): string[] {
  const entries = new Set<Condition | ConditionGroup>([group]);
  const operators: string[] = [];
  // Grows while it is iterated.
  for (const entry of entries) {
    if ('conditions' in entry) for (const inner of entry.conditions) entries.add(inner);
    else operators.push(entry.operator);
  }
  return operators;
}
