import type { Answers } from '../core/survey/document.ts';

/** `POST …/displays` (client-api.md 3.2) with Inkling's additive client-made `id`. */
export interface WireDisplayRequest {
  readonly id?: string | undefined;
  readonly surveyId: string;
  readonly userId?: string | undefined;
  readonly contactId?: string | undefined;
  /** Proof of the user id, or of that of the contact (client-api.md 4.7). */
  readonly userHash?: string | null | undefined;
}

/**
 * `POST …/responses` (client-api.md 3.4) with Inkling's additive `id` and `seq`.
 *
 * With an `id` the body contains the whole response so far: an unknown id is inserted, a higher `seq` is merged,
 * an equal or lower one changes nothing.
 */
export interface WireResponseRequest {
  readonly id?: string | undefined;
  readonly seq?: number | undefined;
  readonly surveyId: string;
  readonly displayId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly contactId?: string | null | undefined;
  /** As in a display. */
  readonly userHash?: string | null | undefined;
  readonly finished: boolean;
  readonly data: Answers;
  readonly variables?: Readonly<Record<string, string | number>> | undefined;
  /** Milliseconds per element. */
  readonly ttc?: Readonly<Record<string, number>> | undefined;
  readonly language?: string | undefined;
  readonly endingId?: string | null | undefined;
  readonly meta?:
    | { readonly url?: string | undefined; readonly source?: string | undefined; readonly action?: string }
    | undefined;
}
