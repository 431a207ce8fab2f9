import type { CloseReason } from '../api/close-reason.ts';
import type { Answers, Settings, Survey } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';
import type { Upload } from '../wire/upload.ts';
import type { Features } from './base/features.ts';

/** One submitted card, which the shell stores and delivers. */
export interface Step {
  /** The state after the card, from which the survey can continue. */
  readonly progress: Progress;
  /** All answers so far in wire format: labels in the language in force, hidden fields included. */
  readonly data: Answers;
  /** Ids of the elements that this card answered. */
  readonly elementIds: readonly string[];
  /** The language of the labels in `data`: the key that texts are looked up by, and its tag. */
  readonly language: string;
  readonly locale: string | undefined;
}

/** Everything needed to draw one survey. */
export interface SurveyView {
  /** The `<inkling-survey>` element, already on the page, with an open shadow root that holds a `role="status"`. */
  readonly host: HTMLElement;
  readonly survey: Survey;
  readonly settings: Settings;
  /** The features that `prepare` loaded for this survey. */
  readonly features: Features;
  /** The key to look texts up by: `default` or a language code of the survey. */
  readonly language: string;
  /** The BCP 47 tag for the `lang` attribute, when the survey names its languages. */
  readonly locale: string | undefined;
  /** The stored state of a survey that continues. */
  readonly progress: Progress | undefined;
  readonly hiddenFields: Answers;
  /** Drawn in the page's flow, in the host's place: it takes no focus, has no close button and never closes by itself. */
  readonly isInline?: boolean;
  /** An inline survey takes the focus when it is drawn. */
  readonly autoFocus?: boolean | undefined;
  /** Initial answers, in the form stored on the device. */
  readonly prefill?: Answers | undefined;
  /** Whether a card submits itself when its elements all have a valid prefilled answer. */
  readonly skipPrefilled?: boolean | undefined;
  /** Called when the visitor chose another language. */
  readonly onLanguage?: ((locale: string | undefined) => void) | undefined;
  /** Whether the redirect of an ending is not followed. */
  readonly isRedirectDisabled?: boolean | undefined;
  /** Opens an address outside of the survey; when absent, the browser does. */
  readonly onOpenLink?: ((url: string) => void) | undefined;
  /**
   * Called once per submitted card, before anything moves on screen. The card moves when the promise settles;
   * the shell bounds it to 300 ms and never rejects.
   */
  readonly onStep: (step: Step) => Promise<void>;
  /** Whether every answer was sent. When absent, the ending shows no note about unsent answers. */
  readonly isSent?: () => boolean;
  /** Calls whenever `isSent` may have changed. Returns an unsubscribe function. */
  readonly onSent?: (listener: () => void) => () => void;
  /** Uploads a file of an answer. When absent, the answer contains the file as a `data:` address. */
  readonly upload?: Upload | undefined;
  /** Called once, after the survey has left the screen. */
  readonly onClose: (reason: CloseReason) => void;
}

/** A survey that is drawn. */
export interface OpenSurvey {
  /** Makes it visible. To be called once, when it may count as shown. */
  readonly show: () => void;
  /** Removes it from the page at once, then calls `onClose`. Does nothing when it is closed already. */
  readonly close: (reason: CloseReason) => void;
}
