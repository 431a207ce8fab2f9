import type { Survey } from './document.ts';

/** The time that a survey takes, in whole minutes, and the key of the text for it. */
export interface Duration {
  readonly key: 'takes_less_than_x_minutes' | 'takes_x_minutes' | 'takes_x_plus_minutes';
  readonly minutes: number;
}

/** Seconds for one element. */
const SECONDS = 15;
/** Longer surveys are shown as `takes_x_plus_minutes`. */
const MOST_SECONDS = 360;

/**
 * The time that a survey is said to take: 15 seconds per element, less where logic of the first card jumps over cards
 * (survey-model.md 3.1). A jump to the second card skips none.
 *
 * @example
 * durationOf(survey); // { key: 'takes_less_than_x_minutes', minutes: 1 }
 */
export function durationOf({ blocks, endings }: Pick<Survey, 'blocks' | 'endings'>): Duration {
  const elements = blocks.flatMap((block) => block.elements).length;
  const half = Math.floor((elements + (endings.length ? 1 : 0)) / 2);
  const targets = (blocks[0]?.logic ?? []).flatMap(({ actions }) =>
    actions.flatMap(({ objective, target }) => (objective === 'jumpToBlock' ? [target] : [])),
  );
  const furthest = Math.max(0, ...targets.map((target) => blocks.findIndex(({ id }) => id === target)));
  const isToEnding = targets.some((target) => endings.some(({ id }) => id === target));
  const share = isToEnding ? half : furthest > 0 ? Math.min(half, furthest - 1) : 1;
  const seconds = (elements / Math.max(1, share)) * SECONDS;
  if (seconds > MOST_SECONDS) return { key: 'takes_x_plus_minutes', minutes: 6 };
  const minutes = Math.floor(seconds / 60);
  return seconds % 60
    ? { key: 'takes_less_than_x_minutes', minutes: minutes + 1 }
    : { key: 'takes_x_minutes', minutes };
}
