import type { ComponentChild } from 'preact';
import type { AnswerValue, SurveyElement, Text } from '../../core/survey/document.ts';
import type { Upload } from '../../wire/upload.ts';
import type { Features } from './features.ts';

/** What every element's control is given. */
export interface FieldProps<E> {
  readonly element: E;
  /** Unique on the card; the headline has it as its id. */
  readonly id: string;
  readonly value: AnswerValue | undefined;
  readonly isWrong: boolean;
  /** Which line of an address or of contact details is wrong, where one is. */
  readonly wrongField?: string | undefined;
  /** Ids of what describes the control: subheader, required mark, error. */
  readonly describedBy: string;
  readonly onAnswer: (answer: AnswerValue | undefined) => void;
  /** A text in the language in force. */
  readonly t: (text: Text | undefined) => string;
  /** The same to be drawn, where markup is allowed (survey-model.md 8). */
  readonly rich: (text: Text | undefined) => ComponentChild;
  /** The language in force, for numbers and dates; the page's own where it is not known. */
  readonly locale: string | undefined;
  /**
   * What must stay the same while the survey is open, by element id: an order that was drawn, the month on show, files
   * under way. A control keeps its state here instead of in hooks, and calls `redraw` after a change.
   */
  readonly memory: Record<string, unknown>;
  readonly redraw: () => void;
  /** Work that the card waits for before it is submitted, by element id; false keeps the card. */
  readonly uploads: Record<string, Promise<boolean> | undefined>;
  /** The chunks that this survey needs besides the first. */
  readonly features: Features;
  /** Undefined where there is no server to take files. */
  readonly upload: Upload | undefined;
}

/** Draws the control of an element. */
export type DrawField = (props: FieldProps<SurveyElement>) => ComponentChild;
