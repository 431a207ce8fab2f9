import { ApiError, notFound } from '../http/errors.ts';
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
export function findOpenSurvey({ surveys }: LiveEnvironment, surveyId: string): SurveyRecord {
  const survey = surveys.get(surveyId);
  if (!survey) throw notFound('Survey', surveyId);
  if (survey.status !== 'inProgress') {
    throw new ApiError('forbidden', 'Survey is not accepting submissions', { surveyId });
  }
  return survey;
}
