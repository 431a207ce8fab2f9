import type { AnswerValue } from '../core/survey/document.ts';

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
  readonly t: (text: Readonly<Record<string, string>> | undefined) => string;
}
