import type { Answers, Settings, Survey } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';

/** Why a survey left the screen. */
export type CloseReason =
  | 'finished'
  | 'dismissed'
  | 'outside'
  | 'escape'
  | 'timeout'
  | 'logout'
  | 'replaced'
  | 'destroyed';

/** One submitted card: what the shell writes ahead and delivers. */
export interface Step {
  /** The state after the card, to resume from. */
  readonly progress: Progress;
  /** The whole answer so far as the wire has it (labels in the language in force, hidden fields included). */
  readonly data: Answers;
  /** The elements this card answered. */
  readonly elementIds: readonly string[];
}

/** Everything the renderer needs to draw one survey. */
export interface SurveyView {
  /** The `<inkling-survey>` element, already on the page, with an open shadow root that holds a `role="status"`. */
  readonly host: HTMLElement;
  readonly survey: Survey;
  readonly settings: Settings;
  /** The key to look texts up by: `default` or a language code of the survey. */
  readonly language: string;
  /** The BCP 47 tag for the `lang` attribute, when the survey names its languages. */
  readonly locale: string | undefined;
  /** Where the survey was left, when it continues. */
  readonly progress: Progress | undefined;
  readonly hiddenFields: Answers;
  /**
   * Called once per submitted card, before anything moves on screen. The card moves when the promise settles;
   * the shell bounds it to 300 ms and never rejects.
   */
  readonly onStep: (step: Step) => Promise<void>;
  /** Whether nothing of it waits to be sent. Without it the ending says nothing of that. */
  readonly isSent?: () => boolean;
  /** Calls whenever `isSent` may have changed; gives what ends it. */
  readonly onSent?: (listener: () => void) => () => void;
  /** Called once, after the survey has left the screen. */
  readonly onClose: (reason: CloseReason) => void;
}

/** A survey on screen. */
export interface OpenSurvey {
  /** Takes it off the screen at once; `onClose` follows. Harmless when it is closed already. */
  readonly close: (reason: CloseReason) => void;
}

/** What the renderer's chunk exports. */
export interface Renderer {
  /**
   * Loads whatever this document needs beyond the first chunk. Rejects when that can't be had: the survey must not
   * count as shown then. To be awaited before `openSurvey`.
   */
  readonly prepare: (survey: Survey) => Promise<void>;
  readonly openSurvey: (view: SurveyView) => OpenSurvey;
}
