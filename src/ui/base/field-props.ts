import type { ComponentChild } from 'preact';
import type { AnswerValue, SurveyElement, Text } from '../../core/survey/document.ts';
import type { Upload } from '../../wire/upload.ts';
import type { Features } from './features.ts';

/** Props of every element's control. */
export interface FieldProps<E> {
  readonly element: E;
  /** Unique on the card; the id of the headline. */
  readonly id: string;
  readonly value: AnswerValue | undefined;
  readonly isWrong: boolean;
  /** The name of the invalid line of an address or of contact details. */
  readonly wrongField?: string | undefined;
  /** Ids of the elements that describe the control: subheader, required mark, error. */
  readonly describedBy: string;
  readonly onAnswer: (answer: AnswerValue | undefined) => void;
  /** A text in the language in force. */
  readonly t: (text: Text | undefined) => string;
  /** The same as nodes, where markup is allowed (survey-model.md 8). */
  readonly rich: (text: Text | undefined) => ComponentChild;
  /** The tag of the language in force, for numbers and dates; undefined when the survey names no languages. */
  readonly locale: string | undefined;
  /**
   * State of controls while the survey is open, by element id: a shuffled order, the month shown, pending uploads. A
   * control keeps its state here instead of in hooks, and calls `redraw` after a change.
   */
  readonly memory: Record<string, unknown>;
  readonly redraw: () => void;
  /** Pending uploads, by element id: the card is submitted once they resolve, unless one resolves to false. */
  readonly uploads: Record<string, Promise<boolean> | undefined>;
  /** The features that `prepare` loaded for this survey. */
  readonly features: Features;
  /** Uploads a file; undefined where there is no server. */
  readonly upload: Upload | undefined;
}

/** Draws the control of an element. */
export type DrawField = (props: FieldProps<SurveyElement>) => ComponentChild;
