import { tell } from '../display/embed.ts';
import { request } from '../net/request.ts';
import { uploadFile } from '../net/upload.ts';
import { type PostTarget, type SurveyPost, startPost } from '../outbox/survey-post.ts';
import { stringify } from '../platform/json.ts';
import { reportMistake } from '../platform/report.ts';
import type { Upload } from '../wire/upload.ts';
import type { SurveyProps, SurveyUpdate } from './survey-props.ts';

/** Starts sending a survey that is on screen to the server; undefined where the props name none. */
export function postFor(props: SurveyProps, meta: SurveyUpdate['meta']): SurveyPost | undefined {
  const target = targetOf(props);
  if (!target) return undefined;
  const post = startPost(
    {
      ...target,
      meta,
      contactId: props.contactId ?? undefined,
      userId: props.userId ?? undefined,
      singleUseId: props.singleUseId ?? undefined,
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

/** Stops sending once everything is sent: what is under way when the survey has closed leaves with the page, too. */
export async function stopLater(post: SurveyPost | undefined): Promise<void> {
  if (!post) return;
  await post.drained();
  removeEventListener('pagehide', post.flush);
}

/** Sends files to the server; undefined where the props name none: they stay in the answer. */
export function uploadFor(props: SurveyProps): Upload | undefined {
  const target = targetOf(props);
  if (!target) return undefined;
  const { appUrl, environmentId, surveyId } = target;
  const api = `${appUrl}/api/v1/client/${environmentId}`;
  return (file) => uploadFile({ api, surveyId, request, stringify }, file);
}

/** The server that the survey is sent to, if any. */
export function targetOf(
  props: SurveyProps,
): Pick<PostTarget, 'appUrl' | 'environmentId' | 'surveyId'> | undefined {
  const { appUrl, workspaceId, isPreviewMode } = props;
  const environmentId = workspaceId || props.environmentId;
  if (!appUrl || !environmentId || isPreviewMode) return undefined;
  return { appUrl: appUrl.replace(/\/$/, ''), environmentId, surveyId: props.survey.id };
}
