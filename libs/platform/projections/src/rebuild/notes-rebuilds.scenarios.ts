import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { type Feed, LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { foldInMemory, readTables } from '../fold-in-memory.ts';
import { bug, notesLog, notesProjection, published } from '../notes.scenarios.ts';
import { AppendLatency } from './append-latency.ts';
import type { LiveProjectionOptions } from './live-options.ts';
import { LiveProjection } from './live-projection.ts';
import { Rebuild } from './rebuild.ts';

export const who = { actor: 'ada' };

/** For each test of a spec a log of notes, folded by as many processes as it starts, and what one asks of them. */
export class NotesRebuilds {
  db!: TestDatabase;
  source!: LogSource;
  feed!: Feed;
  #stops: (() => Promise<void>)[] = [];

  constructor() {
    beforeAll(async () => {
      this.db = await testDatabase();
    });
    afterAll(async () => {
      await this.db.drop();
    });
    beforeEach(async () => {
      await PostgresEventStore.migrate(this.db.pool, 'notes_log');
      this.source = notesLog(this.db.pool);
      this.feed = new LogFeed([this.source]);
      bug.fixed = false;
    });
    afterEach(() => this.#clear());
  }

  async started(projection = notesProjection(), options?: LiveProjectionOptions): Promise<Rebuild> {
    const usual = { latency: new AppendLatency(), batchSize: 50 };
    const live = new LiveProjection(this.db.pool, this.feed, projection, options ?? usual);
    this.#stops.push(() => live.stop());
    await live.prepare();
    await live.start();
    return new Rebuild(live);
  }

  async head(): Promise<string> {
    return `notes:${(await this.source.store.head()).position}`;
  }

  async rows(sql: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.db.pool.query<Record<string, unknown>>(sql)).rows;
  }

  async expectLiveFold({ live }: Rebuild): Promise<void> {
    await live.waitFor(await this.head(), 10_000);
    const { tables } = foldInMemory(live.placed(live.schema, true), await published(this.source));
    expect(await readTables(this.db.pool, live.placed(live.schema, true))).toEqual(tables);
    const seen = await this.rows('select notebook, pages::int from reading.notebooks order by notebook');
    expect(seen).toEqual(tables.notebooks?.map(({ notebook, pages }) => ({ notebook, pages })));
  }

  /**
   * What an analyst sees at one moment, in whichever copy the views show: the fold up to the checkpoint of that copy. Gives its
   * schema.
   */
  async expectViewsFold(): Promise<string> {
    const client = await this.db.pool.connect();
    const ask = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
    try {
      await client.query('begin isolation level repeatable read');
      // Before the snapshot is taken: from here on nobody switches the views.
      await client.query('lock table reading.notes, reading.notebooks in access share mode');
      const [behind] = await ask<{ schema: string }>(
        `select substring(pg_get_viewdef('reading.notes'::regclass) from 'FROM ([a-z0-9_]+)\\.notes') as schema`,
      );
      const schema = behind?.schema ?? '';
      const checkpoints = await ask<{ position: string }>(`select distinct position from ${schema}.checkpoints`);
      // By key as text, like a fold in memory.
      const notes = await ask('select notebook, revision, text from reading.notes order by notebook, revision::text');
      const notebooks = await ask('select notebook, pages::int from reading.notebooks order by notebook');
      await client.query('commit');
      expect(checkpoints).toHaveLength(1);
      const upTo = await published(this.source, BigInt(checkpoints[0]?.position ?? 0));
      const { tables } = foldInMemory(notesProjection(), upTo);
      expect(notes).toEqual(tables.notes?.map(({ notebook, revision, text }) => ({ notebook, revision, text })));
      expect(notebooks).toEqual(tables.notebooks?.map(({ notebook, pages }) => ({ notebook, pages })));
      return schema;
    } finally {
      // With whatever is left open when something failed.
      client.release(true);
    }
  }

  async #clear(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
    await this.source.store.close();
    const { rows } = await this.db.pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname like 'notes%' or nspname in ('reading', 'kontor_rebuilds')`,
    );
    await this.db.pool.query(`drop schema ${rows.map(({ nspname }) => nspname).join(', ')} cascade`);
  }
}

export async function caughtUp(rebuild: Rebuild): Promise<void> {
  await eventually('the rebuild has caught up', async () => (await rebuild.status()).caughtUp);
}
