import { exportLog, exportSeals, logStamp, type PostgresKeyVault, sealsStamp } from '@kontor/event-store';
import type pg from 'pg';
import { sealsOf } from '../composition/platform.ts';
import { type Frame, framed } from './frames.ts';
import { eventLine, type Manifest } from './manifest.ts';

export interface BackupSource {
  readonly pool: pg.Pool;
  readonly vault: PostgresKeyVault;
  readonly services: readonly string[];
  readonly product: string;
  readonly sealKeys: string;
}

/**
 * The bytes of a backup, made while people work: every log is cut at the position that it has in one snapshot of the whole
 * database, so that no service knows of an event that another's log does not hold. The list of destroyed keys is read last.
 */
export function backup(source: BackupSource, withKeys: boolean): AsyncGenerator<Buffer> {
  return framed(frames(source, withKeys));
}

async function* frames(source: BackupSource, withKeys: boolean): AsyncGenerator<Frame> {
  const { pool, vault } = source;
  const manifest = await manifestOf(source, withKeys);
  yield { kind: 'M', lines: [manifest] };
  for (const { service, position, seals } of manifest.logs) {
    for await (const events of exportLog(pool, `${service}_log`, BigInt(position)))
      yield { kind: 'L', lines: [service, ...events.map(eventLine)] };
    for await (const links of exportSeals(pool, sealsOf(service), seals.position))
      yield { kind: 'S', lines: [service, ...links] };
  }
  if (withKeys) for await (const keys of vault.exportKeys()) yield { kind: 'K', lines: keys };
  yield { kind: 'D', lines: await vault.destroyedSubjects() };
  yield { kind: 'E', lines: [] };
}

async function manifestOf(source: BackupSource, withKeys: boolean): Promise<Manifest> {
  const client = await source.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<{ now: string; postgres: number }>(
      `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now,
              current_setting('server_version_num')::int / 10000 as postgres`,
    );
    const logs: Manifest['logs'][number][] = [];
    for (const service of source.services) {
      const { logId, position, partitionSize } = await logStamp(client, `${service}_log`);
      const seals = await sealsStamp(client, sealsOf(service));
      logs.push({ service, logId, position: position.toString(), partitionSize: partitionSize.toString(), seals });
    }
    await client.query('commit');
    return {
      product: source.product,
      createdAt: rows[0]?.now ?? '',
      postgres: rows[0]?.postgres ?? 0,
      withKeys,
      sealKeys: source.sealKeys,
      logs,
    };
  } finally {
    client.release();
  }
}
