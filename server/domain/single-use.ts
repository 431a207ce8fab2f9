import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { badRequest } from '../base/api-error.ts';
import type { ServerContext } from '../context/context.ts';
import { newId } from '../repo/new-id.ts';
import { readSecret } from '../repo/secrets.ts';
import type { SurveyRecord } from '../repo/surveys.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 5000;

/**
 * Makes URLs of a link survey with single-use ids (management-api.md 9.10). The ids are not stored: each may be used by one
 * response only. Throws 400 for a survey without single-use links and for a limit outside of 1 to 5,000.
 */
export async function makeSingleUseLinks(
  { database, now }: ServerContext,
  { id: surveyId, type, document }: SurveyRecord,
  { limit, origin }: { readonly limit: string | undefined; readonly origin: string },
): Promise<readonly string[]> {
  if (type !== 'link') throw badRequest('Single use links are only available for link surveys');
  const { enabled, isEncrypted } = (document.singleUse ?? {}) as { enabled?: boolean; isEncrypted?: boolean };
  if (!enabled) throw badRequest('Single use links are not enabled for this survey');
  const count = limit === undefined ? DEFAULT_LIMIT : Number(limit);
  if (Number.isNaN(count)) return [];
  if (count < 1) throw badRequest('Limit cannot be less than 1');
  if (count > MAX_LIMIT) throw badRequest('Limit cannot be more than 5000');

  const key = await readSecret(database, 'single-use');
  return Array.from({ length: Math.ceil(count) }, () => {
    const suId = newId(now());
    if (isEncrypted) return `${origin}/s/${surveyId}?suId=${encodeURIComponent(encrypt(key, suId))}`;
    return `${origin}/s/${surveyId}?suId=${suId}&suToken=${toSingleUseToken(key, { surveyId, suId })}`;
  });
}

/** Computes the token that proves that this server made an id. */
export function toSingleUseToken(
  key: Buffer | string,
  { surveyId, suId }: { readonly surveyId: string; readonly suId: string },
): string {
  return createHmac('sha256', key).update(`formbricks.single-use.v1:${surveyId}:${suId}`).digest('hex');
}

/** Encrypts with AES-256-GCM, as `iv:text:tag`, each in hex. */
function encrypt(key: Buffer, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [iv, bytes, cipher.getAuthTag()].map((part) => part.toString('hex')).join(':');
}
