import { MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_JSON_KEYS } from '../../src/core/limits.ts';

/** The first place of a JSON text that is beyond a bound. */
export interface Excess {
  /** Keys and indexes on the way there, joined by dots; '' for the whole. */
  readonly path: string;
  readonly problem: 'depth' | 'items' | 'keys' | 'values';
}

/** Finds what of a JSON text is beyond a bound, while its bytes arrive. */
export interface BoundsCheck {
  /** Reads the piece that follows those before it, the last of `pieces`; returns the first excess found in it. */
  read(pieces: readonly Uint8Array[]): Excess | undefined;
}

/** The objects and arrays that are open at a place of a JSON text, by their depth; the whole has the depth 0. */
interface OpenLevels {
  readonly isArray: boolean[];
  /** Commas so far: the index in an array, and one less than the number of keys in an object. */
  readonly commas: number[];
  /** Offsets of the bytes at which the last key of an object begins and ends. */
  readonly keyStarts: number[];
  readonly keyEnds: number[];
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Makes a check that finds what of a JSON text is nested too deeply, has too many keys in one object, items in one list or
 * values in all. It runs before the parser, and before a large body is there as a whole: a text of many small values
 * takes a hundred times as long to parse and to check as a long one of few. What is not JSON is left to the parser.
 */
export function createBoundsCheck(maxValues: number): BoundsCheck {
  // Commas outside of everything are for the parser to refuse.
  const open: OpenLevels = { isArray: [true], commas: [0], keyStarts: [], keyEnds: [] };
  let depth = 0;
  let values = 0;
  // Offset of the piece in the whole, and of the last text outside of which a colon makes it a key.
  let base = 0;
  let [start, end] = [0, 0];
  let isInText = false;
  let backslashes = 0;

  /** Goes to the quote that ends a text; returns the end of the piece when it is not there. */
  function skipText(bytes: Buffer, from: number): number {
    for (let at = from; ; at++) {
      const quote = bytes.indexOf(QUOTE, at);
      const stop = quote === -1 ? bytes.length : quote;
      let before = stop;
      while (before > at && bytes[before - 1] === BACKSLASH) before--;
      backslashes = stop - before + (before === at ? backslashes : 0);
      if (quote === -1) return bytes.length;
      at = quote;
      const isEscaped = backslashes % 2 === 1;
      backslashes = 0;
      if (isEscaped) continue;
      isInText = false;
      end = base + quote;
      return quote;
    }
  }

  /** Reads a sign outside of texts; returns what is in excess with it, and how deep the path to it is. */
  function readSign(sign: number): readonly [Excess['problem'], depth: number] | undefined {
    if (sign === COLON) {
      open.keyStarts[depth] = start;
      open.keyEnds[depth] = end;
    } else if (sign === COMMA) {
      open.commas[depth] = (open.commas[depth] ?? 0) + 1;
      values++;
      if (isFull(open, depth)) return [open.isArray[depth] ? 'items' : 'keys', depth - 1];
    } else if (sign === ARRAY || sign === OBJECT) {
      depth++;
      values++;
      if (depth > MAX_JSON_DEPTH) return ['depth', depth - 1];
      open.isArray[depth] = sign === ARRAY;
      open.commas[depth] = 0;
      // No key yet.
      open.keyStarts[depth] = 0;
      open.keyEnds[depth] = 0;
    } else if (sign === ARRAY_END || sign === OBJECT_END) depth--;
    return values > maxValues ? ['values', Math.min(depth, 1)] : undefined;
  }

  return {
    read(pieces) {
      const piece = pieces.at(-1) ?? new Uint8Array();
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      // Closed more than was opened: the parser refuses it.
      for (let at = 0; at < bytes.length && depth >= 0; at++) {
        const sign = bytes[at] ?? 0;
        if (isInText) at = skipText(bytes, at);
        else if (sign === QUOTE) {
          isInText = true;
          start = base + at + 1;
        } else {
          const excess = readSign(sign);
          if (excess) return { problem: excess[0], path: toPath(Buffer.concat(pieces), open, excess[1]) };
        }
      }
      base += bytes.length;
      return undefined;
    },
  };
}

/** As `createBoundsCheck`, for a text that is there as a whole. */
export function findExcess(text: string, maxValues: number): Excess | undefined {
  return createBoundsCheck(maxValues).read([Buffer.from(text)]);
}

/** Whether the comma that was read last begins an item or a key too many. */
function isFull({ isArray, commas }: OpenLevels, depth: number): boolean {
  return (commas[depth] ?? 0) >= (isArray[depth] ? MAX_JSON_ITEMS : MAX_JSON_KEYS);
}

function toPath(bytes: Buffer, open: OpenLevels, depth: number): string {
  const steps = Array.from({ length: depth }, (_, index) => {
    const level = index + 1;
    if (open.isArray[level]) return String(open.commas[level]);
    return toKey(bytes.toString('utf8', open.keyStarts[level], open.keyEnds[level]));
  });
  return steps.join('.');
}

/** A key as it reads, whatever escapes it is written with. */
function toKey(written: string): string {
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return written;
  }
}
