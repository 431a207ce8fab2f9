import type { Database } from '../../server/repo/database.ts';
import { bumpRevision } from '../../server/repo/environments.ts';
import { deleteSegment } from '../../server/repo/segments.ts';
import { findSurvey, updateSurvey } from '../../server/repo/surveys.ts';

/** Turns an app survey into a link survey as older versions have stored them: the API takes none any more. */
export async function storeAsLink(database: Database, id: string): Promise<void> {
  await database.write(async (trx) => {
    const survey = await findSurvey(trx, id);
    if (!survey) throw new Error(`there is no survey ${id}`);
    await updateSurvey(trx, { ...survey, type: 'link', triggers: [], segmentId: null });
    if (survey.segmentId) await deleteSegment(trx, survey.segmentId);
    await bumpRevision(trx, survey.environmentId);
  });
}
