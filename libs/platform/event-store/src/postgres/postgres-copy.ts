import type pg from 'pg';
import type { CopyTarget } from '../copy/copy-log.ts';
import type { PostgresEventStore } from '../postgres-event-store.ts';
import { insertCopies } from './log-copy.ts';
import { checkedSchemaName } from './schema.ts';

/** A log in PostgreSQL as the target of a copy: its positions are dense again, each call is one transaction. */
export function intoPostgres(pool: pg.Pool, schemaName: string, store: PostgresEventStore): CopyTarget {
  const schema = checkedSchemaName(schemaName);
  return {
    store,
    append: (events) =>
      insertCopies(pool, schema, (position) =>
        events.map(({ stream, revision, recordedAt, id, type, data, metadata }, n) => ({
          ...{ stream, revision, recordedAt, type, data, eventId: id, position: position + BigInt(n + 1) },
          metadata: Buffer.from(JSON.stringify(metadata)),
        })),
      ),
  };
}
