import { MAX_URL_CHARS } from '../../src/core/limits.ts';
import { ApiError, badRequest } from '../base/api-error.ts';
import type { SurveyRecord } from '../repo/surveys.ts';

/** Why a survey doesn't become a link survey, and gives out no links: their address, `/s/…`, would lead nowhere. */
export const LINK_REFUSAL =
  'Link surveys have no page on this server: the type must be "app", which is shown by the snippet';

/**
 * Throws 403 for a link survey with a PIN or a verified e-mail (client-api.md 3.4 rows 8 and 9): the tokens for those are
 * issued by pages that host link surveys, and Inkling hosts none.
 */
export function checkAdmission(survey: SurveyRecord | undefined): void {
  if (survey?.type !== 'link') return;
  const { id, document } = survey;
  if (document.pin) throw new ApiError('forbidden', 'Survey is protected by a PIN', { surveyId: id });
  if (document.isVerifyEmailEnabled) {
    throw new ApiError('forbidden', 'Survey asks for a verified e-mail', { surveyId: id });
  }
}

/**
 * Throws 400 for a response without the id of a single-use link, or with another id than its URL has (client-api.md 3.4
 * row 11). That an id is used only once is ensured by a unique index; whether an encrypted id was issued is not checked.
 */
export function checkSingleUse(
  { id, environmentId, type, document }: SurveyRecord,
  { singleUseId, url }: { readonly singleUseId: string | null | undefined; readonly url: string | undefined },
): void {
  const { enabled, isEncrypted } = (document.singleUse ?? {}) as { enabled?: boolean; isEncrypted?: boolean };
  if (type !== 'link' || !enabled) return;
  const details = { surveyId: id, environmentId, workspaceId: environmentId };
  if (!singleUseId) throw badRequest('Missing single use id', details);
  const inUrl = readUrlId(url);
  if (!isEncrypted && inUrl !== undefined && inUrl !== singleUseId) {
    throw badRequest('Invalid single use id', details);
  }
}

function readUrlId(url = ''): string | undefined {
  if (url.length > MAX_URL_CHARS) return undefined;
  try {
    return new URL(url).searchParams.get('suId') ?? undefined;
  } catch {
    return undefined;
  }
}
