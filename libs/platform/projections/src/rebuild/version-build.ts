import { Checkpoints, errorText, pause, sqlState } from '@kontor/feed';
import type pg from 'pg';
import { ProjectionBehind } from '../errors.ts';
import type { Projection } from '../projection.ts';
import { prepareSchema } from '../schema.ts';
import { decided } from './decided.ts';
import type { LiveProjection } from './live-projection.ts';
import { ATTEMPT_PAUSE_MS, CAUGHT_UP_WITHIN_MS, REGISTRY_POLL_MS, SWITCH_LOCK_TIMEOUT_MS } from './rebuild.config.ts';
import { ViewsNotReplaceable } from './rebuild-errors.ts';
import type { CopyRow } from './registry.ts';

/** The declared version, built from history while the views are over the tables of an older one. */
export interface VersionBuild {
  readonly schema: string;
  readonly version: number;
  readonly viewsOn: number;
  readonly oldSchema: string;
}

export function versionBuildIn(rows: readonly CopyRow[], { version }: Projection): VersionBuild | undefined {
  const live = rows.find(({ state }) => state === 'live');
  const own = rows.find((row) => row.version === version && (row.state === 'building' || row.state === 'paused'));
  if (live === undefined || own === undefined || live.version >= version) return undefined;
  return { schema: own.schema, version, viewsOn: live.version, oldSchema: live.schema };
}

/** Ends when the views are over the declared version, whoever has switched them, or with the signal. */
export async function switchWhenCaughtUp(
  live: LiveProjection,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  let told = '';
  while (!signal.aborted && live.building !== undefined) {
    try {
      if (live.folds(live.building.schema) && (await isNearHeads(live)) && (await switched(live))) {
        await live.reconcile();
        continue;
      }
      await pause(ATTEMPT_PAUSE_MS, signal);
    } catch (error) {
      // Such as a feed that does not answer: told once, tried on.
      if (told !== (told = errorText(error))) report(error);
      await pause(REGISTRY_POLL_MS, signal);
    }
  }
}

/** Whether it has folded everything that there was a moment ago. */
async function isNearHeads({ live, feed }: LiveProjection): Promise<boolean> {
  const heads = await Promise.all(
    live.services.map(async (service) => `${service}:${(await feed.head(service)).position}`),
  );
  try {
    await live.waitFor(heads.join(','), CAUGHT_UP_WITHIN_MS);
    return true;
  } catch (error) {
    if (error instanceof ProjectionBehind) return false;
    throw error;
  }
}

/** One transaction. False: somebody holds the views, or the old tables are ahead of the new ones; nothing was changed. */
async function switched(live: LiveProjection): Promise<boolean> {
  const { projection, registry, options } = live;
  try {
    return await decided(live, async (client, rows) => {
      const build = versionBuildIn(rows, projection);
      if (build === undefined) return true;
      if (rows.find(({ schema }) => schema === build.schema)?.state === 'paused') return false;
      await client.query(`set local lock_timeout = ${SWITCH_LOCK_TIMEOUT_MS}`);
      if (!(await isAbreast(live, client, build))) return false;
      await prepareSchema(client, live.placed(build.schema, true), projection.name, options.readerRole);
      // So that the older code, should it be started again, puts its views anew instead of taking them for its own.
      await client.query(`update ${build.oldSchema}.declaration set views = 'elsewhere'`);
      await registry.setState(client, build.oldSchema, 'retired');
      await registry.setState(client, build.schema, 'live');
      await registry.tell(client, {
        projection: projection.name,
        act: 'ProjectionSwitched',
        actor: 'kontor',
        reason: `version ${build.version} has caught up`,
        details: { schema: build.schema, kept: build.oldSchema },
      });
      return true;
    });
  } catch (error) {
    if (sqlState(error) === '55P03') return false;
    throw error;
  }
}

/**
 * Whoever has seen a change in the old tables sees it after the switch too: a process of the older code may still fold them. An
 * old checkpoint beyond the end of its log, as after a restore, says nothing. Holds both folds up for the switch.
 */
async function isAbreast(live: LiveProjection, client: pg.ClientBase, build: VersionBuild): Promise<boolean> {
  const { name } = live.projection;
  const { rows } = await client.query<{ service: string; position: string }>(
    `select service, position::text from ${build.oldSchema}.checkpoints where consumer = $1
     order by service, partition for update`,
    [name],
  );
  const checkpoints = new Checkpoints(build.schema, name);
  for (const service of live.services) await checkpoints.lock(client, service);
  // What this process has passed: over events that do not concern it the stored checkpoints move late.
  for (const { service, position } of (await live.status()).services) {
    const old = rows.filter((row) => row.service === service).map((row) => BigInt(row.position));
    const ahead = old.length > 0 && old.every((one) => one > position);
    if (ahead && position < (await live.feed.head(service)).position) return false;
  }
  return true;
}

/**
 * Tries the views of the new version out and takes them back: an older version's views keep their columns, a newer one adds its own
 * at the end. Better told at the start than after hours of folding. Throws ViewsNotReplaceable.
 */
export async function requireReplaceable(live: LiveProjection): Promise<void> {
  const { building, projection, options } = live;
  if (building === undefined) return;
  const client = await live.pool.connect();
  try {
    await client.query(`begin; set local lock_timeout = ${SWITCH_LOCK_TIMEOUT_MS}`);
    await prepareSchema(client, live.placed(building.schema, true), projection.name, options.readerRole);
  } catch (error) {
    // Held by somebody: the switch will find out.
    if (sqlState(error) === '42P16')
      throw new ViewsNotReplaceable(projection.name, building.viewsOn, building.version, errorText(error));
    if (sqlState(error) !== '55P03') throw error;
  } finally {
    await client.query('rollback');
    client.release();
  }
}
