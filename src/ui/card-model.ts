import type { CloseReason } from '../api/close-reason.ts';
import type { AnswerValue, Block } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';
import type { Problem } from '../core/survey/validate.ts';
import type { Fill } from './base/features.ts';
import type { FieldProps } from './base/field-props.ts';
import type { SurveyView } from './contract.ts';

/** Props of the card. */
export interface SurveyCardProps {
  readonly view: SurveyView;
  /** The dialog around the card. */
  readonly box: HTMLElement;
  readonly leave: (reason: CloseReason) => void;
}

/** Where the visitor stands, and what is on screen. */
export interface CardState {
  readonly progress: Progress;
  /** Answers on screen, submitted or not, of every card. */
  readonly answers: Readonly<Record<string, AnswerValue | undefined>>;
  readonly problems: Readonly<Record<string, Problem>>;
  /** The key texts are looked up by, and its tag. */
  readonly language: string;
  readonly locale: string | undefined;
  /** Seconds until it closes by itself; 0 once it stays. */
  readonly closesIn: number;
  /** Whether it is finished and still has answers to send after a while. */
  readonly isLate: boolean;
}

/** A card as its drawing sees it: where it stands, and what the visitor can do with it. */
export interface CardModel extends Pick<FieldProps<never>, 'memory' | 'uploads' | 'redraw'> {
  readonly props: SurveyCardProps;
  readonly state: CardState;
  /** Whether the last key was an arrow key: what it selects is being tried out, and doesn't submit the card. */
  isTrying: boolean;
  /** Whether the card on screen submits itself once it is answered, and isn't yet. */
  readonly isWaiting: (block: Block | undefined) => boolean;
  readonly answer: (id: string, value: AnswerValue | undefined) => void;
  readonly submit: () => Promise<void>;
  /** Takes what the controls contain for known. */
  readonly noteValues: () => void;
  readonly goBack: () => void;
  readonly setLanguage: (language: string, locale: string) => void;
  /** Creates the function that replaces recall tokens with everything answered so far. */
  readonly fill: () => Fill;
}
