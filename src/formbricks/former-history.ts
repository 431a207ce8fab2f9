import type { Showing } from '../core/targeting/history.ts';

/** Data that `@formbricks/js` stored on a device and Inkling continues to use. */
export interface FormerHistory {
  /** The identified person; null for nobody. */
  readonly userId: string | null;
  /** The language that was chosen here. */
  readonly language: string | undefined;
  /** Surveys shown while nobody was identified. The server knows the rest. */
  readonly showings: readonly Showing[];
}

/** The stored object, under the names of every generation (client-api.md 6.6). */
interface Stored {
  readonly workspaceId?: string;
  readonly environmentId?: string;
  readonly user?: { readonly data?: StoredUser };
  readonly personState?: { readonly data?: StoredUser };
}

interface StoredUser {
  readonly language?: string;
  readonly userId?: string | null;
  readonly displays?: readonly { readonly surveyId: string; readonly createdAt: string }[];
  readonly responses?: readonly string[];
}

/**
 * Reads one object of localStorage, of today's key or an older one. Undefined when it belongs to another environment or
 * can't be read. Its showings are returned as delivered and closed: they only count when the gates ask what was shown.
 *
 * @example
 * readFormerHistory(localStorage.getItem('formbricks-js'), 'env', newId)?.userId;
 */
export function readFormerHistory(
  text: string | null,
  environmentId: string,
  makeId: () => string,
): FormerHistory | undefined {
  try {
    const stored = JSON.parse(text ?? '') as Stored;
    if ((stored.workspaceId ?? stored.environmentId) !== environmentId) return undefined;
    const {
      userId = null,
      language,
      displays = [],
      responses = [],
    } = (stored.user ?? stored.personState)?.data ?? {};
    if (userId !== null) return { userId, language, showings: [] };
    const shown = displays.map(({ surveyId, createdAt }) => ({ surveyId, at: Date.parse(createdAt) }));
    const unseen = responses.filter((id) => !shown.some(({ surveyId }) => surveyId === id));
    const all = [
      ...shown.filter(({ at }) => !Number.isNaN(at)),
      ...unseen.map((surveyId) => ({ surveyId, at: 0 })),
    ];
    return {
      userId,
      language,
      showings: all.map(({ surveyId, at }) => toShowing(surveyId, at, responses.includes(surveyId), makeId)),
    };
  } catch {
    return undefined;
  }
}

function toShowing(surveyId: string, at: number, isAnswered: boolean, makeId: () => string): Showing {
  const seq = isAnswered ? 2 : 1;
  return {
    ...{ id: makeId(), displayId: makeId(), surveyId, who: null, shownAt: at, activeAt: at },
    ...{ seq, ackedSeq: seq, ackedAt: at, finished: isAnswered, closed: true },
    ...{ language: 'default', meta: { url: '', action: '' } },
  };
}
