import type { ClientState } from '../api/types.ts';
import { type Ledger, summarize } from '../core/targeting/ledger.ts';
import type { Session } from '../session/session.ts';
import type { DeviceState } from '../session/state.ts';
import type { StoredRecord } from '../store/record.ts';

/** Sources of `state()`. */
export interface ClientStateSource {
  readonly environmentId: string;
  readonly session: Pick<Session, 'language' | 'user'>;
  readonly state: StoredRecord<DeviceState>;
  readonly showings: StoredRecord<Ledger>;
}

/** The result of `state()`: what decisions are made from, without any answer. */
export function describeState(source: ClientStateSource): ClientState {
  const { userId, environment, user, due } = source.state.value();
  return {
    environmentId: source.environmentId,
    userId,
    language: source.session.language(),
    segments: source.session.user()?.segments ?? [],
    environmentFreshUntil: environment?.until,
    userFreshUntil: user?.until,
    isPersistent: source.state.isPersistent() && source.showings.isPersistent(),
    surveys: environment?.data.surveys.map((survey) => survey.id) ?? [],
    showings: source.showings.value().list.map(summarize),
    due: due.map(({ surveyId, dueAt }) => ({ surveyId, dueAt })),
  };
}
