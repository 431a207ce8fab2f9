import type { WireUser, WireUserReply } from '../../src/wire/user.ts';
import { toLegacyCode } from '../base/language-codes.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import type { Person } from '../repo/contacts.ts';
import type { SegmentMoment } from '../segments/compile-filter.ts';
import { toInstant } from './wire.ts';

/** Converts a person to the state that a client keeps (client-api.md 3.7, `state.data`); evaluates every segment. */
export function toWireUser(live: LiveEnvironment, person: Person, moment: SegmentMoment): WireUser {
  const language = person.attributes.get('language')?.value;
  const displays = person.displays.map(({ surveyId, createdAt }) => ({
    surveyId,
    createdAt: toInstant(createdAt),
  }));
  return {
    contactId: person.contactId,
    userId: person.userId,
    segments: live.membershipsOf(person, moment),
    displays,
    responses: person.responses.map(({ surveyId }) => surveyId),
    lastDisplayAt: displays[0]?.createdAt ?? null,
    ...(language ? { language: toLegacyCode(language) } : {}),
  };
}

/** Returns the lists of remarks for the site's developer, each only where it is not empty. */
export function toWireRemarks({
  messages,
  errors,
}: {
  readonly messages: readonly string[];
  readonly errors: readonly string[];
}): Pick<WireUserReply['data'], 'messages' | 'errors'> {
  return { ...(messages.length > 0 ? { messages } : {}), ...(errors.length > 0 ? { errors } : {}) };
}
