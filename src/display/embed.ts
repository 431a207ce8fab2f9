import type { CloseReason } from '../api/close-reason.ts';
import { blocksOf } from '../core/survey/convert.ts';
import type { Answers, Settings, Survey } from '../core/survey/document.ts';
import { findStart, fromData } from '../core/survey/prefill.ts';
import { findUnsupported } from '../core/targeting/find-unsupported.ts';
import { chooseLanguage } from '../core/targeting/language.ts';
import { rethrow } from '../platform/rethrow.ts';
import type { OpenSurvey, SurveyView } from '../ui/contract.ts';
import { openSurvey, prepare, toCurrent, unable } from '../ui/index.tsx';
import { appendHost } from './host.ts';

/** One document to draw, without any targeting and without any request. */
export interface Embedding
  extends Pick<SurveyView, 'onStep'>,
    Partial<
      Pick<
        SurveyView,
        | 'upload'
        | 'hiddenFields'
        | 'skipPrefilled'
        | 'autoFocus'
        | 'isRedirectDisabled'
        | 'onLanguage'
        | 'onOpenLink'
        | 'isSent'
        | 'onSent'
      >
    > {
  /** Lists that older hosts leave out may be missing. */
  readonly survey: Survey;
  readonly settings: Settings;
  /** The parent element, in the page's flow; when left out, the survey is drawn over the page. */
  readonly container?: Element | undefined;
  /** The id of the host element, for a survey over the page. */
  readonly id?: string;
  /** The visitor's language, as a tag; the nearest language of the survey is used. */
  readonly language?: string | undefined;
  /** Answers in stored form, by element id. */
  readonly prefill?: Answers | undefined;
  /** The id of the element (or block) to begin at. */
  readonly startAt?: string | undefined;
  readonly onClose: (reason: CloseReason) => void;
}

/** The survey that is open over the page, if any: the next one replaces it. */
let popup: OpenSurvey | undefined;

/**
 * Draws a document in a container or over the page. Rejects with the reason when it can't be drawn; resolves to
 * undefined when drawing it has closed it at once.
 *
 * @example
 * await embed({ survey, settings, onStep: async () => {}, onClose: () => {} });
 */
export async function embed(given: Embedding): Promise<OpenSurvey | undefined> {
  const { settings, container, id, language, prefill, startAt, onClose, ...rest } = given;
  const survey = complete(await toCurrent(given.survey));
  const unsupported = findUnsupported(survey, false);
  if (unsupported !== undefined) throw unable(unsupported);
  const card = startAt && findStart(survey, startAt);
  const features = await prepare(survey, card, settings);
  if (!container) popup?.close('replaced');

  const host = appendHost(container);
  if (id && !container) host.id = id;

  const { key, code } = chooseLanguage(survey, language);
  const start = { trail: [], answers: {}, ttc: {}, variables: {}, finished: false, endingId: null };
  let isOpen = true;
  const view = openSurvey({
    hiddenFields: {},
    ...rest,
    ...{ host, survey, settings, features, language: key, locale: code, isInline: !!container },
    prefill: prefill && fromData(survey, prefill),
    progress: card ? { card, ...start } : undefined,
    onClose: (reason) => {
      isOpen = false;
      host.remove();
      if (popup === view) popup = undefined;
      onClose(reason);
    },
  });
  view.show();
  // A survey that fails while it is drawn has closed itself.
  if (!isOpen) return undefined;
  if (!container) popup = view;
  return view;
}

/** Completes a document: every list is there, and questions of the older model become blocks. */
function complete(survey: Survey): Survey {
  const questions = survey.questions ?? [];
  const endings = survey.endings ?? [];
  const variables = survey.variables ?? [];
  const languages = survey.languages ?? [];
  const welcomeCard = survey.welcomeCard ?? { enabled: false };
  const displayOption = survey.displayOption ?? 'respondMultiple';
  const blocks = blocksOf({ ...survey, questions, endings });
  return {
    ...survey,
    ...{ welcomeCard, displayOption, endings, variables, languages },
    blocks,
    questions: [],
  };
}

/** Calls a callback of the host; what that throws is reported as an error of the page, in a task of its own. */
export function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    rethrow(error);
  }
}
