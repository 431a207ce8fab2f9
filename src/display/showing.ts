import type { HiddenFields } from '../api/types.ts';
import type { Answers, Survey } from '../core/survey/document.ts';
import { acceptFields } from '../core/survey/hidden-fields.ts';
import type { Showing } from '../core/targeting/history.ts';
import type { ChosenLanguage } from '../core/targeting/language.ts';
import { nextSeq } from '../core/targeting/ledger.ts';
import type { newId } from '../platform/new-id.ts';
import type { Session } from '../session/session.ts';
import type { DeviceState } from '../session/state.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Step } from '../ui/contract.ts';

/** Why a survey opens, and what its answer starts with. */
export interface OpenReason {
  /** The name of the action that triggered it; empty when the site asked for it. */
  readonly action: string;
  readonly hiddenFields: HiddenFields;
  /** Continue this showing instead of beginning one. */
  readonly from?: Showing | undefined;
  /** The site asked for this very survey: no gates. */
  readonly isForced?: boolean;
}

/** Initial values of a showing. */
export interface Beginning {
  readonly survey: Survey;
  /** The language it begins in. */
  readonly language: ChosenLanguage;
  readonly cause: OpenReason;
}

/** Adds what the page attaches to every answer (client-api.md 6.2). */
export type FillHidden = (declared: Survey['hiddenFields'] | undefined, given: Answers) => Answers;

/** Dependencies of a new showing. */
export interface NewShowingDeps {
  readonly session: Pick<Session, 'who'>;
  readonly state: Pick<StoredRecord<Pick<DeviceState, 'userHash'>>, 'value'>;
  readonly newId: typeof newId;
  /** `meta.url` is the whole address instead of origin and path. */
  readonly isUrlFull: boolean;
  /** Completes a new showing's hidden fields, given those that `track` named and the survey declares. */
  readonly fillHidden?: FillHidden | undefined;
}

/** A showing as it begins: on screen at this moment, with nothing answered or delivered. */
export function newShowing(
  { session, state, isUrlFull, fillHidden, newId }: NewShowingDeps,
  { survey, language, cause }: Beginning,
): Showing {
  const now = Date.now();
  const { action, hiddenFields } = cause;
  const { href, origin, pathname, searchParams } = new URL(location.href);
  const given = acceptFields(survey.hiddenFields, hiddenFields);
  return {
    id: newId(),
    displayId: newId(),
    surveyId: survey.id,
    who: session.who(),
    userHash: state.value().userHash,
    shownAt: now,
    activeAt: now,
    seq: 1,
    ackedSeq: 0,
    finished: false,
    closed: false,
    language: language.key,
    languageCode: language.code,
    hiddenFields: fillHidden?.(survey.hiddenFields, given) ?? given,
    meta: {
      url: isUrlFull ? href : origin + pathname,
      source: searchParams.get('source') ?? undefined,
      action,
    },
  };
}

/** A showing after a card has been submitted at `now` (epoch ms). */
export function afterStep(showing: Showing, step: Step, now: number): Showing {
  const { progress, data: answers, language, locale: languageCode } = step;
  const { finished } = progress;
  const seq = nextSeq(showing, now);
  return { ...showing, progress, answers, finished, seq, activeAt: now, language, languageCode };
}
