import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { findClientAddress } from '../http/client-address.ts';
import type { ResponseMeta } from '../repo/responses.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { readUserAgent } from './user-agent.ts';

/** What a client may say about where an answer comes from; the rest is read from the request itself. */
export type GivenMeta = Pick<ResponseMeta, 'source' | 'url' | 'action'>;

/** What decides about meta beside the request. */
export interface MetaFacts {
  readonly given: GivenMeta | undefined;
  readonly survey: SurveyRecord;
  readonly trustedProxies: number | undefined;
}

/** Headers by which a content delivery network says which country a visitor is in. */
const COUNTRY_HEADERS = ['cf-ipcountry', 'cloudfront-viewer-country'] as const;

/**
 * Where an answer comes from (client-api.md 3.4): what the client says of its page, browser and device by the
 * User-Agent, the country by a network's header. The address is kept only when the survey's owner asked for it.
 */
export function readMeta(c: Context, { given, survey, trustedProxies }: MetaFacts): ResponseMeta {
  const country = COUNTRY_HEADERS.map((name) => toCountry(c.req.header(name))).find(Boolean);
  const ipAddress = survey.document.isCaptureIpEnabled === true ? readAddress(c, trustedProxies) : undefined;
  return {
    ...given,
    userAgent: readUserAgent(c.req.header('user-agent')),
    ...(country ? { country } : {}),
    ...(ipAddress ? { ipAddress } : {}),
  };
}

/** Two letters or digits; `T1` and `XX` are what networks say of visitors they can't place. */
function toCountry(header: string | undefined): string | undefined {
  const code = header?.trim().toUpperCase() ?? '';
  return /^[A-Z0-9]{2}$/.test(code) ? code : undefined;
}

function readAddress(c: Context, trustedProxies: number | undefined): string | undefined {
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
  const socketAddress = incoming?.socket.remoteAddress;
  return findClientAddress({ socketAddress, forwardedFor: c.req.header('x-forwarded-for'), trustedProxies });
}
