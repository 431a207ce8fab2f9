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

/** Options of `setup`; the script tag's `data-` attributes carry the same names. */
export interface SetupOptions {
  /** Lowercase letters and digits. */
  readonly environmentId: string;
  /** The server's address, `https://…`; a trailing slash is ignored. */
  readonly appUrl: string;
  /** Identifies this person at the start, as `identify` does. */
  readonly userId?: string | undefined;
  /** The proof of that user id, as `identify` takes it. */
  readonly userHash?: string | undefined;
  /** The visitor's language, as `setLanguage` takes it. */
  readonly language?: string | undefined;
  /** `full`: `meta.url` of a response is the whole address; otherwise origin and path. */
  readonly url?: string | undefined;
  /**
   * `required`: nothing is stored or sent until `consent('granted')`, to be called on each page; `denied` erases what an
   * earlier page stored. Left out, Global Privacy Control decides: while it is on, nobody is identified and nothing is
   * stored (architecture.md 5.11).
   */
  readonly consent?: Consent | undefined;
  /** Opens the debug panel, as `?inkling-debug=1` in the page's address does. */
  readonly debug?: boolean | undefined;
  /** Seconds after the start in which no survey opens by itself. Default 0. */
  readonly quiet?: number | undefined;
  /** Inspects, changes or drops every request body before it is sent. */
  readonly beforeSend?: BeforeSend | undefined;
}

/** Options of `identify`. */
export interface IdentifyOptions {
  /**
   * Proof that the site knows this visitor: HMAC-SHA256 of the user id with the environment's secret, in lower-case hex,
   * computed on the site's server. Needed where the environment requires it.
   */
  readonly userHash?: string | undefined;
}

/** The visitor's consent, as the site knows it. */
export type Consent = 'required' | 'granted' | 'denied';

/** A problem that keeps the snippet from working; the `error` event carries the same code and message. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Why a survey may or may not open now. */
export interface Explanation {
  readonly surveyId: string;
  /** Whether every gate passes. */
  readonly show: boolean;
  /** The language it would be shown in; undefined for a survey that names none. */
  readonly language: string | undefined;
  /** The result of each gate with the values it used, in the order they are asked. */
  readonly gates: readonly Gate[];
  /** The problem that keeps everything from working; then there may be one entry with an empty `surveyId`. */
  readonly problem?: Problem | undefined;
}

/** The result of `state()`: everything that decisions are made from, without any answer. */
export interface ClientState {
  readonly environmentId: string;
  /** The person identified; null for nobody. */
  readonly userId: string | null;
  /** The visitor's language, by the site or the server; undefined while neither has set one. */
  readonly language: string | undefined;
  /** Ids of the segments that the person is in; empty while that isn't known. */
  readonly segments: readonly string[];
  /** Epoch ms until which the environment is not requested again; undefined before the first reply. */
  readonly environmentFreshUntil: number | undefined;
  /** The same for the person's state. */
  readonly userFreshUntil: number | undefined;
  /** Whether IndexedDB keeps the state; otherwise it is lost with the page. */
  readonly isPersistent: boolean;
  /** Ids of the environment's surveys. */
  readonly surveys: readonly string[];
  /** The surveys shown on this device, oldest first. */
  readonly showings: readonly ShowingSummary[];
  /** Surveys whose delay is running, with the time at which they may open (epoch ms). */
  readonly due: readonly { readonly surveyId: string; readonly dueAt: number }[];
}

/** A visitor's answer to a document that the page drew by `render`. */
export interface RenderedAnswer {
  /** All answers so far, in stored form, hidden fields included. */
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

/** Options of `render`. */
export interface RenderOptions {
  /** An element, or a selector of one, in which the survey is drawn, in the page's flow. Left out, it opens over the page. */
  readonly container?: Element | string | undefined;
  /** A BCP 47 tag: the nearest language of the document is used, or its default where none is near. */
  readonly language?: string | undefined;
  /** Values of fields that the document declares. */
  readonly hiddenFields?: HiddenFields | undefined;
  /** Answers to begin with, by element id, in stored form: labels or ids of choices, numbers, texts. */
  readonly prefill?: Readonly<Record<string, AnswerValue>> | undefined;
  /** A card whose elements are all prefilled, and validly, submits itself. */
  readonly skipPrefilled?: boolean | undefined;
  /** The id of the element, or of the block, to begin at. */
  readonly startAt?: string | undefined;
  /** Called after each submitted card. */
  readonly onAnswer?: ((answer: RenderedAnswer) => void) | undefined;
  /** Called once, after the last card. */
  readonly onFinish?: ((answer: RenderedAnswer) => void) | undefined;
  /** Called once, after the survey has left the screen. */
  readonly onClose?: ((reason: CloseReason) => void) | undefined;
}

/** A document that `render` has drawn. */
export interface RenderedSurvey {
  /** Removes it from the screen. Does nothing when it is gone already. */
  readonly close: () => void;
}

/**
 * `window.inkling` and the npm export (architecture.md 4). No call rejects or throws, and every promise settles within 1 s
 * when the server is away: what was asked for then goes on. A wrong call is reported by an `error` event and one line on
 * the console.
 */
export interface Inkling {
  /** Starts the client for one environment. A second call does nothing; one for another environment is reported. */
  setup: (options: SetupOptions) => Promise<void>;
  /**
   * Identifies the visitor, with attributes. Calls of one task make one request, and the last user id wins; a call that
   * changes nothing while the state is fresh sends nothing. Another person than before: the open survey closes.
   */
  identify: (userId: string, attributes?: Attributes, options?: IdentifyOptions) => Promise<void>;
  /** Sets attributes of the person identified. Set while nobody is, they wait in memory for the next `identify`. */
  setAttributes: (attributes: Attributes) => Promise<void>;
  /**
   * Sets the visitor's language, a BCP 47 tag. Set while nobody is identified, it is kept on this device and gives way to
   * the one that the server has of the person.
   */
  setLanguage: (language: string) => Promise<void>;
  /** Fires a code action, by its key. `hiddenFields` are values for the survey that it opens. */
  track: (action: string, options?: { hiddenFields?: HiddenFields }) => Promise<void>;
  /** Opens a survey now, ignoring its targeting, unless one is open. */
  showSurvey: (surveyId: string) => Promise<void>;
  /** Closes the open survey, as the visitor does by its button. */
  closeSurvey: () => Promise<void>;
  /**
   * Draws any survey document, in a container or over the page: no server is asked and nothing is stored; the answers go
   * to `onAnswer` and `onFinish`. Works before `setup`. Undefined, and one line on the console, when it can't be drawn. If
   * its script takes longer than 1 s it is drawn later, unless `close` is called before.
   */
  render: (document: object, options?: RenderOptions) => Promise<RenderedSurvey | undefined>;
  /**
   * Sets the visitor's consent. `granted` starts what `consent: 'required'` held back, with the calls made meanwhile;
   * `denied` closes the survey, erases everything and ignores further calls. Consent is never stored: set it on each page.
   */
  consent: (answer: 'granted' | 'denied') => Promise<void>;
  /** Forgets who is identified and closes the open survey. The surveys shown on this device stay known. */
  logout: () => Promise<void>;
  /** The same as `logout`. */
  reset: () => Promise<void>;
  /** Erases everything that Inkling keeps on this device for this environment. */
  forget: () => Promise<void>;
  /** Explains why each survey, or the one given, may or may not open now. At once. */
  explain: (surveyId?: string) => readonly Explanation[];
  /** Returns the state that decisions are made from; undefined until `setup` has started. At once. */
  state: () => ClientState | undefined;
  /** Subscribes to an event; returns an unsubscribe function. */
  on: <N extends EventName>(event: N, handler: Handler<N>) => () => void;
  /** Stops everything, closes the open survey and restores the page. `setup` may be called again. At once. */
  destroy: () => void;
  /** Settles when the first decision is possible: once the environment is known. */
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
 * `window.inkling`: the stub until the script has run, then the client. The stub queues calls and returns undefined;
 * members that it can't queue exist once `version` does.
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
    /** The host element of an open survey, at the end of `<body>`, with an open shadow root. */
    'inkling-survey': HTMLElement;
  }
}
