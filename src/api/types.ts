import type { Answers, AnswerValue } from '../core/survey/document.ts';
import type { Gate } from '../core/targeting/gates.ts';
import type { ShowingSummary } from '../core/targeting/ledger.ts';
import type { BeforeSend } from '../net/before-send.ts';
import type { AttributeValue } from '../wire/user.ts';
import type { CloseReason } from './close-reason.ts';
import type { EventName, Handler } from './events.ts';

/** Attributes by key. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Values of a survey's hidden fields. */
export type HiddenFields = Readonly<Record<string, string>>;

/** What `setup` takes; the script tag's `data-` attributes carry the same names. */
export interface SetupOptions {
  readonly environmentId: string;
  /** Where the server is, without a trailing slash. */
  readonly appUrl: string;
  readonly userId?: string | undefined;
  readonly language?: string | undefined;
  /** `full`: `meta.url` of a response carries query and hash too. */
  readonly url?: string | undefined;
  /**
   * `required`: nothing is stored or sent until `consent('granted')`, to be said on each page; `denied` erases what an
   * earlier page stored. Left out, Global Privacy Control decides (design.md 5.11).
   */
  readonly consent?: Consent | undefined;
  /** Opens the debug panel, as `?inkling-debug=1` in the page's address does. */
  readonly debug?: boolean | undefined;
  /** Seconds after the start in which nothing opens by itself. */
  readonly quiet?: number | undefined;
  /** Sees, changes or drops every body before it leaves the page. */
  readonly beforeSend?: BeforeSend | undefined;
}

/** What a site says about its visitor's consent. */
export type Consent = 'required' | 'granted' | 'denied';

/** What keeps the snippet from working, with the fix; `code` is also that of the `error` event. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Why one survey may or may not open now. */
export interface Explanation {
  readonly surveyId: string;
  readonly show: boolean;
  /** The language it would be shown in; undefined for a survey that names none. */
  readonly language: string | undefined;
  readonly gates: readonly Gate[];
  /** Why nothing works at all, or no longer does; then there may be one entry without a survey. */
  readonly problem?: Problem | undefined;
}

/** What `state()` tells: everything the snippet goes by, without any answer. */
export interface ClientState {
  readonly environmentId: string;
  readonly userId: string | null;
  readonly language: string | undefined;
  readonly segments: readonly string[];
  /** Epoch ms until which nothing is asked again; undefined before the first reply. */
  readonly environmentFreshUntil: number | undefined;
  readonly userFreshUntil: number | undefined;
  /** Whether IndexedDB keeps it; else it lasts as long as the page. */
  readonly isPersistent: boolean;
  readonly surveys: readonly string[];
  readonly showings: readonly ShowingSummary[];
  /** Surveys whose delay is running. */
  readonly due: readonly { readonly surveyId: string; readonly dueAt: number }[];
}

/** What a visitor has answered to a document that the page drew itself. */
export interface RenderedAnswer {
  /** Everything so far, in stored form, hidden fields included. */
  readonly data: Answers;
  /** The elements of the card that was submitted. */
  readonly elementIds: readonly string[];
  readonly variables: Readonly<Record<string, string | number>>;
  /** Milliseconds per element. */
  readonly ttc: Readonly<Record<string, number>>;
  readonly finished: boolean;
  /** The ending shown, once finished. */
  readonly endingId: string | null;
  /** The language's code; undefined for a document that names none. */
  readonly language: string | undefined;
}

/** How `render` draws a document. */
export interface RenderOptions {
  /** An element, or a selector of one: the survey stands in there, in the page's flow. Left out, it opens over the page. */
  readonly container?: Element | string | undefined;
  /** BCP 47; the document's nearest is taken, its default where there is none. */
  readonly language?: string | undefined;
  /** Values of fields that the document declares. */
  readonly hiddenFields?: HiddenFields | undefined;
  /** Answers to begin with, by element id, in stored form: labels or ids of choices, numbers, texts. */
  readonly prefill?: Readonly<Record<string, AnswerValue>> | undefined;
  /** A card whose elements are all prefilled, and validly, submits itself. */
  readonly skipPrefilled?: boolean | undefined;
  /** The id of the element, or of the block, to begin at. */
  readonly startAt?: string | undefined;
  /** A card was submitted. */
  readonly onAnswer?: ((answer: RenderedAnswer) => void) | undefined;
  /** The last card was submitted. Once. */
  readonly onFinish?: ((answer: RenderedAnswer) => void) | undefined;
  /** It has left the screen. Once. */
  readonly onClose?: ((reason: CloseReason) => void) | undefined;
}

/** A document on screen. */
export interface RenderedSurvey {
  /** Takes it off the screen. Harmless when it is gone already. */
  readonly close: () => void;
}

/** `window.inkling` and the npm export: see design.md 4 for the contract. No call rejects or throws. */
export interface Inkling {
  /** Starts the client for one environment. A second call does nothing. */
  setup: (options: SetupOptions) => Promise<void>;
  /** Says who is here. Calls of one task make one request; what changes nothing sends nothing. */
  identify: (userId: string, attributes?: Attributes) => Promise<void>;
  /** Attributes of whoever is here. Set while nobody is identified, they wait for the next `identify`. */
  setAttributes: (attributes: Attributes) => Promise<void>;
  /** The visitor's language, as a BCP 47 tag. */
  setLanguage: (language: string) => Promise<void>;
  /** Tells that a code action happened, by its key. */
  track: (action: string, options?: { hiddenFields?: HiddenFields }) => Promise<void>;
  /** Opens a survey whatever the gates say, unless one is open. */
  showSurvey: (surveyId: string) => Promise<void>;
  /** Closes the open survey. */
  closeSurvey: () => Promise<void>;
  /**
   * Draws any survey document, in a container or over the page: no server is asked, nothing is stored, the answers go
   * to `onAnswer` and `onFinish`. Works before `setup`. Gives undefined, and one line on the console, when it can't be
   * drawn.
   */
  render: (document: object, options?: RenderOptions) => Promise<RenderedSurvey | undefined>;
  /**
   * What the visitor said. `granted` starts what `consent: 'required'` held back; `denied` closes the survey, erases
   * everything and stays silent. Consent itself is never stored: say it on each page.
   */
  consent: (answer: 'granted' | 'denied') => Promise<void>;
  /** Nobody is here any more. What was shown on this device stays known. */
  logout: () => Promise<void>;
  /** The same as `logout`. */
  reset: () => Promise<void>;
  /** Erases everything Inkling keeps on this device. */
  forget: () => Promise<void>;
  /** Why each survey, or one, would or would not open now. */
  explain: (surveyId?: string) => readonly Explanation[];
  /** What the client goes by; undefined before `setup`. */
  state: () => ClientState | undefined;
  /** Subscribes; gives what ends the subscription. */
  on: <N extends EventName>(event: N, handler: Handler<N>) => () => void;
  /** Stops listening and delivering, closes the open survey and leaves the page as it was. `setup` may follow. */
  destroy: () => void;
  /** Settles when the first decision is possible. */
  readonly ready: Promise<void>;
  /** The version of the package. */
  readonly version: string;
}

/** The calls of the client that can be made by name. */
export type MethodName = Exclude<keyof Inkling, 'ready' | 'version'>;

/** The calls that the stub of the script tag knows as methods too. */
type StubMethodName = Exclude<MethodName, 'explain' | 'state' | 'destroy' | 'on'>;

/** The client as a function: `inkling('identify', 'u1', { plan: 'free' })`. Undefined while it is only queued. */
export interface CallByName {
  <N extends EventName>(method: 'on', event: N, handler: Handler<N>): (() => void) | undefined;
  <M extends Exclude<MethodName, 'on'>>(
    method: M,
    ...args: Parameters<Inkling[M]>
  ): ReturnType<Inkling[M]> | undefined;
}

/**
 * `window.inkling`: the stub until the script has run, then the client. The stub queues what it is told and answers
 * undefined; what it can't queue is there once `version` is.
 *
 * @example
 * window.inkling?.('identify', 'user-42', { plan: 'pro' });
 * window.inkling?.on('survey-finished', ({ surveyId }) => {});
 */
export type InklingGlobal = CallByName & {
  readonly [M in StubMethodName]: (...args: Parameters<Inkling[M]>) => ReturnType<Inkling[M]> | undefined;
} & {
  readonly on: <N extends EventName>(event: N, handler: Handler<N>) => (() => void) | undefined;
} & Partial<Pick<Inkling, 'explain' | 'state' | 'destroy' | 'ready' | 'version'>>;

declare global {
  interface Window {
    /** Undefined on a page without the script tag or its stub. */
    inkling?: InklingGlobal;
  }
  interface HTMLElementTagNameMap {
    /** The host of an open survey, at the end of `<body>`, with an open shadow root. */
    'inkling-survey': HTMLElement;
  }
}
