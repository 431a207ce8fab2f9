import { MAX_REMARKS, MAX_STATE_DISPLAYS, MAX_STATE_RESPONSES } from '../../src/core/limits.ts';
import type { WireUser, WireUserReply } from '../../src/wire/user.ts';
import { shorten } from '../base/api-error.ts';
import { toLegacyCode } from '../base/language-codes.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import type { Person } from '../repo/contacts.ts';
import type { SegmentMoment } from '../segments/compile-filter.ts';
import { boundHistory } from './bound-history.ts';
import { toInstant } from './wire.ts';

/** Converts a person to the state that a client keeps (client-api.md 3.7, `state.data`); evaluates every segment. */
export function toWireUser(live: LiveEnvironment, person: Person, moment: SegmentMoment): WireUser {
  const language = person.attributes.get('language')?.value;
  const isOpen = (surveyId: string): boolean => live.surveys.get(surveyId)?.status === 'inProgress';
  const displays = boundHistory(person.displays, { isOpen, most: MAX_STATE_DISPLAYS });
  const responses = boundHistory(person.responses, { isOpen, most: MAX_STATE_RESPONSES });
  const last = person.displays[0];
  return {
    contactId: person.contactId,
    userId: person.userId,
    segments: live.membershipsOf(person, moment),
    displays: displays.map(({ surveyId, createdAt }) => ({ surveyId, createdAt: toInstant(createdAt) })),
    responses: responses.map(({ surveyId }) => surveyId),
    lastDisplayAt: last ? toInstant(last.createdAt) : null,
    ...(language ? { language: toLegacyCode(language) } : {}),
  };
}

/** Returns the lists of remarks for the site's developer, each only where it is not empty; both are bounded (limits.md 3). */
export function toWireRemarks({
  messages,
  errors,
}: {
  readonly messages: readonly string[];
  readonly errors: readonly string[];
}): Pick<WireUserReply['data'], 'messages' | 'errors'> {
  return {
    ...(messages.length > 0 ? { messages: boundRemarks(messages) } : {}),
    ...(errors.length > 0 ? { errors: boundRemarks(errors) } : {}),
  };
}

function boundRemarks(remarks: readonly string[]): string[] {
  return remarks.slice(0, MAX_REMARKS).map(shorten);
}
