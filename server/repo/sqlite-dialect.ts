import type { Database as File, Statement } from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

// More than the number of different statements the server has; a bound against generated SQL, not a tuning knob.
const MAX_STATEMENTS = 500;

/**
 * A kysely dialect over one open file that keeps its prepared statements. It has no lock of its own: code that runs a
 * transaction on it must ensure that nothing else uses the same file object meanwhile.
 */
export function createSqliteDialect(file: File): Dialect {
  return {
    createDriver: () => createDriver(file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  // SQLite rolls back CREATE TABLE like anything else, so a migration is all or nothing.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function createDriver(file: File): Driver {
  const connection = createConnection(file);
  const run = async (sql: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(sql));
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => run('rollback'),
    destroy: async () => {},
  };
}

function createConnection(file: File): DatabaseConnection {
  const statements = new Map<string, Statement>();

  function prepare(sql: string): Statement {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const statement = file.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const statement = prepare(sql);
      if (statement.reader) return { rows: statement.all(parameters) as R[] };
      const { changes } = statement.run(parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: streaming is part of the interface, and nothing here streams.
    async *streamQuery() {
      throw new Error('streaming is not supported');
    },
  };
}
