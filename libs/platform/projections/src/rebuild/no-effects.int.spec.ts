import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { appendAll, noteEvents, notesLog, notesProjection, taken } from '../notes.scenarios.ts';
import type { Projection } from '../projection.ts';
import { LiveProjection } from './live-projection.ts';
import { parkedStreams } from './parked.ts';
import { Rebuild } from './rebuild.ts';

const who = { actor: 'ada' };
const TAKEN = 'kontor.notes.note-taken.v1';

describe('X-03: no side effects while rebuilding', () => {
  let db: TestDatabase;
  let source: LogSource;
  let server: Server;
  let url: string;
  let heard: number;
  let live: LiveProjection | undefined;

  beforeAll(async () => {
    db = await testDatabase();
    server = createServer((_request, response) => {
      heard += 1;
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await db.drop();
  });
  beforeEach(async () => {
    heard = 0;
    await PostgresEventStore.migrate(db.pool, 'notes_log');
    source = notesLog(db.pool);
  });
  afterEach(async () => {
    await live?.stop();
    await source.store.close();
    const { rows } = await db.pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname like 'notes%' or nspname in ('reading', 'kontor_rebuilds')`,
    );
    await db.pool.query(`drop schema ${rows.map(({ nspname }) => nspname).join(', ')} cascade`);
  });

  /** Rebuilt with a handler that does something beside its rows, once the live one has folded without it. */
  const rebuiltWith = async (deed: () => void) => {
    await appendAll(source, noteEvents('effects', 40));
    const declared = notesProjection();
    const handler = declared.on[TAKEN];
    let tries = false;
    const on: Projection['on'] = {
      ...declared.on,
      [TAKEN]: (event) => {
        if (tries) deed();
        return handler?.(event) ?? [];
      },
    };
    live = new LiveProjection(db.pool, new LogFeed([source]), { ...declared, on });
    await live.prepare();
    await live.start();
    const { position } = await source.store.head();
    await live.waitFor(`notes:${position}`, 10_000);
    tries = true;
    const rebuild = new Rebuild(live);
    await rebuild.start(who);
    const status = await eventually('rebuilt', async () => {
      const now = await rebuild.status();
      return now.caughtUp ? now : undefined;
    });
    expect((await source.store.head()).position).toBe(position);
    return { rebuild, live, status };
  };

  it('a command that is sent at once parks the stream of the event, in the copy alone', async () => {
    const { live: projection, status } = await rebuiltWith(() => {
      void source.store.append('notebook-1', 'any', [taken('a side effect')]);
    });
    expect(status.parkedStreams).toBeGreaterThan(0);
    const { rows } = await db.pool.query<{ error: string }>(
      `select distinct error from notes_read_v1_r2.parked_streams`,
    );
    expect(rows.map(({ error }) => error.replace(/notebook-\d/, 'notebook'))).toEqual([
      'notes-read tried to append to notebook while it folded: nothing was done',
    ]);
    expect(await parkedStreams(projection)).toEqual([]);
  });

  it('a command that is sent later never leaves, and ends nothing', async () => {
    let tried = 0;
    const { rebuild, status } = await rebuiltWith(() => {
      void (async () => {
        await immediate();
        tried += 1;
        await source.store.append('notebook-1', 'any', [taken('a late side effect')]);
        heard += 1;
      })();
    });
    expect(status.parkedStreams).toBe(0);
    await eventually('it was tried', () => tried > 0);
    expect(heard).toBe(0);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
  });

  it('a call over the network reaches nobody', async () => {
    const faults: string[] = [];
    let tried = 0;
    const { rebuild } = await rebuiltWith(() => {
      tried += 2;
      fetch(url).catch((error: Error) => faults.push(String(error.cause)));
      get(url, { agent: false }).on('error', (error) => faults.push(String(error)));
    });
    await eventually('all calls have failed', () => faults.length === tried);
    expect(heard).toBe(0);
    const refused = 'SideEffectWhileFolding: notes-read tried to open a connection while it folded: nothing was done';
    expect(new Set(faults.map((fault) => fault.replace(/^Error: /, '')))).toEqual(new Set([refused]));
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    expect((await fetch(url)).status).toBe(200);
  });
});
