import { embed, tell } from '../display/embed.ts';
import { request } from '../net/request.ts';
import { uploadFile } from '../net/upload.ts';
import { type PostTarget, type SurveyPost, startPost } from '../outbox/survey-post.ts';
import { stringify } from '../platform/json.ts';
import { reportMistake } from '../platform/report.ts';
import type { SurveyView } from '../ui/contract.ts';
import type { Upload } from '../wire/upload.ts';
import { documentOf, type SurveyProps, type SurveyUpdate, settingsOf } from './survey-props.ts';

/** `window.formbricksSurveys`: draws one document, without any targeting, for mobile SDKs' web views. */
export interface FormbricksSurveys {
  readonly renderSurvey: (props: SurveyProps) => void;
  readonly renderSurveyInline: (props: SurveyProps) => void;
  readonly renderSurveyModal: (props: SurveyProps) => void;
  readonly setNonce: (nonce: string | undefined) => void;
  /** Nothing to do; mobile SDKs call it. */
  readonly onFilePick: () => void;
}

/** The original's core takes a survey off the screen by removing this id. */
const MODAL_ID = 'formbricks-modal-container';

async function draw(props: SurveyProps): Promise<void> {
  const isInline = props.mode === 'inline';
  const container = isInline ? document.getElementById(props.containerId ?? '') : undefined;
  if (container === null) throw new Error(`there is no element with the id ${props.containerId}`);
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
    onStep: async ({ progress, data, elementIds, locale: language }) => {
      post?.answer({ data, progress, language });
      const { ttc, finished, variables, endingId } = progress;
      const own = Object.entries(data).filter(([id]) => elementIds.includes(id));
      const update: SurveyUpdate = {
        ...{ data: Object.fromEntries(own), ttc, finished, language, variables, endingId },
        ...{ hiddenFields, meta },
      };
      tell(() => props.onResponse?.(update));
      if (isFirst) tell(() => props.onResponseCreated?.());
      isFirst = false;
      if (!finished) return;
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

/** What the host says of its own sending, for the ending; nothing where it says nothing. */
function sendingOf(props: SurveyProps): Pick<SurveyView, 'isSent' | 'onSent'> {
  const { getSetIsResponseSendingFinished: giveFinished, getSetIsError: giveError } = props;
  if (!giveFinished && !giveError) return {};
  let isSent = !giveFinished;
  let listener = (): void => {};
  const set = (value: boolean): void => {
    isSent = value;
    listener();
  };
  tell(() => giveFinished?.(set));
  tell(() => giveError?.((isError) => set(!isError)));
  return {
    isSent: () => isSent,
    onSent: (heard) => {
      listener = heard;
      return () => {
        listener = () => {};
      };
    },
  };
}

/** Starts telling the server, where there is one to tell. */
function postFor(props: SurveyProps, meta: SurveyUpdate['meta']): SurveyPost | undefined {
  const { contactId, userId, singleUseId } = props;
  const target = targetOf(props);
  if (!target) return undefined;
  const post = startPost(
    {
      ...target,
      ...{ contactId: contactId ?? undefined, userId: userId ?? undefined },
      ...{ singleUseId: singleUseId ?? undefined, meta },
    },
    {
      onDisplayed: () => tell(() => props.onDisplayCreated?.()),
      onDelivered: (finished) => {
        if (finished) tell(() => props.onFinished?.());
      },
      onRefused: (code) => reportMistake(`the server refused what survey ${props.survey.id} sent: ${code}`),
    },
  );
  addEventListener('pagehide', post.flush);
  return post;
}

/** Where files go; where there is no server they stay in the answer. */
function uploadFor(props: SurveyProps): Upload | undefined {
  const target = targetOf(props);
  if (!target) return undefined;
  const { appUrl, environmentId, surveyId } = target;
  const api = `${appUrl}/api/v1/client/${environmentId}`;
  return (file) => uploadFile({ api, surveyId, request, stringify }, file);
}

/** Which server is told, if any. */
function targetOf(props: SurveyProps): Pick<PostTarget, 'appUrl' | 'environmentId' | 'surveyId'> | undefined {
  const { appUrl, workspaceId, isPreviewMode } = props;
  const environmentId = workspaceId || props.environmentId;
  if (!appUrl || !environmentId || isPreviewMode) return undefined;
  return { appUrl: appUrl.replace(/\/$/, ''), environmentId, surveyId: props.survey.id };
}

/** What is still under way when the survey has closed leaves with the page, too. */
async function stopLater(post: SurveyPost | undefined): Promise<void> {
  if (!post) return;
  await post.drained();
  removeEventListener('pagehide', post.flush);
}

/** A web view that was loaded from a text has no address to tell. */
function describePage(action: string | undefined): SurveyUpdate['meta'] {
  const { protocol, origin, pathname, search } = location;
  const source = new URLSearchParams(search).get('source');
  return {
    ...(/^https?:$/.test(protocol) && { url: origin + pathname }),
    ...(source !== null && { source }),
    ...(action !== undefined && { action }),
  };
}

/** Draws, or says in one line why not and lets the host go on. */
async function drawSafely(props: SurveyProps): Promise<void> {
  try {
    await draw(props);
  } catch (error) {
    reportMistake(`the survey is not shown: ${error instanceof Error ? error.message : error}`);
    tell(() => props?.onClose?.());
  }
}

/** The mobile renderer; whoever calls it hears of nothing but its callbacks. */
export const surveys: FormbricksSurveys = {
  renderSurvey: (props) => void drawSafely(props),
  renderSurveyInline: (props) => void drawSafely({ ...props, mode: 'inline' }),
  renderSurveyModal: (props) => void drawSafely({ ...props, mode: 'modal' }),
  // Nothing here needs one, since no style element is made; other scripts of the host may read it.
  setNonce: (nonce) => {
    (window as { __formbricksNonce?: string | undefined }).__formbricksNonce = nonce;
  },
  onFilePick: () => {},
};
