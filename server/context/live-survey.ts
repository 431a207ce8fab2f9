import { ApiError, notFound } from '../base/api-error.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import type { ServerContext } from './context.ts';
import type { LiveEnvironment } from './environment-cache.ts';

/** The environment of a client route; throws 404 for an unknown id, a malformed one included. */
export async function findLive({ cache }: ServerContext, id: string): Promise<LiveEnvironment> {
  const live = await cache.find(id);
  if (!live) throw notFound('Workspace', id);
  return live;
}

/** A survey that takes answers; throws 404 when the environment has none of this id, 403 when it is closed. */
export function findOpenSurvey(live: LiveEnvironment, surveyId: string): SurveyRecord {
  const survey = live.surveys.get(surveyId);
  if (!survey) throw notFound('Survey', surveyId);
  if (!isOpen(live, surveyId)) {
    throw new ApiError('forbidden', 'Survey is not accepting submissions', { surveyId });
  }
  return survey;
}

/** Says whether the environment has a survey of this id that takes answers. */
export function isOpen({ surveys }: LiveEnvironment, surveyId: string): boolean {
  return surveys.get(surveyId)?.status === 'inProgress';
}
