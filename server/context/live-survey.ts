import { ApiError, notFound } from '../base/api-error.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import type { ServerContext } from './context.ts';
import type { LiveEnvironment } from './environment-cache.ts';

/** Finds the environment of a client route; throws 404 for an unknown or malformed id. */
export async function findLive({ cache }: ServerContext, id: string): Promise<LiveEnvironment> {
  const live = await cache.find(id);
  if (!live) throw notFound('Workspace', id);
  return live;
}

/** Finds a survey that accepts responses; throws 404 for an id unknown in this environment, 403 for a closed survey. */
export function findOpenSurvey(live: LiveEnvironment, surveyId: string): SurveyRecord {
  const survey = live.surveys.get(surveyId);
  if (!survey) throw notFound('Survey', surveyId);
  if (!isOpen(live, surveyId)) {
    throw new ApiError('forbidden', 'Survey is not accepting submissions', { surveyId });
  }
  return survey;
}

/** Whether the environment has a survey of this id that accepts responses. */
export function isOpen({ surveys }: LiveEnvironment, surveyId: string): boolean {
  return surveys.get(surveyId)?.status === 'inProgress';
}
