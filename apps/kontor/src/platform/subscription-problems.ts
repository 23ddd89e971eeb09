import { Problem } from '@kontor/http';
import type { Json } from '@kontor/kernel';
import type { LiveProjection, Rebuild } from '@kontor/projections';
import type { RunningService } from '../composition/running-service.ts';
import type { PlatformAccess } from './platform-access.ts';
import { projectionName } from './projection-names.ts';

/** What may be said of projections, processes and their rebuilds, with the status that it is answered with. */
const STATUSES: { readonly [name: string]: number } = {
  RebuildUnderWay: 409,
  OldCopyKept: 409,
  NoSuchRebuild: 409,
  NotCompared: 409,
  NotTogether: 503,
  ViewsInUse: 409,
  NoSuchLetter: 404,
  NotParked: 404,
  LeaseHeldElsewhere: 409,
  FoldedElsewhere: 409,
  NotReached: 503,
  RowsOfSeveralStreams: 409,
  NothingToReplay: 404,
  CheckpointAheadOfLog: 409,
  ProjectionChanged: 409,
  LogChanged: 409,
  VerificationUnderWay: 409,
  VersionUnderWay: 409,
  VersionRetired: 409,
  LiveTopic: 409,
  TopicNotEmpty: 409,
  TopicReplayUnderWay: 409,
  NoSuchTopicReplay: 404,
  PartitionsDiffer: 409,
  PositionNotYetReached: 409,
};

/** The answer of `work`; what it refuses is a problem with the name of the refusal. */
export async function refusing<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const status = error instanceof Error ? STATUSES[error.name] : undefined;
    if (status === undefined || !(error instanceof Error)) throw error;
    const message = named(error);
    throw new Problem(status, error.name, sentenceOf(error, message), {
      facts: factsOf(error),
      ...(status === 503 ? { headers: { 'retry-after': '1' } } : {}),
    });
  }
}

/** Names stay as they are written, also at the beginning. */
function sentenceOf(error: Error, message: string): string {
  const first = message.split(/[\s:]/, 1)[0] ?? '';
  const isName = Object.values(error).some(
    (value: unknown) =>
      typeof value === 'string' && [value, projectionName(value)].some((one) => first.startsWith(one)),
  );
  return `${isName ? message : `${message.charAt(0).toUpperCase()}${message.slice(1)}`}.`;
}

export interface FoundProjection {
  readonly service: RunningService;
  readonly live: LiveProjection;
  readonly rebuild: Rebuild;
}

export function findProjection(access: PlatformAccess, name: string): FoundProjection {
  for (const service of access.platform.services)
    for (const rebuild of service.rebuilds)
      // Named as the schema is, with underscores, it is meant too.
      if (projectionName(rebuild.live.projection.name) === projectionName(name))
        return { service, live: rebuild.live, rebuild };
  const projections = access.platform.services.flatMap((service) =>
    service.projections.map(({ projection }) => projectionName(projection.name)),
  );
  // A process that runs some of the services knows some of the names: to list those would mislead.
  if (access.platform.others === undefined)
    throw new Problem(404, 'NoSuchProjection', `There is no projection ${name}.`, { facts: { projections } });
  throw new Problem(
    404,
    'NoSuchProjection',
    `There is no projection ${name}: kontor status names those that there are.`,
  );
}

/** The message, with the projection that it is about named as everybody outside says it. Schemas, `account_360_v1_r2`, are not. */
function named(error: Error): string {
  const { message } = error;
  if (!('projection' in error) || typeof error.projection !== 'string') return message;
  const { projection } = error;
  return message.replaceAll(projection, (found, at: number) =>
    /^_v\d/.test(message.slice(at + found.length)) ? found : projectionName(projection),
  );
}

function factsOf(error: Error): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(error).flatMap(([name, value]: [string, unknown]) =>
      name === 'name'
        ? []
        : typeof value === 'bigint'
          ? [[name, value.toString()]]
          : name === 'projection' && typeof value === 'string'
            ? [[name, projectionName(value)]]
            : typeof value === 'string' || Array.isArray(value)
              ? [[name, value as Json]]
              : [],
    ),
  );
}
