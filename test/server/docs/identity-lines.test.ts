import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashUserId } from '../../../server/domain/verify-identity.ts';

/** How a block of docs/reference.md becomes a program: secret and user id come from the environment. */
interface Language {
  readonly file: string;
  readonly command: readonly string[];
  /** Finds out whether the language is on this machine. */
  readonly check: readonly string[];
  readonly wrap: (block: string) => string;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  js: {
    file: 'main.mjs',
    command: ['node'],
    check: ['node', '--version'],
    wrap: (block) =>
      `const { SECRET: secret, USER_ID: userId } = process.env;\n${block}\nprocess.stdout.write(userHash);`,
  },
  python: {
    file: 'main.py',
    command: ['python3'],
    check: ['python3', '--version'],
    wrap: (block) =>
      `import os\nsecret, user_id = os.environ["SECRET"], os.environ["USER_ID"]\n${block}\nprint(user_hash, end="")`,
  },
  php: {
    file: 'main.php',
    command: ['php'],
    check: ['php', '--version'],
    wrap: (block) =>
      `<?php\n$secret = getenv('SECRET'); $userId = getenv('USER_ID');\n${block}\necho $userHash;`,
  },
  ruby: {
    file: 'main.rb',
    command: ['ruby'],
    check: ['ruby', '--version'],
    wrap: (block) => `secret, user_id = ENV['SECRET'], ENV['USER_ID']\n${block}\nprint user_hash`,
  },
  java: {
    file: 'Main.java',
    command: ['java'],
    check: ['javac', '-version'],
    wrap: (block) => {
      const imports = block.match(/^import .*$/gm) ?? [];
      const lines = block.split('\n').filter((line) => !line.startsWith('import '));
      return [
        ...imports,
        'public class Main { public static void main(String[] args) throws Exception {',
        'String secret = System.getenv("SECRET"), userId = System.getenv("USER_ID");',
        ...lines,
        'System.out.print(userHash); } }',
      ].join('\n');
    },
  },
};

const SECRET = 'idsec_kRk0TTNWqSS5aU0Z0x3mDqvxXcQ-_uA9pY7n2B1eJ6o';
const USER_IDS = [
  'user-42',
  '7',
  'a@b.example',
  'with "quotes" & \\ and $HOME',
  'Jürgen 日本 😀',
  ' spaces ',
];

const chapter =
  /^## Identity verification\n([\s\S]*?)^## /m.exec(readFileSync('docs/reference.md', 'utf8'))?.[1] ?? '';
const blocks = [...chapter.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  .map(([, language = '', block = '']) => [language, block] as const)
  .filter(([language]) => language !== 'html');

it('the reference has lines for at least four languages of servers, each of which this test can run', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  expect(blocks.map(([language]) => language)).toEqual(Object.keys(LANGUAGES));
});

it('the example in the reference is right', () => {
  const [, secret = '', userId = '', hash] =
    /secret `(\w+)` and the user id `([\w-]+)`[^`]*`([0-9a-f]{64})`/.exec(chapter.replace(/\n/g, ' ')) ?? [];
  expect(hash).toBe(hashUserId(secret, userId));
});

describe.each(blocks)('the lines in %s', (name, block) => {
  const language = LANGUAGES[name];
  it.skipIf(!language || !isHere(language.check))(
    'compute what the server computes',
    { timeout: 240_000 },
    () => {
      if (!language) throw new Error(`no way to run ${name}`);
      const folder = mkdtempSync(join(tmpdir(), 'inkling-lines-'));
      try {
        const file = join(folder, language.file);
        writeFileSync(file, language.wrap(block));
        const [program = '', ...args] = language.command;
        for (const userId of USER_IDS) {
          const env = { ...process.env, LC_ALL: 'C.UTF-8', SECRET, USER_ID: userId };
          const printed = execFileSync(program, [...args, file], { env, encoding: 'utf8' });
          expect(printed, userId).toBe(hashUserId(SECRET, userId));
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

function isHere([program = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
