import type { ComponentChild } from 'preact';
import type { AnswerValue, SurveyElement, Text } from '../core/survey/document.ts';

/** What every element's control is given. */
export interface FieldProps<E> {
  readonly element: E;
  /** Unique on the card; the headline has it as its id. */
  readonly id: string;
  readonly value: AnswerValue | undefined;
  readonly isWrong: boolean;
  /** Ids of what describes the control: subheader, required mark, error. */
  readonly describedBy: string;
  readonly onAnswer: (answer: AnswerValue | undefined) => void;
  /** A text in the language in force. */
  readonly t: (text: Text | undefined) => string;
  /** What must stay the same while the survey is open, such as an order that was drawn, by element id. */
  readonly memory: Record<string, unknown>;
}

/** Draws the control of an element. */
export type DrawField = (props: FieldProps<SurveyElement>) => ComponentChild;
