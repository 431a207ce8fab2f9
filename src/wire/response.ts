import type { Answers } from '../core/survey/document.ts';

/** `POST …/displays` (client-api.md 3.2) with Inkling's additive client-made `id`. */
export interface WireDisplayRequest {
  readonly id?: string;
  readonly surveyId: string;
  readonly userId?: string;
  readonly contactId?: string;
}

/**
 * `POST …/responses` (client-api.md 3.4) with Inkling's additive `id` and `seq`.
 *
 * With an `id` the body carries the whole answer so far: an unknown id is inserted, a higher `seq` is merged,
 * an equal or lower one changes nothing.
 */
export interface WireResponseRequest {
  readonly id?: string;
  readonly seq?: number;
  readonly surveyId: string;
  readonly displayId?: string | null;
  readonly userId?: string | null;
  readonly contactId?: string | null;
  readonly finished: boolean;
  readonly data: Answers;
  readonly variables?: Readonly<Record<string, string | number>>;
  /** Milliseconds per element. */
  readonly ttc?: Readonly<Record<string, number>>;
  readonly language?: string;
  readonly endingId?: string | null;
  readonly meta?: { readonly url?: string; readonly source?: string; readonly action?: string };
}
