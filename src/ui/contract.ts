import type { CloseReason } from '../api/close-reason.ts';
import type { Answers, Settings, Survey } from '../core/survey/document.ts';
import type { Progress } from '../core/survey/progress.ts';
import type { Upload } from '../wire/upload.ts';
import type { Features } from './base/features.ts';

/** One submitted card: what the shell writes ahead and delivers. */
export interface Step {
  /** The state after the card, to resume from. */
  readonly progress: Progress;
  /** The whole answer so far as the wire has it (labels in the language in force, hidden fields included). */
  readonly data: Answers;
  /** The elements this card answered. */
  readonly elementIds: readonly string[];
  /** The language in force: what `data` holds labels of, as texts are looked up and as its tag. */
  readonly language: string;
  readonly locale: string | undefined;
}

/** Everything the renderer needs to draw one survey. */
export interface SurveyView {
  /** The `<inkling-survey>` element, already on the page, with an open shadow root that holds a `role="status"`. */
  readonly host: HTMLElement;
  readonly survey: Survey;
  readonly settings: Settings;
  /** What `prepare` loaded for the survey. */
  readonly features: Features;
  /** The key to look texts up by: `default` or a language code of the survey. */
  readonly language: string;
  /** The BCP 47 tag for the `lang` attribute, when the survey names its languages. */
  readonly locale: string | undefined;
  /** Where the survey was left, when it continues. */
  readonly progress: Progress | undefined;
  readonly hiddenFields: Answers;
  /** In the page's flow, in the host's own place: it takes no focus, has no cross and never closes by itself. */
  readonly isInline?: boolean;
  /** An inline survey takes the focus when it is drawn. */
  readonly autoFocus?: boolean | undefined;
  /** Answers to begin with, as the device keeps them. */
  readonly prefill?: Answers | undefined;
  /** A card whose elements all have such an answer, and a valid one, submits itself. */
  readonly skipPrefilled?: boolean | undefined;
  /** The visitor chose another language. */
  readonly onLanguage?: ((locale: string | undefined) => void) | undefined;
  /** An ending that leads elsewhere leads nowhere. */
  readonly isRedirectDisabled?: boolean | undefined;
  /** Opens an address outside of the survey; left out, the browser does. */
  readonly onOpenLink?: ((url: string) => void) | undefined;
  /**
   * Called once per submitted card, before anything moves on screen. The card moves when the promise settles;
   * the shell bounds it to 300 ms and never rejects.
   */
  readonly onStep: (step: Step) => Promise<void>;
  /** Whether nothing of it waits to be sent. Without it the ending says nothing of that. */
  readonly isSent?: () => boolean;
  /** Calls whenever `isSent` may have changed; gives what ends it. */
  readonly onSent?: (listener: () => void) => () => void;
  /** Stores files that visitors answer with. Without it a file stays in the answer itself, as a `data:` address. */
  readonly upload?: Upload | undefined;
  /** Called once, after the survey has left the screen. */
  readonly onClose: (reason: CloseReason) => void;
}

/** A survey that is drawn. */
export interface OpenSurvey {
  /** Lets the visitor see it: once, when it may count as shown. */
  readonly show: () => void;
  /** Takes it off the screen at once; `onClose` follows. Harmless when it is closed already. */
  readonly close: (reason: CloseReason) => void;
}
