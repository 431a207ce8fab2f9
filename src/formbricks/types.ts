import type { IdentifyOptions } from '../api/types.ts';
import type { EmbeddedInput } from './embedded-data.ts';

/** Options of `setup` and `init`, under the names of every generation (client-api.md 6.1). */
export interface DropInOptions {
  readonly workspaceId?: string;
  /** The older name; `workspaceId` wins. */
  readonly environmentId?: string;
  readonly appUrl?: string;
  /** The older name of `appUrl`. */
  readonly apiHost?: string;
  readonly userId?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Payloads of the events, by name (client-api.md 6.2). */
export interface DropInPayloads {
  formbricks_setup_successful: { workspaceId: string };
  formbricks_action_tracked: { action: string };
  formbricks_survey_shown: { surveyId: string };
  /** Twice per response: with its first answer, and when it is complete; each time once the server has it. */
  formbricks_response_submitted: { surveyId: string; responseId: string; finished: boolean };
  formbricks_survey_closed: { surveyId: string };
}

/** The name of an event. */
export type DropInEvent = keyof DropInPayloads;
/** A listener. What it throws is reported as the page's own error and stops no other listener. */
export type DropInHandler<N extends DropInEvent> = (payload: DropInPayloads[N]) => void;

/** `window.formbricks` (client-api.md 6.2). Promises settle once a command is queued, and never reject. */
export interface DropIn {
  readonly setup: (options: DropInOptions) => Promise<void>;
  /** The older name of `setup`. */
  readonly init: (options: DropInOptions) => Promise<void>;
  /** `userHash` is Inkling's: where the environment requires proof of a user id. */
  readonly setUserId: (userId: string, options?: IdentifyOptions) => Promise<void>;
  readonly setEmail: (email: string) => Promise<void>;
  readonly setAttribute: (key: string, value: unknown) => Promise<void>;
  readonly setAttributes: (attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly setLanguage: (language: string) => Promise<void>;
  readonly track: (code: string, properties?: { readonly hiddenFields?: object }) => Promise<void>;
  readonly logout: () => Promise<void>;
  /** The older name of `logout`. */
  readonly reset: () => Promise<void>;
  /** Does nothing: every change of the address is noticed anyway. */
  readonly registerRouteChange: () => Promise<void>;
  readonly setNonce: (nonce: string | undefined) => void;
  readonly on: <N extends DropInEvent>(event: N, handler: DropInHandler<N>) => () => void;
  readonly off: <N extends DropInEvent>(event: N, handler: DropInHandler<N>) => void;
  readonly setEmbeddedData: (data: EmbeddedInput) => Promise<void>;
  /** Without any argument everything is removed; an argument that is undefined removes nothing. */
  readonly clearEmbeddedData: (...key: readonly [] | readonly [key: string]) => Promise<void>;
  /** Undefined: there is none, but older pages call this. */
  readonly getApi: () => undefined;
}
