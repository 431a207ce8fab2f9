import type { Answers, Overlay, Placement, Settings, Styling, Survey } from '../core/survey/document.ts';
import { stringify } from '../platform/json.ts';

/** A submitted card as the host gets it (client-api.md 6.15). */
export interface SurveyUpdate {
  /** The answers of this card alone. */
  readonly data: Answers;
  /** Milliseconds per element, all cards so far. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly finished: boolean;
  /** The language's code; undefined for a survey that names none. */
  readonly language: string | undefined;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly endingId: string | null;
  readonly hiddenFields: Answers;
  readonly meta: { readonly url?: string; readonly source?: string; readonly action?: string };
}

/**
 * Props of `renderSurvey`: those of survey-model.md 3.10 that this version uses; others are accepted and ignored. The
 * styling is the host's decision: the document's own overrides are not applied.
 */
export interface SurveyProps {
  readonly survey: Survey;
  /** The styling in force. */
  readonly styling?: Styling | null;
  /** `default`, or the code of one of the survey's languages. */
  readonly languageCode?: string;
  readonly isBrandingEnabled?: boolean;
  readonly placement?: Placement;
  readonly overlay?: Overlay;
  /** The older form of `overlay`. */
  readonly darkOverlay?: boolean;
  readonly clickOutside?: boolean;
  readonly mode?: 'modal' | 'inline';
  /** The id of the element that an inline survey is drawn in. */
  readonly containerId?: string;
  /** Without it and an environment nothing is sent: the host gets everything through the callbacks. */
  readonly appUrl?: string;
  readonly workspaceId?: string;
  /** The older name; `workspaceId` wins. */
  readonly environmentId?: string;
  readonly contactId?: string | null;
  readonly userId?: string | null;
  readonly singleUseId?: string | null;
  readonly action?: string;
  readonly hiddenFieldsRecord?: Answers;
  /** Answers in stored form, by element id. */
  readonly prefillResponseData?: Answers;
  /** A card whose elements all have such an answer submits itself. */
  readonly skipPrefilled?: boolean;
  /** Begins at the card with this element. */
  readonly startAtQuestionId?: string;
  /** Begins at this card; the element wins. */
  readonly startAtBlockId?: string;
  /** An inline survey takes the focus: by itself only where the page is no frame. */
  readonly autoFocus?: boolean;
  /** An ending that redirects shows a text instead. */
  readonly isRedirectDisabled?: boolean;
  /** Number of responses so far, which a welcome card may show. */
  readonly responseCount?: number;
  /** Nothing is sent. */
  readonly isPreviewMode?: boolean;
  /** Called with a setter for whether the host has sent everything; the ending may show that it hasn't. */
  readonly getSetIsResponseSendingFinished?: (set: (isFinished: boolean) => void) => void;
  /** Called with a setter for whether sending has failed. */
  readonly getSetIsError?: (set: (isError: boolean) => void) => void;
  /** The survey is on screen. */
  readonly onDisplay?: () => void;
  /** The server knows that it was shown; at once where nothing is sent. */
  readonly onDisplayCreated?: () => void;
  /** A card was submitted. */
  readonly onResponse?: (update: SurveyUpdate) => void;
  /** The first card was submitted. Once. */
  readonly onResponseCreated?: () => void;
  /** The survey is complete and the server has it; at once where nothing is sent. Once. */
  readonly onFinished?: () => void;
  /** Stores a file and returns its address. Without it a file goes to the server, where there is one. */
  readonly onFileUpload?: (
    file: { readonly type: string; readonly name: string; readonly base64: string },
    config?: { readonly allowedFileExtensions?: readonly string[]; readonly surveyId?: string },
  ) => Promise<string>;
  /** Opens an address outside of the survey. */
  readonly onOpenExternalURL?: (url: string) => void;
  /** The visitor chose another language. */
  readonly onLanguageChange?: (code: string) => void;
  /** The survey has left the screen. Once. */
  readonly onClose?: () => void;
}

/** The settings that the props describe. */
export function settingsOf(props: SurveyProps): Settings {
  const { overlay, darkOverlay, placement, clickOutside, isBrandingEnabled, styling } = props;
  return {
    id: '',
    recontactDays: 0,
    clickOutsideClose: clickOutside ?? false,
    overlay: props.mode === 'inline' ? 'none' : (overlay ?? (darkOverlay ? 'dark' : 'none')),
    placement: placement ?? 'bottomRight',
    inAppSurveyBranding: isBrandingEnabled ?? true,
    styling: styling ?? {},
  };
}

/** The document without its own styling, with the host's number of responses and with complete addresses of files. */
export function documentOf({ survey, appUrl = '', responseCount }: SurveyProps): Survey {
  const { welcomeCard } = survey;
  const whole: Survey = {
    ...survey,
    ...(welcomeCard && responseCount !== undefined && { welcomeCard: { ...welcomeCard, responseCount } }),
    ...{ styling: null, workspaceOverwrites: null },
  };
  const text = stringify(whole);
  // Files that are stored on the server are named without its address.
  return appUrl ? JSON.parse(text.replaceAll('"/storage/', `"${appUrl.replace(/\/$/, '')}/storage/`)) : whole;
}
