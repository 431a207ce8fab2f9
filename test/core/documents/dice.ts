/** A source of choices that are the same for the same seed. */
export interface Dice {
  /** A whole number from 0 up to, not including, `end`. */
  readonly below: (end: number) => number;
  /** True in this share of the cases, 0 to 1. */
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Some entries of a list in an order of their own, at least `least`. */
  readonly some: <T>(list: readonly T[], least?: number) => T[];
}

/** Makes the dice of a seed (mulberry32). */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(roll() * end);
  return {
    below,
    chance: (share) => roll() < share,
    pick: (list) => list[below(list.length)] as never,
    some: (list, least = 1) => {
      const left = [...list];
      const count = least + below(list.length - least + 1);
      return Array.from({ length: count }, () => left.splice(below(left.length), 1)[0] as never);
    },
  };
}
