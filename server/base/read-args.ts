import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What a command takes. */
export interface Syntax {
  /** One line, for the message about a wrong call. */
  readonly usage: string;
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  /** Least and largest number of positional arguments. */
  readonly words: readonly [least: number, most: number];
}

/** Arguments of a call that fits. */
export interface Args {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Options without a value that are set. */
  readonly flags: ReadonlySet<string>;
}

/** Reads the arguments of a command. Throws an `Error` of one line, with the usage, when they don't fit. */
export function readArgs(args: readonly string[], { usage, options = {}, words }: Syntax): Args {
  const { positionals, values } = parse(args, { usage, options });
  const [least, most] = words;
  if (positionals.length < least || positionals.length > most) throw new Error(`use: ${usage}`);
  const entries = Object.entries(values);
  return {
    words: positionals,
    values: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
  };
}

function parse(args: readonly string[], { usage, options }: Required<Pick<Syntax, 'usage' | 'options'>>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's further sentences explain how to pass it all the same.
    const [what] = String((error as Error).message).split(/\.\s/);
    throw new Error(`${what}; use: ${usage}`);
  }
}
