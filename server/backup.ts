import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from './base/make-folder.ts';
import { makePrivateFile } from './base/private-access.ts';
import { readArgs } from './base/read-args.ts';
import { moveUnlessTaken, syncFile, syncFolder } from './files/durable-move.ts';
import type { FileStore } from './files/file-store.ts';
import { fileFolderOf, openFileStore } from './files/open-file-store.ts';
import {
  type BackupFile,
  type BackupReader,
  type BackupWriter,
  extractDatabase,
  isDatabaseThere,
  lockForReplacement,
  openBackup,
  SIDE_FILES,
  startBackup,
} from './repo/sqlite-backup.ts';

/** What `backup` and `restore` work on. */
export interface BackupDeps {
  readonly databaseUrl: string;
  readonly filesUrl: string;
  readonly version: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Output of a command. */
type Lines = readonly string[];

interface Call {
  readonly file: string;
  /** Whether what is there may be replaced. */
  readonly isForced: boolean;
}

const COMMANDS = {
  backup: { usage: 'backup <file> [--force]', run: makeBackup },
  restore: { usage: 'restore <file> [--force]', run: restoreBackup },
} as const;

/** How the two commands are called. */
export const BACKUP_USAGES: readonly string[] = Object.values(COMMANDS).map(({ usage }) => usage);

/** Checks a call of `backup` or `restore` and returns what runs it. Throws an `Error` of one line for a wrong call. */
export function readBackupCommand([name, ...args]: readonly string[]): (deps: BackupDeps) => Promise<Lines> {
  const { usage, run } = COMMANDS[name as keyof typeof COMMANDS];
  const { words, flags } = readArgs(args, { usage, options: { force: { type: 'boolean' } }, words: [1, 1] });
  return (deps) => run(deps, { file: resolve(words[0] ?? ''), isForced: flags.has('force') });
}

/**
 * Writes the database and the uploaded files into one file, beside a server that may be running: every write that was
 * acknowledged before is in it. The file appears when it is complete and on disk.
 */
async function makeBackup(deps: BackupDeps, { file, isForced }: Call): Promise<Lines> {
  const path = sqlitePathOf(deps.databaseUrl);
  if (!existsSync(path)) throw new Error(`DATABASE_URL: there is no database ${path}`);
  requireOther(file, path);
  if (!isForced) requireAbsent(file);
  const folder = fileFolderOf(deps.filesUrl);
  if (folder !== undefined && !existsSync(folder)) throw new Error(`FILES_URL: there is no folder ${folder}`);

  return withPart(file, async (part) => {
    const writer = await startBackup(path, part);
    try {
      // After the database: files never change, so that every file which an answer names is there.
      const files = folder === undefined ? 0 : await addFiles(writer, await openFileStore(deps.filesUrl));
      writer.finish({ version: deps.version, madeAt: deps.now(), hasFiles: folder !== undefined });
      writer.close();
      await syncFile(part);
      if (isForced) await rename(part, file);
      else if (!(await moveUnlessTaken(part, file))) requireAbsent(file);
      await syncFolder(dirname(file));
      return [
        `backup       ${file}`,
        `files        ${folder === undefined ? 'none: they are in a bucket' : files}`,
      ];
    } finally {
      writer.close();
    }
  });
}

/**
 * Puts the database and the files of a backup in their place. The files come first and the database is replaced at one
 * instant, so that a crash leaves one or the other database with all of its files; a repetition completes it.
 */
async function restoreBackup(deps: BackupDeps, { file, isForced }: Call): Promise<Lines> {
  const path = sqlitePathOf(deps.databaseUrl);
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  requireOther(file, path);
  const backup = explain(file, () => openBackup(file));
  try {
    const { facts } = backup;
    for (const one of backup.files()) requireHash(file, one);
    if (!isForced) requireEmpty(path, facts.hasFiles ? fileFolderOf(deps.filesUrl) : undefined);
    makeFolder(dirname(path));
    const lock = lockForReplacement(path);
    try {
      const environmentIds = new Set([...lock.environmentIds, ...backup.environmentIds]);
      const store = facts.hasFiles ? await openFileStore(deps.filesUrl) : undefined;
      const keys = store ? await putFiles(store, backup) : new Set<string>();
      await withPart(path, async (part) => {
        await extractDatabase(file, part);
        await syncFile(part);
        lock.removeSideFiles();
        await rename(part, path);
        await syncFolder(dirname(path));
      });
      if (store) await removeOthers(store, environmentIds, keys);
      return [
        `restored     ${path}`,
        `made         ${new Date(facts.madeAt).toISOString()} by Inkling ${facts.version}`,
        `files        ${store ? keys.size : 'none in this backup: they were in a bucket'}`,
      ];
    } finally {
      lock.release();
    }
  } finally {
    backup.close();
  }
}

function sqlitePathOf(databaseUrl: string): string {
  if (databaseUrl.startsWith('sqlite:')) return realPath(resolve(databaseUrl.slice('sqlite:'.length)));
  throw new Error(
    'DATABASE_URL: this is for SQLite; for PostgreSQL use pg_dump and pg_restore, and copy the files of FILES_URL after the dump',
  );
}

/** Runs a step on a new file beside `path`, and removes it unless the step has moved it away. */
async function withPart<T>(path: string, step: (part: string) => Promise<T>): Promise<T> {
  const part = `${path}.${process.pid}.part`;
  await rm(part, { force: true });
  makePrivateFile(part);
  try {
    return await step(part);
  } finally {
    for (const suffix of ['', ...SIDE_FILES]) await rm(`${part}${suffix}`, { force: true });
  }
}

async function addFiles(writer: BackupWriter, store: FileStore): Promise<number> {
  let count = 0;
  for (const id of writer.environmentIds) {
    for await (const key of store.list(`${id}/`)) {
      const bytes = await readFile(store, key);
      // Erased since it was listed.
      if (!bytes) continue;
      writer.addFile({ key, sha256: hash(bytes), bytes });
      count += 1;
    }
  }
  return count;
}

async function putFiles(store: FileStore, backup: BackupReader): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const { key, sha256, bytes } of backup.files()) {
    keys.add(key);
    const present = await readFile(store, key);
    if (present && hash(present) === sha256) continue;
    if (present) await store.remove(key);
    const draft = await store.draft();
    try {
      await draft.write(bytes);
      await draft.keep(key);
    } finally {
      await draft.discard();
    }
  }
  return keys;
}

async function removeOthers(
  store: FileStore,
  environmentIds: Iterable<string>,
  keys: ReadonlySet<string>,
): Promise<void> {
  for (const id of environmentIds) {
    for await (const key of store.list(`${id}/`)) {
      if (!keys.has(key)) await store.remove(key);
    }
  }
}

async function readFile(store: FileStore, key: string): Promise<Buffer | undefined> {
  const opened = await store.open(key);
  return opened && Buffer.from(await new Response(opened.read()).arrayBuffer());
}

function requireAbsent(file: string): void {
  if (existsSync(file)) throw new Error(`${file} is there already: --force replaces it`);
}

function requireEmpty(path: string, folder: string | undefined): void {
  if (isDatabaseThere(path)) throw new Error(`there is a database ${path} already: --force replaces it`);
  const names = folder !== undefined && existsSync(folder) ? readdirSync(folder) : [];
  if (names.some((name) => !name.startsWith('.'))) {
    throw new Error(`there are files in ${folder} already: --force replaces them`);
  }
}

/** The database in use is neither a place for a backup nor one. */
function requireOther(file: string, path: string): void {
  const given = existsSync(file) ? realPath(file) : join(realPath(dirname(file)), basename(file));
  if (['', ...SIDE_FILES].some((suffix) => given === `${path}${suffix}`)) {
    throw new Error(`${file} is the database itself`);
  }
}

/** Where a path leads, if there is something. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function requireHash(backup: string, { key, sha256, bytes }: BackupFile): void {
  if (hash(bytes) !== sha256) throw new Error(`${backup}: it is damaged: the file ${key} has changed`);
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function explain<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
