import type pg from 'pg';

/** Values of one statement: `$` gives the placeholder of a value, so that nothing is ever pasted into SQL. */
export class Statement {
  readonly values: unknown[] = [];

  $(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

export interface Reader {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/** All statements of one answer see the same rows, whatever is folded meanwhile. */
export async function inSnapshot<Answer>(pool: pg.Pool, answer: (reader: Reader) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await answer(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // The connection is thrown away: with it goes the transaction, in whatever state it is.
    client.release(true);
    throw error;
  }
}
