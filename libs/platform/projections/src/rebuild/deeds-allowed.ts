import type pg from 'pg';
import type { Projection } from '../projection.ts';
import type { LiveProjection } from './live-projection.ts';
import { NoSuchRebuild, RebuildUnderWay, VersionRetired, VersionUnderWay } from './rebuild-errors.ts';
import type { CopyRow, CopyState } from './registry.ts';

export function refuseUnderWay(copies: readonly CopyRow[], projection: string): void {
  const row = copies.find(({ state }) => state === 'building' || state === 'paused');
  if (row !== undefined) throw new RebuildUnderWay(projection, row.schema, row.state, row.startedBy, row.startedAt);
}

export function required(
  copies: readonly CopyRow[],
  { name, version }: Projection,
  states: readonly CopyState[],
): CopyRow {
  const row = copies.find((one) => one.version === version && states.includes(one.state));
  if (row !== undefined) return row;
  const other = copies.find(({ state }) => state === 'building' || state === 'paused' || state === 'kept');
  throw new NoSuchRebuild(name, states.join(' or '), other?.state ?? null);
}

/** Of a version that is built nobody decides but the program itself. */
export function refuseVersionBuild({ building, projection }: LiveProjection): void {
  if (building !== undefined) throw new VersionUnderWay(projection.name, building.schema, building.version);
}

/** The views go back to a copy that is folded on, never to one that stands still. */
export function refuseRetired(copies: readonly CopyRow[], { name, version }: Projection): void {
  if (copies.some((row) => row.version === version && row.state === 'kept')) return;
  const retired = copies.find((row) => row.version !== version && row.state === 'retired' && !row.dropped);
  if (retired !== undefined) throw new VersionRetired(name, retired.schema, retired.version);
}

/** The copy to be cancelled: one of this version, or what another program has begun to build and left. */
export async function cancellable(
  live: LiveProjection,
  client: pg.ClientBase,
  copies: readonly CopyRow[],
): Promise<CopyRow> {
  refuseVersionBuild(live);
  const other = copies.find(({ state, version }) => state === 'building' && version !== live.projection.version);
  if (other === undefined) return required(copies, live.projection, ['building', 'paused']);
  if (!(await live.registry.isForsaken(client, other.schema)))
    throw new VersionUnderWay(live.projection.name, other.schema, other.version);
  return other;
}
