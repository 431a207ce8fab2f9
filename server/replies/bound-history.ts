/** What decides which events are left out. */
export interface HistoryBound {
  /** Whether browsers may show a survey now. */
  readonly isOpen: (surveyId: string) => boolean;
  readonly most: number;
}

/**
 * Returns at most so many events of a person's history, which is newest first and stays so (client-api.md 3.7). Surveys
 * that may be shown have priority, and of several surveys each keeps its newest: clients count the displays of each.
 */
export function boundHistory<T extends { readonly surveyId: string }>(
  events: readonly T[],
  { isOpen, most }: HistoryBound,
): readonly T[] {
  if (events.length <= most) return events;
  const counts = new Map<string, number>();
  const ranked = events.map((event, index) => {
    const rank = counts.get(event.surveyId) ?? 0;
    counts.set(event.surveyId, rank + 1);
    return { index, rank, isClosed: !isOpen(event.surveyId) };
  });
  ranked.sort((a, b) => Number(a.isClosed) - Number(b.isClosed) || a.rank - b.rank || a.index - b.index);
  const kept = new Set(ranked.slice(0, most).map(({ index }) => index));
  return events.filter((_event, index) => kept.has(index));
}
