import type { ActionClass, Settings, Survey } from '../core/survey/document.ts';

/** The state that all visitors of an environment share (client-api.md 3.1). */
export interface WireEnvironment {
  readonly surveys: readonly Survey[];
  readonly actionClasses: readonly ActionClass[];
  /** The settings; `project` is the same object for older SDKs. */
  readonly workspace: Settings;
  readonly project: Settings;
  /** Set by Inkling's own server: responses may be posted with a client-made id and `seq`. */
  readonly inkling?: 1;
  readonly recaptchaSiteKey?: string;
}

/** `GET /api/v1/client/{id}/environment`. */
export interface WireEnvironmentReply {
  readonly data: { readonly data: WireEnvironment; readonly expiresAt: string };
}
