import { exportLog, exportSeals, logStamp, type PostgresKeyVault, sealsStamp } from '@kontor/event-store';
import type pg from 'pg';
import type { EventStores } from '../composition/event-stores.ts';
import { sealsOf } from '../composition/platform.ts';
import { type Frame, framed } from './frames.ts';
import { eventLine, type Manifest } from './manifest.ts';
import { inEventStoreDb } from './logs-in-eventstoredb.ts';
import type { BackupLog } from './backup-log.ts';

export interface BackupSource {
  readonly pool: pg.Pool;
  readonly stores: EventStores;
  readonly vault: PostgresKeyVault;
  readonly services: readonly string[];
  readonly product: string;
  readonly sealKeys: string;
}

/**
 * The bytes of a backup, made while people work: every log is cut at the position that it has at one moment of the store that holds
 * them all, so that no service knows of an event that another's log does not hold. The list of destroyed keys is read last.
 */
export function backup(source: BackupSource, withKeys: boolean): AsyncGenerator<Buffer> {
  return framed(frames(source, withKeys));
}

async function* frames(source: BackupSource, withKeys: boolean): AsyncGenerator<Frame> {
  const { pool, vault, services, stores } = source;
  const logs = stores.kind === 'postgres' ? await inPostgres(pool, services) : await inEventStoreDb(source);
  yield { kind: 'M', lines: [await manifestOf(source, withKeys, logs)] };
  for (const log of logs) {
    const { service } = log.manifest;
    for await (const events of log.events()) yield { kind: 'L', lines: [service, ...events.map(eventLine)] };
    for await (const links of log.seals()) yield { kind: 'S', lines: [service, ...links] };
  }
  if (withKeys) for await (const keys of vault.exportKeys()) yield { kind: 'K', lines: keys };
  yield { kind: 'D', lines: await vault.destroyedSubjects() };
  yield { kind: 'E', lines: [] };
}

async function manifestOf(source: BackupSource, withKeys: boolean, logs: readonly BackupLog[]): Promise<Manifest> {
  const { product, sealKeys } = source;
  const { rows } = await source.pool.query<{ createdAt: string; postgres: number }>(
    `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt",
            current_setting('server_version_num')::int / 10000 as postgres`,
  );
  const [{ createdAt, postgres } = { createdAt: '', postgres: 0 }] = rows;
  return { product, createdAt, postgres, withKeys, sealKeys, logs: logs.map(({ manifest }) => manifest) };
}

/** All logs and their seals as they are in one snapshot of the database. */
async function inPostgres(pool: pg.Pool, services: readonly string[]): Promise<readonly BackupLog[]> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const logs: BackupLog[] = [];
    for (const service of services) {
      const { logId, position, partitionSize } = await logStamp(client, `${service}_log`);
      const seals = await sealsStamp(client, sealsOf(service));
      logs.push({
        manifest: { service, logId, seals, position: position.toString(), partitionSize: partitionSize.toString() },
        events: () => exportLog(pool, `${service}_log`, position),
        seals: () => exportSeals(pool, sealsOf(service), seals.position),
      });
    }
    await client.query('commit');
    return logs;
  } finally {
    client.release();
  }
}
