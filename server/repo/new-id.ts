import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const LENGTH = 25;
// Bytes from 252 on are discarded: 252 = 7 * 36, so the remainder is not biased towards early letters.
const UNBIASED = 252;

const pool = new Uint8Array(2048);
let next = pool.length;

/**
 * Returns a new row id: `c`, the time in base 36, then random letters; 25 characters (management-api.md 1.3).
 *
 * The time comes first so that new rows land at the end of an index instead of in the middle of it.
 */
export function newId(now: number = Date.now()): string {
  let id = `c${now.toString(36)}`;
  while (id.length < LENGTH) id += randomLetter();
  return id;
}

function randomLetter(): string {
  for (;;) {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    const byte = pool[next++] ?? UNBIASED;
    if (byte < UNBIASED) return ALPHABET.charAt(byte % 36);
  }
}
