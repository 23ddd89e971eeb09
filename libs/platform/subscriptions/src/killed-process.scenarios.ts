import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { defineCodec } from '@kontor/kernel';
import { DeadlyPool, toldToGo } from '@kontor/testing/deadly-pool';
import pg from 'pg';
import { errands, recordingTarget } from './errands.scenarios.ts';
import { ProcessRunner } from './process-runner.ts';

/** The log that the process hears of, in the database. */
function notesOf(pool: pg.Pool): LogSource {
  return {
    store: new PostgresEventStore({ pool, schema: 'notes_log' }),
    codecs: [defineCodec('notes', { NoteTaken: { version: 2, upcasts: { 1: (data) => data } } })],
    publication: {
      service: 'notes',
      publish: ({ data }) => ({ contract: 'kontor.notes.note-taken.v1', data }),
    },
  };
}

/**
 * A process of its own that works off its feed and kills itself at the n-th statement. Prints "done" when it was not killed.
 *
 * Arguments: connection string, n, "before" or "during".
 */
const [url, nth, moment] = process.argv.slice(2) as [string, string, 'before' | 'during'];
const others = new pg.Pool({ connectionString: url, max: 4 });
const rows = new DeadlyPool({ connectionString: url, max: 3 }, Number(nth), moment);
const source = notesOf(others);
const runner = new ProcessRunner(rows, new LogFeed([source]), errands, await recordingTarget(others), {
  service: 'errands',
  // Later than every timer, so that these fire, too.
  now: () => '2026-11-21T13:00:00.000Z',
  batchSize: 8,
});
await toldToGo();
await runner.catchUp();
await source.store.close();
await Promise.all([others.end(), rows.end()]);
console.log('done');
