import { MAX_META_CHARS } from '../../src/core/limits.ts';
import type { ResponseMeta } from '../repo/responses.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { readUserAgent } from './user-agent.ts';

/** Facts of the HTTP request that brings a response; `http/request-facts.ts` reads them. */
export interface RequestFacts {
  /** The `User-Agent` header. */
  readonly userAgent: string | undefined;
  /** Two letters or digits, from the header of a content delivery network. */
  readonly country: string | undefined;
  /** IP address of the visitor; undefined when the connection has none any more. */
  readonly address: string | undefined;
}

/** The part of meta that a client may set; the rest is read from the request itself. */
export type GivenMeta = Pick<ResponseMeta, 'source' | 'url' | 'action'>;

/**
 * Puts together the meta of a response (client-api.md 3.4): source, page and action as given, browser and device by the
 * User-Agent, the country by a network's header. The address is kept only when the survey's owner asked for it. What is
 * given is cut and never refused: the page's address must not cost the visitor an answer.
 */
export function toMeta(
  given: GivenMeta | undefined,
  { document }: Pick<SurveyRecord, 'document'>,
  { userAgent, country, address }: RequestFacts,
): ResponseMeta {
  const ipAddress = document.isCaptureIpEnabled === true ? address : undefined;
  return {
    ...cut(given),
    userAgent: readUserAgent(userAgent),
    ...(country ? { country } : {}),
    ...(ipAddress ? { ipAddress } : {}),
  };
}

function cut(given: GivenMeta = {}): GivenMeta {
  return Object.fromEntries(
    Object.entries(given).map(([key, text]) => [key, text?.slice(0, MAX_META_CHARS)]),
  );
}
