import { findUnsupported } from './core/targeting/find-unsupported.ts';
import { chooseLanguage } from './core/targeting/language.ts';
import { type SurveyPost, startPost } from './net/survey-post.ts';
import { reportMistake } from './report.ts';
import { documentOf, type SurveyProps, type SurveyUpdate, settingsOf } from './survey-props.ts';
import type { OpenSurvey } from './ui/contract.ts';
import { openSurvey, prepare } from './ui/index.tsx';

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

/** An inline card stands in the page's flow: no corner, no shadow, as wide as its container. */
const INLINE =
  ':not(dialog)[role="dialog"]{position:static;width:100%;height:auto;max-height:none;margin:0;border:0;box-shadow:none}';

/** The survey over the page, if one is open: the next one takes its place. */
let modal: { readonly host: HTMLElement; readonly view: OpenSurvey } | undefined;

async function draw(props: SurveyProps): Promise<void> {
  const survey = documentOf(props);
  const unsupported = findUnsupported(survey, false);
  if (unsupported !== undefined) throw new Error(`it holds what this version cannot draw: ${unsupported}`);
  const isInline = props.mode === 'inline';
  const container = isInline ? document.getElementById(props.containerId ?? '') : document.body;
  if (!container) throw new Error(`there is no element with the id ${props.containerId}`);
  await prepare(survey);
  if (!isInline) modal?.view.close('replaced');

  const host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  status.setAttribute('role', 'status');
  const root = host.attachShadow({ mode: 'open' });
  root.append(status);
  if (!isInline) host.id = MODAL_ID;
  container.append(host);

  const { key, code } = chooseLanguage(survey, props.languageCode);
  const hiddenFields = props.hiddenFieldsRecord ?? {};
  const meta = describePage(props.action);
  let post: SurveyPost | undefined;
  let isFirst = true;
  let isOpen = true;
  const view = openSurvey({
    host,
    survey,
    settings: settingsOf(props),
    language: key,
    locale: code,
    progress: undefined,
    hiddenFields,
    onStep: async ({ progress, data, elementIds }) => {
      post?.answer({ data, progress });
      const { ttc, finished, variables, endingId } = progress;
      const own = Object.entries(data).filter(([id]) => elementIds.includes(id));
      const update: SurveyUpdate = {
        ...{ data: Object.fromEntries(own), ttc, finished, language: code, variables, endingId },
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
      isOpen = false;
      host.remove();
      if (modal?.host === host) modal = undefined;
      void stopLater(post);
      tell(() => props.onClose?.());
    },
  });
  // What can't be drawn closes itself, and wasn't shown.
  if (!isOpen) return;
  if (isInline) placeInline(root);
  else modal = { host, view };
  post = postFor(props, { language: code, meta });
  tell(() => props.onDisplay?.());
  if (!post) tell(() => props.onDisplayCreated?.());
}

/** Starts telling the server, where there is one to tell. */
function postFor(
  props: SurveyProps,
  rest: { readonly language: string | undefined; readonly meta: SurveyUpdate['meta'] },
): SurveyPost | undefined {
  const { appUrl, workspaceId, environmentId, contactId, userId, singleUseId } = props;
  const environment = workspaceId || environmentId;
  if (!appUrl || !environment || props.isPreviewMode) return undefined;
  const post = startPost(
    {
      ...{ appUrl: appUrl.replace(/\/$/, ''), environmentId: environment, surveyId: props.survey.id },
      ...{ contactId: contactId ?? undefined, userId: userId ?? undefined },
      ...{ singleUseId: singleUseId ?? undefined, ...rest },
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

/** From the corner of the page into the container: the renderer knows popovers only. */
function placeInline(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(INLINE);
  root.adoptedStyleSheets.push(sheet);
  root.querySelector('[role=dialog]')?.removeAttribute('popover');
}

/** Calls the host; what it throws is its own error. */
function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
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

const surveys: FormbricksSurveys = {
  renderSurvey: (props) => void drawSafely(props),
  renderSurveyInline: (props) => void drawSafely({ ...props, mode: 'inline' }),
  renderSurveyModal: (props) => void drawSafely({ ...props, mode: 'modal' }),
  setNonce: (nonce) => {
    (window as { __formbricksNonce?: string | undefined }).__formbricksNonce = nonce;
  },
  onFilePick: () => {},
};

(window as { formbricksSurveys?: FormbricksSurveys }).formbricksSurveys ??= surveys;
