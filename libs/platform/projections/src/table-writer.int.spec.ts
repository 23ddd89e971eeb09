import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inTransaction } from '@kontor/feed';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import type { Row, Table } from './projection.ts';
import { COPY_FROM_ROWS } from './projections.config.ts';
import { TableWriter } from './table-writer.ts';

const TABLE: Table = {
  comment: 'Anything',
  key: ['id'],
  columns: {
    id: { type: 'integer', comment: 'Key' },
    text: { type: 'text', nullable: true, comment: 'Any text' },
    facts: { type: 'jsonb', nullable: true, comment: 'Anything that is JSON' },
    at: { type: 'timestamptz', nullable: true, comment: 'An instant' },
    flag: { type: 'boolean', nullable: true, comment: 'Yes or no' },
    amount: { type: 'bigint', nullable: true, comment: 'A large number' },
  },
};

const TEXTS = [
  '',
  '\\N',
  '\\.',
  'NULL',
  'a\tb\nc\r\nd',
  '"quoted" {1,2}',
  "it's",
  'Übergrößenträger 🦊',
  '\\\\ \\t',
  '\u0001',
];
const rowsFrom = (first: number, count: number, text?: string): Row[] =>
  Array.from({ length: count }, (_, n) => ({
    id: first + n,
    text: text ?? (n % 11 === 10 ? null : TEXTS[n % TEXTS.length]),
    facts: n % 3 === 0 ? null : { text: TEXTS[n % TEXTS.length], list: [n, null] },
    at: n % 4 === 0 ? null : '2026-11-22T06:00:00.123456Z',
    flag: n % 5 === 0 ? null : n % 2 === 0,
    amount: n % 7 === 0 ? null : n % 2 === 0 ? -n : 2n ** 62n,
  }));

describe('TableWriter', () => {
  let db: TestDatabase;
  let writer: TableWriter;

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(async () => {
    await db.drop();
  });
  beforeEach(async () => {
    await db.pool.query(`create schema writing; create table writing.rows
      (id integer primary key, text text, facts jsonb, at timestamptz, flag boolean, amount bigint)`);
    writer = new TableWriter('writing', 'rows', TABLE);
  });
  afterEach(async () => {
    await db.pool.query('drop schema writing cascade');
  });

  const write = (fresh: readonly Row[], safely = false) =>
    inTransaction(db.pool, 'begin', (client) => writer.write(client, { fresh, upserts: [], deletes: [] }, safely));
  const stored = async () => (await db.pool.query('select * from writing.rows order by id')).rows as unknown[];

  it('copies new rows to the letter as it upserts them', async () => {
    const rows = rowsFrom(1, COPY_FROM_ROWS * 4);
    await write(rows, true);
    const upserted = await stored();
    await db.pool.query('truncate writing.rows');
    await write(rows);
    expect(await stored()).toEqual(upserted);
    expect(upserted.map((row) => (row as { text: unknown }).text)).toEqual(rows.map(({ text }) => text));
  });

  it('says that it missed when a row was there, leaves nothing, and upserts the next time', async () => {
    await write(rowsFrom(5, 1, 'before'));
    const rows = rowsFrom(1, COPY_FROM_ROWS, 'after');
    const error: unknown = await write(rows).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(writer.missed(error)).toBe(true);
    expect(await stored()).toHaveLength(1);
    await write(rows);
    expect(await stored()).toMatchObject(rows.map(({ id }) => ({ id, text: 'after' })));
  });

  it('takes no other fault for a miss', async () => {
    const nul = { id: 1, text: 'a\u0000b' };
    const error: unknown = await write(Array.from({ length: COPY_FROM_ROWS }, () => nul)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: expect.stringContaining('NUL') as unknown });
    expect(writer.missed(error)).toBe(false);
    expect(
      new TableWriter('writing', 'others', TABLE).missed({ code: '23505', schema: 'writing', table: 'rows' }),
    ).toBe(false);
  });

  it('ends with the error when the connection goes while rows are copied', async () => {
    await expect(
      inTransaction(db.pool, 'begin', async (client) => {
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        await db.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
        await writer.write(client, { fresh: rowsFrom(1, COPY_FROM_ROWS), upserts: [], deletes: [] });
      }),
    ).rejects.toThrow();
    expect(await stored()).toEqual([]);
  });
});
