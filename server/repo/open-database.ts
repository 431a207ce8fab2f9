import type { Database, OpenOptions } from './database.ts';

/**
 * Opens `sqlite:path` or `postgres://…` and runs the migrations. Rejects with a readable message when the address
 * is of another kind or the database cannot be reached.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url.slice('sqlite:'.length), options);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    // pg is loaded only here: it costs memory and start time that an embedded database should not pay.
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, options);
  }
  throw new Error('expected sqlite:<path> or postgres://…');
}
