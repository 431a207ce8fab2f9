import { existsSync, rmSync } from 'node:fs';
import Sqlite, { type Database as File } from 'better-sqlite3';
import { DEFAULT_MIGRATION_TABLE } from 'kysely';
import { requireKnownMigrations } from './migrations.ts';

/** Raised when a backup can't be read any more as an older one. */
const FORMAT = 1;
const LOCK_WAIT_MS = 5_000;
/** Files that SQLite keeps beside a database. */
export const SIDE_FILES = ['-wal', '-shm', '-journal'] as const;
/** More pages than a database can have: a copy in several steps starts anew whenever another process has written. */
const ALL_PAGES = 0x7fffffff;

/** What a backup says about itself. */
export interface BackupFacts {
  /** The version that made it. */
  readonly version: string;
  /** Epoch ms. */
  readonly madeAt: number;
  /** Whether uploaded files are part of it. */
  readonly hasFiles: boolean;
}

/** A file in a backup. */
export interface BackupFile {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** A backup that is being made. */
export interface BackupWriter {
  readonly environmentIds: readonly string[];
  addFile(file: BackupFile): void;
  /** Completes the backup and checks it. */
  finish(facts: BackupFacts): void;
  close(): void;
}

/** A backup that has passed all checks but those of its files. */
export interface BackupReader {
  readonly facts: BackupFacts;
  readonly environmentIds: readonly string[];
  files(): IterableIterator<BackupFile>;
  close(): void;
}

/**
 * Begins a backup: copies a database, which other processes may use at the same time, as it is at one instant. The backup
 * is an SQLite database too, with the files and what it says about itself in two more tables.
 */
export async function startBackup(path: string, target: string): Promise<BackupWriter> {
  await copyDatabase(path, target);
  const file = new Sqlite(target);
  try {
    requireInkling(file);
    // One file, without a log beside it.
    file.pragma('journal_mode = delete');
    // A backup that a crash interrupts is never moved to its place; `backup` syncs the whole file before.
    file.pragma('synchronous = off');
    file.exec(`begin;
      drop table if exists inkling_backup;
      drop table if exists inkling_backup_file;
      create table inkling_backup (format integer not null, version text not null, made_at integer not null,
        has_files integer not null);
      create table inkling_backup_file (key text primary key, sha256 text not null, bytes blob not null)`);
    const insert = file.prepare('insert into inkling_backup_file values (?, ?, ?)');
    return {
      environmentIds: listEnvironmentIds(file),
      addFile: ({ key, sha256, bytes }) => void insert.run(key, sha256, bytes),
      finish({ version, madeAt, hasFiles }) {
        file
          .prepare('insert into inkling_backup values (?, ?, ?, ?)')
          .run(FORMAT, version, madeAt, hasFiles ? 1 : 0);
        file.exec('commit');
        requireIntegrity(file);
      },
      close: () => void file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Opens a backup. Throws when it is none, is damaged, or was made by a newer version. */
export function openBackup(path: string): BackupReader {
  const file = new Sqlite(path, { readonly: true, fileMustExist: true });
  try {
    if (!hasTable(file, 'inkling_backup')) throw new Error('it was not made by `backup`');
    const facts = file.prepare('select format, version, made_at, has_files from inkling_backup').get() as
      | { format: number; version: string; made_at: number; has_files: number }
      | undefined;
    if (!facts) throw new Error('it is not complete');
    if (facts.format > FORMAT) throw new Error(`it was made by a newer Inkling (${facts.version})`);
    requireKnownMigrations(listMigrations(file));
    requireIntegrity(file);
    const select = file.prepare('select key, sha256, bytes from inkling_backup_file order by key');
    return {
      facts: { version: facts.version, madeAt: facts.made_at, hasFiles: facts.has_files === 1 },
      environmentIds: listEnvironmentIds(file),
      files: () => select.iterate() as IterableIterator<BackupFile>,
      close: () => void file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Copies only the database out of a backup. */
export async function extractDatabase(backup: string, target: string): Promise<void> {
  await copyDatabase(backup, target);
  const file = new Sqlite(target);
  try {
    file.pragma('synchronous = off');
    file.exec('drop table inkling_backup; drop table inkling_backup_file; vacuum');
    requireIntegrity(file);
  } finally {
    file.close();
  }
}

/** The lock on a database that is to be replaced. */
export interface ReplacementLock {
  /** Environments that it has; none when it can't be read. */
  readonly environmentIds: readonly string[];
  /** Removes the files that SQLite has left beside it: it would take them for those of the new database. */
  removeSideFiles(): void;
  release(): void;
}

/** Locks a database for its replacement, if there is one. Throws when another process uses it. */
export function lockForReplacement(path: string): ReplacementLock {
  const removeSideFiles = (): void => {
    for (const suffix of SIDE_FILES) rmSync(`${path}${suffix}`, { force: true });
  };
  const file = existsSync(path) ? new Sqlite(path, { timeout: 0 }) : undefined;
  let environmentIds: readonly string[] = [];
  try {
    // Needs that no other process has the file open, and writes its log back into it.
    file?.pragma('journal_mode = delete');
    file?.exec('begin exclusive');
    if (file && hasTable(file, 'environment')) environmentIds = listEnvironmentIds(file);
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) {
      file?.close();
      throw new Error('a server or a command uses the database: stop it first');
    }
    // A damaged database is what a backup is for.
  }
  return { environmentIds, removeSideFiles, release: () => void file?.close() };
}

/** Whether a database, or what one has left, is in the place of another one. */
export function isDatabaseThere(path: string): boolean {
  return ['', ...SIDE_FILES].some((suffix) => existsSync(`${path}${suffix}`));
}

async function copyDatabase(path: string, target: string): Promise<void> {
  // Not opened as readonly: such a connection leaves the log and its index behind when it is the last one.
  const file = new Sqlite(path, { fileMustExist: true, timeout: LOCK_WAIT_MS });
  try {
    file.pragma('query_only = on');
    await file.backup(target, { progress: () => ALL_PAGES });
  } finally {
    file.close();
  }
}

function requireInkling(file: File): void {
  if (!hasTable(file, 'environment') || !hasTable(file, DEFAULT_MIGRATION_TABLE)) {
    throw new Error('there is no database of Inkling');
  }
}

function requireIntegrity(file: File): void {
  const problems = file.pragma('integrity_check(3)') as { readonly integrity_check: string }[];
  const found = problems.map((one) => one.integrity_check).join('; ');
  if (found !== 'ok') throw new Error(`the database is damaged: ${found}`);
}

function hasTable(file: File, name: string): boolean {
  return (
    file.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(name) !== undefined
  );
}

function listMigrations(file: File): readonly string[] {
  return file.prepare(`select name from ${DEFAULT_MIGRATION_TABLE}`).pluck().all() as string[];
}

function listEnvironmentIds(file: File): readonly string[] {
  return file.prepare('select id from environment').pluck().all() as string[];
}
