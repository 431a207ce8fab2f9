import type { ComponentChild, JSX } from 'preact';
import type { CloseReason } from '../../api/close-reason.ts';
import type { autoProgresses } from '../../core/survey/auto-progress.ts';
import type { Answers, Block, Settings, Survey, Text } from '../../core/survey/document.ts';
import type { Logic, Variables } from '../../core/survey/logic.ts';
import type { LeaveCircle } from '../../core/survey/progress.ts';

/** Replaces the recall tokens of a text, or of an address. */
export type Fill = (text: string, isAddress?: boolean) => string;

/** A survey and the settings it is drawn with: where its styling comes from. */
export interface StyledSurvey {
  readonly survey: Pick<Survey, 'styling' | 'workspaceOverwrites'>;
  readonly settings: Pick<Settings, 'styling'>;
}

/** Addresses of the picture and the video above a headline. */
export interface MediaProps {
  readonly imageUrl?: string | undefined;
  readonly videoUrl?: string | undefined;
}

/** Props of the welcome card. */
export interface WelcomeProps {
  readonly survey: Survey;
  /** Draws a text in the language in force. */
  readonly rich: (text: Text | undefined) => ComponentChild;
}

/** Props of the list of languages. */
export interface LanguagesProps {
  readonly survey: Survey;
  /** The key of the language in force. */
  readonly language: string;
  readonly onChange: (language: string, code: string) => void;
}

/** Props of the link of an ending. */
export interface EndingLinkProps {
  readonly href: string;
  readonly label: string;
  /** Opens the link; undefined leaves it to the browser. */
  readonly open: ((url: string) => void) | undefined;
  /** What the link waits for before it leads away; undefined when every answer was sent. */
  readonly whenSent: () => Promise<void> | undefined;
}

/** The chunk `rich-content`: everything on a card beyond plain text, scores and the brand colour. */
export interface RichContent {
  /** The style sheet of everything below. */
  readonly css: string;
  /** Whether the page is dark, so that the card should be. */
  readonly isPageDark: () => boolean;
  /** Calls when the system's colour scheme changes. Returns an unsubscribe function. */
  readonly watchScheme: (listener: () => void) => () => void;
  /** Applies every styling field but the brand colour and the roundness. */
  readonly applyStyling: (box: HTMLElement, view: StyledSurvey, isDark: boolean) => void;
  /** Closes a modal dialog on its own Escape, and on a press outside when `closes` is set. */
  readonly watchOutside: (box: HTMLElement, closes: boolean, leave: (reason: CloseReason) => void) => void;
  /** Closes a survey that nobody uses for `seconds`. Returns a function that stops it; `onUse` is called on first use. */
  readonly closeUnused: (
    box: HTMLElement,
    seconds: number,
    onUse: () => void,
    leave: () => void,
  ) => () => void;
  /** Whether an answer submits its card without a click. */
  readonly autoProgresses: typeof autoProgresses;
  /** Creates the function that replaces recall tokens with answers, hidden fields and variables. */
  readonly createFill: (data: Answers, variables: Variables, locale: string | undefined) => Fill;
  /** A text as nodes: allowed tags only, recalled values always as plain text. */
  readonly drawText: (text: string, fill: Fill) => ComponentChild;
  /** The class that colours a score. */
  readonly toneOf: (score: number, last: number) => string;
  /** Draws the picture and the video above a headline. */
  readonly drawMedia: (props: MediaProps) => JSX.Element;
  /** Draws the content of the welcome card. */
  readonly drawWelcome: (props: WelcomeProps) => JSX.Element;
  /** Draws the list to choose another language from; null when the survey has none. */
  readonly drawLanguages: (props: LanguagesProps) => JSX.Element | null;
  /** Draws the link of an ending; null when its address isn't one of the web. */
  readonly drawEndingLink: (props: EndingLinkProps) => JSX.Element | null;
  /** Draws the bar of the time that is left before a survey closes by itself. */
  readonly drawCountdown: (seconds: number) => JSX.Element;
}

/** The chunk `logic`: what surveys with logic or with legacy questions need. */
export interface LogicFeature extends Required<Pick<Logic, 'runLogic'>> {
  readonly leaveCircle: LeaveCircle;
  /** The cards of a survey, legacy questions converted. */
  readonly blocksOf: (survey: Survey) => readonly Block[];
}

/** The chunk `rules`: what surveys with validation rules need. */
export interface Rules extends Required<Pick<Logic, 'findBroken' | 'tidyAnswer'>> {
  /** Draws the number of characters of a text and its limit. */
  readonly drawCounter: (text: string, max: number) => JSX.Element;
}

/**
 * The functions that one survey needs beyond the first chunk. `prepare` loads them, and `SurveyView` carries them to the
 * components; those of a chunk that the survey doesn't need are absent.
 */
export type Features = Partial<RichContent & LogicFeature & Rules>;
