import { embed, tell } from '../display/embed.ts';
import type { SurveyPost } from '../outbox/survey-post.ts';
import { reportMistake } from '../platform/report.ts';
import { sendingOf } from './host-sending.ts';
import { postFor, stopLater, uploadFor } from './server-post.ts';
import { documentOf, type SurveyProps, settingsOf } from './survey-props.ts';
import { describePage, toUpdate } from './survey-update.ts';

/** `window.formbricksSurveys`: draws one document, without any targeting, for mobile SDKs' web views. */
export interface FormbricksSurveys {
  readonly renderSurvey: (props: SurveyProps) => void;
  readonly renderSurveyInline: (props: SurveyProps) => void;
  readonly renderSurveyModal: (props: SurveyProps) => void;
  readonly setNonce: (nonce: string | undefined) => void;
  /** Does nothing; mobile SDKs call it. */
  readonly onFilePick: () => void;
}

/** The original's core takes a survey off the screen by removing this id. */
const MODAL_ID = 'formbricks-modal-container';

async function draw(props: SurveyProps): Promise<void> {
  const container = containerOf(props);
  const hiddenFields = props.hiddenFieldsRecord ?? {};
  const meta = describePage(props.action);
  let post: SurveyPost | undefined;
  let isFirst = true;
  const view = await embed({
    survey: documentOf(props),
    settings: settingsOf(props),
    container,
    id: MODAL_ID,
    language: props.languageCode,
    hiddenFields,
    upload: uploadFor(props),
    prefill: props.prefillResponseData,
    skipPrefilled: props.skipPrefilled,
    startAt: props.startAtQuestionId ?? props.startAtBlockId,
    autoFocus: props.autoFocus ?? parent === window,
    isRedirectDisabled: props.isRedirectDisabled,
    onOpenLink: props.onOpenExternalURL,
    ...sendingOf(props),
    onLanguage: (code) => tell(() => props.onLanguageChange?.(code ?? 'default')),
    onStep: async (step) => {
      const { progress, data, locale: language } = step;
      post?.answer({ data, progress, language });
      tell(() => props.onResponse?.(toUpdate(step, { hiddenFields, meta })));
      if (isFirst) tell(() => props.onResponseCreated?.());
      isFirst = false;
      if (!progress.finished) return;
      if (!post) tell(() => props.onFinished?.());
      parent.postMessage('formbricksSurveyCompleted', '*');
    },
    onClose: () => {
      void stopLater(post);
      tell(() => props.onClose?.());
    },
  });
  // What can't be drawn closes itself, and wasn't shown.
  if (!view) return;
  post = postFor(props, meta);
  tell(() => props.onDisplay?.());
  if (!post) tell(() => props.onDisplayCreated?.());
}

/** The element of an inline survey; undefined for one that opens over the page. Throws when it isn't there. */
function containerOf(props: SurveyProps): Element | undefined {
  if (props.mode !== 'inline') return undefined;
  const container = document.getElementById(props.containerId ?? '');
  if (!container) throw new Error(`there is no element with the id ${props.containerId}`);
  return container;
}

/** Draws, or reports in one line why not and lets the host go on. */
async function drawSafely(props: SurveyProps): Promise<void> {
  try {
    await draw(props);
  } catch (error) {
    reportMistake(`the survey is not shown: ${error instanceof Error ? error.message : error}`);
    tell(() => props?.onClose?.());
  }
}

/** The mobile renderer; the host gets results through its callbacks only. */
export const surveys: FormbricksSurveys = {
  renderSurvey: (props) => void drawSafely(props),
  renderSurveyInline: (props) => void drawSafely({ ...props, mode: 'inline' }),
  renderSurveyModal: (props) => void drawSafely({ ...props, mode: 'modal' }),
  // Not needed here, since no style element is made; other scripts of the host may read it.
  setNonce: (nonce) => {
    (window as { __formbricksNonce?: string | undefined }).__formbricksNonce = nonce;
  },
  onFilePick: () => {},
};
