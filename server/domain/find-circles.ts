import type { Condition, ConditionGroup, LogicRule } from '../../src/core/survey/document.ts';

/** A block or a legacy question, as far as it says what follows it. */
export interface Card {
  readonly id: string;
  readonly logic?: readonly Pick<LogicRule, 'conditions' | 'actions'>[] | undefined;
  readonly logicFallback?: string | undefined;
}

/** A way from one card on. */
interface Way {
  /** The index of the card that it leads to; undefined where the survey ends. */
  readonly to: number | undefined;
  /** The place in the card that names the target; undefined for the next card in the list. */
  readonly path: string | undefined;
}

/**
 * Finds the places by which a visitor would be asked the same cards for ever, each with what is wrong: a card that leads
 * to itself, and one that leads back to cards none of which has a way to the end. A circle that a visitor can leave by
 * another answer is left alone.
 *
 * @example
 * findCircles([{ id: 'one', logicFallback: 'one' }]); // { '0.logicFallback': 'A card must not lead to itself' }
 */
export function findCircles(cards: readonly Card[]): Readonly<Record<string, string>> {
  const indexes = new Map(cards.map(({ id }, index) => [id, index]));
  const ways = cards.map((card, index) =>
    waysOf(card, { index, indexes, isLast: index === cards.length - 1 }),
  );
  const ending = findEnding(ways);
  const problems = ways.flatMap((all, index) =>
    all.flatMap(({ to, path }) => {
      if (path === undefined || to === undefined) return [];
      if (to === index) return [[`${index}.${path}`, 'A card must not lead to itself']];
      // The others of the circle lead forward: one place is enough to mend it.
      const isBack = to < index && !ending.has(index);
      return isBack ? [[`${index}.${path}`, 'These cards lead in a circle that has no end']] : [];
    }),
  );
  return Object.fromEntries(problems);
}

interface Place {
  readonly index: number;
  readonly indexes: ReadonlyMap<string, number>;
  readonly isLast: boolean;
}

/** The ways from a card, in their order: the first jump of each rule that may match, then the fallback or the next card. */
function waysOf({ logic = [], logicFallback }: Card, { index, indexes, isLast }: Place): readonly Way[] {
  const ways: Way[] = [];
  for (const [rule, { conditions, actions }] of logic.entries()) {
    const action = actions.findIndex(({ objective }) => objective.startsWith('jumpTo'));
    const truth = truthOf(conditions);
    if (action < 0 || truth === false) continue;
    const to = indexes.get(actions[action]?.target ?? '');
    ways.push({ to, path: `logic.${rule}.actions.${action}.target` });
    if (truth) return ways;
  }
  if (logicFallback) return [...ways, { to: indexes.get(logicFallback), path: 'logicFallback' }];
  return [...ways, { to: isLast ? undefined : index + 1, path: undefined }];
}

/** Whether conditions hold whatever the answers are; undefined when that depends on them. */
function truthOf(entry: Condition | ConditionGroup): boolean | undefined {
  if (!('connector' in entry)) return undefined;
  const all = entry.conditions.map(truthOf);
  // A group without conditions is true with `and`, false with `or` (survey-model.md 4.2).
  const decisive = entry.connector === 'or';
  if (all.includes(decisive)) return decisive;
  return all.includes(undefined) ? undefined : !decisive;
}

/** The cards from which the end can be reached. */
function findEnding(ways: readonly (readonly Way[])[]): ReadonlySet<number> {
  const before = new Map<number, number[]>();
  for (const [index, all] of ways.entries()) {
    for (const { to } of all) {
      if (to === undefined) continue;
      const earlier = before.get(to) ?? [];
      earlier.push(index);
      before.set(to, earlier);
    }
  }
  const found = new Set(
    ways.flatMap((all, index) => (all.some(({ to }) => to === undefined) ? [index] : [])),
  );
  // Grows while it is iterated.
  for (const index of found) for (const earlier of before.get(index) ?? []) found.add(earlier);
  return found;
}
