import type {
  Block,
  Condition,
  ConditionGroup,
  CtaElement,
  Ending,
  LegacyQuestion,
  LogicAction,
  LogicRule,
  Operand,
  Survey,
  SurveyElement,
} from './document.ts';

/** Facts about all questions that the conversion of each one needs. */
interface Lookup {
  /** Block ids by question id. */
  readonly blockIds: ReadonlyMap<string, string>;
  readonly endingIds: ReadonlySet<string>;
  /** Whether a statement has an external link, by its id. */
  readonly statements: ReadonlyMap<string, boolean>;
}

/**
 * The cards of a survey: its blocks, or its legacy questions as one block each.
 *
 * @example
 * const cards = blocksOf(survey);
 */
export function blocksOf(survey: Pick<Survey, 'blocks' | 'questions' | 'endings'>): readonly Block[] {
  // Older servers omit one of the two lists.
  return survey.blocks?.length ? survey.blocks : toBlocks(survey.questions ?? [], survey.endings ?? []);
}

/**
 * Converts legacy questions to blocks (survey-model.md 1.6), one per question and in the same order.
 *
 * The block id is derived from the question id alone: browser and server get the same id, also after the survey was
 * edited, so a stored card id stays valid.
 *
 * @example
 * toBlocks([{ id: 'q1', type: 'nps', headline: { default: 'Hi' }, required: true }], [])[0].id; // 'b…'
 */
export function toBlocks(questions: readonly LegacyQuestion[], endings: readonly Ending[]): Block[] {
  const lookup: Lookup = {
    blockIds: new Map(questions.map(({ id }) => [id, toId(id)])),
    endingIds: new Set(endings.map(({ id }) => id)),
    statements: new Map(questions.filter(isStatement).map((cta) => [cta.id, hasOutsideLink(cta)])),
  };
  return questions.map((question, index) => toBlock(question, index, lookup));
}

function toBlock(question: LegacyQuestion, index: number, lookup: Lookup): Block {
  const { logic, logicFallback, buttonLabel, backButtonLabel, ...element } = question;
  const rules = logic?.flatMap((rule) => toRule(rule, lookup));
  const fallback = logicFallback && toTarget(logicFallback, lookup, undefined);
  return {
    id: toId(question.id),
    name: `Block ${index + 1}`,
    elements: [isStatement(question) ? toStatement(question) : (element as SurveyElement)],
    ...(rules && { logic: rules }),
    ...(fallback && { logicFallback: fallback }),
    // A statement's button label belongs to its link, not to the card.
    ...(buttonLabel && !isStatement(question) && { buttonLabel }),
    ...(backButtonLabel && { backButtonLabel }),
  };
}

function toStatement(question: LegacyQuestion & CtaElement): CtaElement {
  const { logic, logicFallback, buttonLabel, backButtonLabel, buttonExternal, buttonUrl, ...rest } = question;
  const { dismissButtonLabel, ...element } = rest as CtaElement & { dismissButtonLabel?: unknown };
  if (!hasOutsideLink(question) || !buttonUrl) return element;
  return { ...element, buttonExternal: true, buttonUrl, ...(buttonLabel && { ctaButtonLabel: buttonLabel }) };
}

function isStatement(question: LegacyQuestion): question is LegacyQuestion & CtaElement {
  return question.type === 'cta';
}

function hasOutsideLink({ buttonExternal, buttonUrl }: CtaElement): boolean {
  return buttonExternal === true && !!buttonUrl;
}

/** The converted rule; none when it loses its last condition. */
function toRule(rule: LogicRule, lookup: Lookup): LogicRule[] {
  const conditions = toGroup(rule.conditions, lookup);
  if (!conditions) return [];
  return [{ ...rule, conditions, actions: rule.actions.map((action) => toAction(action, lookup)) }];
}

function toGroup(group: ConditionGroup, lookup: Lookup): ConditionGroup | undefined {
  const conditions = group.conditions.flatMap((entry): (Condition | ConditionGroup)[] => {
    const kept = 'connector' in entry ? toGroup(entry, lookup) : toCondition(entry, lookup);
    return kept ? [kept] : [];
  });
  // A group that was written empty keeps its meaning (survey-model.md 4.2); one that became empty is dropped.
  return conditions.length === 0 && group.conditions.length > 0 ? undefined : { ...group, conditions };
}

/** Whether a condition is about a click that the converted statement can't have. */
function isMeaningless({ leftOperand, operator }: Condition, { statements }: Lookup): boolean {
  const hasLink = statements.get(String(leftOperand.value));
  if (hasLink === undefined || !/^(question|element)$/.test(leftOperand.type)) return false;
  return operator === 'isSkipped' || (operator === 'isClicked' && !hasLink);
}

function toCondition(condition: Condition, lookup: Lookup): Condition | undefined {
  if (isMeaningless(condition, lookup)) return undefined;
  const { leftOperand, rightOperand } = condition;
  return {
    ...condition,
    leftOperand: toOperand(leftOperand),
    ...(rightOperand && { rightOperand: toOperand(rightOperand) }),
  };
}

function toOperand(operand: Operand): Operand {
  return operand.type === 'question' ? { ...operand, type: 'element' } : operand;
}

function toAction(action: LogicAction, lookup: Lookup): LogicAction {
  if (action.objective === 'jumpToQuestion') {
    return {
      ...action,
      objective: 'jumpToBlock',
      target: toTarget(action.target ?? '', lookup, action.target),
    };
  }
  return action.value ? { ...action, value: toOperand(action.value) } : action;
}

function toTarget(id: string, lookup: Lookup, otherwise: string | undefined): string | undefined {
  return lookup.blockIds.get(id) ?? (lookup.endingIds.has(id) ? id : otherwise);
}

/** An id for a text: its FNV-1a hash, which is short, stable and in the format of block ids (survey-model.md 1.3). */
export function toId(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return `b${(hash >>> 0).toString(36)}`;
}
