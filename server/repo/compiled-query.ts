import { type Compilable, type CompiledQuery, type Kysely, PostgresAdapter } from 'kysely';
import type { Schema } from './schema.ts';

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A placeholder for a parameter, typed as whatever the column takes. */
export type Parameter<P> = <K extends keyof P & string>(name: K) => P[K];

/**
 * Compiles a query once per database kind and afterwards only binds its parameters.
 *
 * Building and compiling a kysely query costs more than SQLite needs to run it, so the statements of every client
 * request go through here.
 *
 * @example
 * const findName = compileOnce<{ id: string }, { name: string }>((db, value) =>
 *   db.selectFrom('survey').select('name').where('id', '=', value('id')));
 * const [row] = await findName(db, { id });
 */
export function compileOnce<P, R>(
  build: (db: Kysely<Schema>, value: Parameter<P>) => Compilable<R>,
): (db: Kysely<Schema>, parameters: P) => Promise<R[]> {
  const compiled = new Map<boolean, CompiledQuery<R>>();
  // The cast stays local: the placeholder is replaced by the value before the query runs.
  const value = ((name: string) => new Placeholder(name)) as unknown as Parameter<P>;

  return async (db, parameters) => {
    const dialect = isPostgres(db);
    let query = compiled.get(dialect);
    if (!query) {
      query = build(db, value).compile();
      compiled.set(dialect, query);
    }
    const values = query.parameters.map((item) =>
      item instanceof Placeholder ? (parameters as Record<string, unknown>)[item.name] : item,
    );
    return (await db.executeQuery<R>({ ...query, parameters: values })).rows;
  };
}

/** Returns the kind of database that a query goes to, for the few statements that must differ. */
export function isPostgres(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
