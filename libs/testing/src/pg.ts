import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** Connection string of the fresh database, for code under test that makes its own connections. */
  readonly url: string;
  readonly name: string;
  readonly pool: pg.Pool;
  /** Ends the pool and removes the database, whoever is still connected to it. */
  readonly drop: () => Promise<void>;
}

/** Connections a test file may hold: the server of the run allows 300, and several files run side by side. */
const POOL_SIZE = 20;

/** A database of its own for one test file, on the server that Jest's globalSetup started. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env.KONTOR_TEST_PG;
  if (server === undefined) throw new Error('KONTOR_TEST_PG is not set: name the file *.int.spec.ts or *.e2e.spec.ts');
  const name = `kontor_test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: POOL_SIZE });
  // A connection that a test broke on purpose, idle in the pool, must not end the process.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    name,
    pool,
    async drop() {
      if (!pool.ended) await pool.end();
      await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
