import { BACKUP_USAGES } from './backup.ts';
import { COMMAND_USAGES } from './commands.ts';
import { VARIABLE_NAMES } from './env.ts';

/** Lists how the program is called: all of it, or the commands that begin with the words of a call with `--help`. */
export function describeCommands(words: readonly string[]): readonly string[] {
  const usages = [...COMMAND_USAGES, ...BACKUP_USAGES];
  for (const count of [2, 1]) {
    const start = words.slice(0, count).join(' ');
    const found = usages.filter((usage) => words.length >= count && `${usage} `.startsWith(`${start} `));
    if (found.length > 0) return found.map((usage) => `main.js ${usage}`);
  }
  return [
    'main.js [--demo <seed file>]    starts the server',
    'main.js --version | --help      also behind a command',
    ...usages.map((usage) => `main.js ${usage}`),
    '',
    `Variables: ${VARIABLE_NAMES.join(', ')}`,
    'More in docs/operating.md.',
  ];
}
