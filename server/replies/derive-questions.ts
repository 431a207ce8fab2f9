import type {
  Block,
  Condition,
  ConditionGroup,
  LegacyQuestion,
  LogicAction,
  LogicRule,
  Operand,
} from '../../src/core/survey/document.ts';

/** The id of the first element of each block, by the id of the block: where a jump to that block leads. */
type Firsts = ReadonlyMap<string, string | undefined>;

/**
 * Lists the elements of a survey that was written as blocks as questions, for clients of the older model
 * (management-api.md 9.4). Logic, fallback and labels of a block go to its last element, a jump to a block leads to its
 * first. Ids of endings, and targets that don't exist, stay as they are.
 *
 * @example
 * deriveQuestions([{ id: 'b1', elements: [one, two], buttonLabel }]); // [one, { ...two, buttonLabel }]
 */
export function deriveQuestions(blocks: readonly Block[]): LegacyQuestion[] {
  const firsts: Firsts = new Map(blocks.map(({ id, elements }) => [id, elements[0]?.id]));
  return blocks.flatMap(({ elements, logic, logicFallback, buttonLabel, backButtonLabel }) =>
    elements.map((element, index): LegacyQuestion => {
      const question = {
        ...element,
        ...(element.type === 'cta' &&
          element.buttonExternal &&
          element.ctaButtonLabel && { buttonLabel: element.ctaButtonLabel }),
      };
      if (index < elements.length - 1) return question;
      return {
        ...question,
        ...(logic && { logic: logic.map((rule) => toRule(rule, firsts)) }),
        ...(logicFallback && { logicFallback: toTarget(logicFallback, firsts) }),
        // A statement's own label is that of its link.
        ...(buttonLabel && !('buttonLabel' in question) && { buttonLabel }),
        ...(backButtonLabel && { backButtonLabel }),
      };
    }),
  );
}

function toRule(rule: LogicRule, firsts: Firsts): LogicRule {
  return {
    ...rule,
    conditions: toGroup(rule.conditions),
    actions: rule.actions.map((action) => toAction(action, firsts)),
  };
}

function toGroup(group: ConditionGroup): ConditionGroup {
  const conditions = group.conditions.map((entry) =>
    'connector' in entry ? toGroup(entry) : toCondition(entry),
  );
  return { ...group, conditions };
}

function toCondition({ leftOperand, rightOperand, ...rest }: Condition): Condition {
  return {
    ...rest,
    leftOperand: toOperand(leftOperand),
    ...(rightOperand && { rightOperand: toOperand(rightOperand) }),
  };
}

function toOperand(operand: Operand): Operand {
  return operand.type === 'element' ? { ...operand, type: 'question' } : operand;
}

function toAction({ target, value, ...action }: LogicAction, firsts: Firsts): LogicAction {
  const isJump = action.objective === 'jumpToBlock';
  return {
    ...action,
    ...(isJump && { objective: 'jumpToQuestion' }),
    ...(target !== undefined && { target: isJump ? toTarget(target, firsts) : target }),
    ...(value && { value: toOperand(value) }),
  };
}

function toTarget(id: string, firsts: Firsts): string {
  return firsts.get(id) ?? id;
}
