import {
  MAX_ANSWER_STEPS,
  MAX_CARD_CONTROLS,
  MAX_ELEMENT_RULES,
  MAX_ELEMENTS,
  MAX_LOGIC_STEPS,
  MAX_PATTERN_CHARS,
  MAX_TIMER_MS,
  MAX_VARIABLE_CHARS,
  MAX_VARIABLES,
} from '../../src/core/limits.ts';
import { isMatchable } from '../../src/core/pattern.ts';
import { countControls } from '../../src/core/survey/count-controls.ts';
import type { AnswerRule, LogicRule, SurveyElement, Variable } from '../../src/core/survey/document.ts';
import type { ParsedSurvey } from '../../src/wire/survey-schema.ts';
import { badRequest } from '../base/api-error.ts';
import { type Card, findCircles } from './find-circles.ts';
import { LINK_REFUSAL } from './link-survey.ts';

/** Reports what is wrong at a place in the document. */
type Report = (path: string, message: string) => void;

/** A block, or a legacy question as a block of its own. */
interface CheckedCard extends Card {
  readonly elements: readonly SurveyElement[];
}

/**
 * Throws 400, naming each place, for parts of a survey that could hold up or trap a visitor, and for a link survey
 * (management-api.md 9.3).
 *
 * @param isNew whether a part is new or changed: what is stored already is not checked again, so that its owner can still
 * change the rest
 */
export function checkNewParts(input: ParsedSurvey, isNew: (part: keyof ParsedSurvey) => boolean): void {
  const details: Record<string, string> = {};
  const report: Report = (path, message) => {
    details[path] = message;
  };
  if (isNew('type') && input.type === 'link') report('type', LINK_REFUSAL);
  if (isNew('blocks')) checkCards('blocks', input.blocks as readonly unknown[] as CheckedCard[], report);
  if (isNew('questions')) {
    const questions = input.questions as readonly unknown[] as readonly (SurveyElement & Card)[];
    checkCards(
      'questions',
      questions.map((question) => ({ ...question, elements: [question] })),
      report,
    );
  }
  if (isNew('variables')) checkVariables(input.variables, report);
  for (const part of ['delay', 'autoClose'] as const) {
    if (isNew(part) && Number(input[part]) * 1000 > MAX_TIMER_MS) {
      report(part, `Must be at most ${Math.floor(MAX_TIMER_MS / 1000)} seconds`);
    }
  }
  if (Object.keys(details).length > 0) {
    throw badRequest('Fields are missing or incorrectly formatted', details);
  }
}

function tooMany(most: number): string {
  return `Too big: expected at most ${most}`;
}

function checkCards(part: 'blocks' | 'questions', cards: readonly CheckedCard[], report: Report): void {
  if (cards.flatMap(({ elements }) => elements).length > MAX_ELEMENTS) report(part, tooMany(MAX_ELEMENTS));
  const isMatched = createPatternCheck();
  for (const [index, { elements, logic = [] }] of cards.entries()) {
    const card = `${part}.${index}`;
    const controls = elements.map(countControls).reduce((sum, count) => sum + count, 0);
    if (controls > MAX_CARD_CONTROLS)
      report(card, `${tooMany(MAX_CARD_CONTROLS)} choices and cells on a card`);
    if (logic.map(countSteps).reduce((sum, count) => sum + count, 0) > MAX_LOGIC_STEPS) {
      report(`${card}.logic`, `${tooMany(MAX_LOGIC_STEPS)} conditions and actions`);
    }
    for (const [position, element] of elements.entries()) {
      const place = part === 'blocks' ? `${card}.elements.${position}` : card;
      checkRules(element, { place: `${place}.validation.rules`, isMatched, report });
    }
  }
  for (const [path, message] of Object.entries(findCircles(cards))) report(`${part}.${path}`, message);
}

/** The number of conditions, groups and actions of a rule. */
function countSteps({ conditions, actions }: Pick<LogicRule, 'conditions' | 'actions'>): number {
  const entries: LogicRule['conditions']['conditions'][number][] = [conditions];
  // Grows while it is iterated.
  for (const entry of entries) if ('conditions' in entry) entries.push(...entry.conditions);
  return entries.length + actions.length;
}

/** Where the rules of an element are, and how they are checked. */
interface RulePlace {
  readonly place: string;
  readonly isMatched: (pattern: string, flags: string) => boolean;
  readonly report: Report;
}

/** Makes the check of all patterns of a survey: the same one in many elements costs time once. */
function createPatternCheck(): RulePlace['isMatched'] {
  const purse = { steps: MAX_ANSWER_STEPS };
  const known = new Map<string, boolean>();
  return (pattern, flags) => {
    const key = `${flags}/${pattern}`;
    const isFine = known.get(key) ?? isMatchable(pattern, flags, purse);
    known.set(key, isFine);
    return isFine;
  };
}

function checkRules(element: SurveyElement, { place, isMatched, report }: RulePlace): void {
  const { rules = [] } = ('validation' in element && element.validation) || {};
  const isList =
    Array.isArray(rules) && rules.every((rule: AnswerRule | null) => typeof rule?.type === 'string');
  if (!isList) report(place, 'Must be a list of rules, each with a type');
  else if (rules.length > MAX_ELEMENT_RULES) report(place, tooMany(MAX_ELEMENT_RULES));
  else checkPatterns(rules, { place, isMatched, report });
}

function checkPatterns(rules: readonly AnswerRule[], { place, isMatched, report }: RulePlace): void {
  for (const [index, { type, params }] of rules.entries()) {
    const { pattern, flags = '' } = params ?? {};
    if (type !== 'pattern' || typeof pattern !== 'string') continue;
    const path = `${place}.${index}.params`;
    if (typeof flags !== 'string' || !/^[dgimsuy]*$/.test(flags)) {
      report(`${path}.flags`, 'Flags may be d, g, i, m, s, u and y');
    } else if (!isMatched(pattern, flags)) {
      report(
        `${path}.pattern`,
        `Must be a regular expression that can be matched in linear time: without backreferences, of at most ${MAX_PATTERN_CHARS} characters, with few large repeats, and about a hundred different ones in a survey`,
      );
    }
  }
}

function checkVariables(variables: readonly Variable[], report: Report): void {
  if (variables.length > MAX_VARIABLES) report('variables', tooMany(MAX_VARIABLES));
  for (const [index, { value }] of variables.entries()) {
    if (`${value}`.length > MAX_VARIABLE_CHARS) {
      report(`variables.${index}.value`, `${tooMany(MAX_VARIABLE_CHARS)} characters`);
    }
  }
}
