import { inTransaction } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';
import { Problem } from '@kontor/http';
import {
  deadLetters,
  type LiveProjection,
  parkedStreams,
  RebuildRegistry,
  retryStream,
  skipEvent,
} from '@kontor/projections';
import { NotParked } from '@kontor/subscriptions';
import type { Topics } from '../composition/kafka-transport.ts';
import type { RunningService } from '../composition/running-service.ts';
import { type LostRecord, ofTopic } from './parked-records.ts';
import type { PlatformAccess } from './platform-access.ts';
import { projectionName } from './projection-names.ts';

/**
 * A lane is what waits together: a stream of a projection, an instance (or a stream) of a process. Of a topic it is one record, by its
 * partition and offset, for nothing waits behind one that could not be read.
 */
export interface Parked {
  readonly service: string;
  readonly kind: 'projection' | 'process' | 'topic';
  readonly name: string;
  readonly lane: string;
  /** Null: a timer failed, not an event. */
  readonly eventId: string | null;
  readonly error: string;
  readonly letters: number;
}

export interface Letter {
  readonly service: string;
  readonly position: string;
  readonly eventId: string;
  readonly error: string | null;
  /** As published; of a topic the record as it lies there. */
  readonly contract: CloudEvent | LostRecord;
}

export interface Outcome {
  readonly lane: string;
  readonly applied: number;
  readonly error: string | null;
}

/** What parks, in one shape for projections and processes. */
export interface ParkingSubscription {
  readonly service: RunningService;
  readonly name: string;
  readonly list: () => Promise<readonly Parked[]>;
  readonly letters: (lane: string, limit: number) => Promise<readonly Letter[]>;
  readonly retry: (lane: string, actor: string) => Promise<Outcome>;
  readonly skip: (eventId: string, who: { readonly actor: string; readonly reason: string }) => Promise<Outcome>;
}

export function subscriptionsOf(service: RunningService, topics: Topics | undefined): readonly ParkingSubscription[] {
  return [
    ...service.projections.map((live) => ofProjection(service, live)),
    ...service.processes.map((runner) => ofProcess(service, runner)),
    ...(topics === undefined ? [] : [ofTopic(service, topics)]),
  ];
}

/** Throws a Problem when nothing has that name. */
export function parkedBy(access: PlatformAccess, name: string): ParkingSubscription {
  const { services, topics } = access.platform;
  const all = services.flatMap((service) => subscriptionsOf(service, topics));
  const found =
    all.find((subscription) => subscription.name === name) ??
    all.find((subscription) => subscription.name === projectionName(name));
  if (found !== undefined) return found;
  const sentence = `There is no projection, no process and no topic ${name}`;
  if (access.platform.others !== undefined)
    throw new Problem(404, 'NoSuchSubscription', `${sentence}: kontor status names those that there are.`);
  throw new Problem(404, 'NoSuchSubscription', `${sentence}.`, {
    facts: { subscriptions: all.map((subscription) => subscription.name) },
  });
}

function ofProjection(service: RunningService, live: LiveProjection): ParkingSubscription {
  const name = projectionName(live.projection.name);
  // A lane is "accounts deal-7": the same stream name may be parked in the feeds of two services.
  const split = (lane: string): [string, string] => {
    const at = lane.indexOf(' ');
    return at === -1 ? [live.services[0] ?? '', lane] : [lane.slice(0, at), lane.slice(at + 1)];
  };
  const outcome = ({ service: reads, stream, applied, error }: Awaited<ReturnType<typeof retryStream>>) => ({
    lane: `${reads} ${stream}`,
    applied,
    error,
  });
  return {
    service,
    name,
    list: async () =>
      (await parkedStreams(live)).map(({ service: reads, stream, eventId, error, letters }) => ({
        service: service.name,
        kind: 'projection',
        name,
        lane: `${reads} ${stream}`,
        eventId,
        error,
        letters,
      })),
    letters: async (lane, limit) => deadLetters(live, ...split(lane), limit),
    retry: async (lane, actor) => outcome(await retryStream(live, ...split(lane), { actor })),
    skip: async (eventId, who) => outcome(await skipEvent(live, eventId, who)),
  };
}

function ofProcess(service: RunningService, runner: RunningService['processes'][number]): ParkingSubscription {
  const { name } = runner.manager;
  const { pool } = service;
  const registry = new RebuildRegistry(pool);
  const waits = async (lane: string) => {
    const { rowCount } = await pool.query(
      `select 1 from ${runner.schema}.parked_lanes where process = $1 and lane = $2`,
      [name, lane],
    );
    return rowCount === 1;
  };
  const tell = (
    act: string,
    actor: string,
    reason: string | null,
    details: { readonly [name: string]: string | number | null },
  ) => ({
    projection: name,
    act,
    actor,
    reason,
    details,
  });
  return {
    service,
    name,
    list: async () => {
      const { rows } = await pool.query<Parked>(
        `select $2 as service, 'process' as kind, process as name, lane, error,
                (select event_id from ${runner.schema}.dead_letters d where d.process = p.process and d.lane = p.lane
                  order by contract ->> 'recordedat', d.service, position limit 1) as "eventId",
                (select count(*)::int from ${runner.schema}.dead_letters d
                  where d.process = p.process and d.lane = p.lane) as letters
         from ${runner.schema}.parked_lanes p where process = $1 order by since, lane`,
        [name, service.name],
      );
      return rows;
    },
    letters: async (lane, limit) => {
      const { rows } = await pool.query<Omit<Letter, 'contract'> & { contract: CloudEvent }>(
        `select service, position::text, event_id as "eventId", error, contract from ${runner.schema}.dead_letters d
         where process = $1 and lane = $2 order by contract ->> 'recordedat', service, d.position limit $3`,
        [name, lane, limit],
      );
      if (rows.length === 0 && !(await waits(lane))) throw new NotParked(name, `${lane} is not parked`);
      return rows;
    },
    retry: async (lane, actor) => {
      const { handled, error } = await runner.retryParked(lane);
      // Not the error itself: what it quotes would be in the log for ever.
      const details = { lane, applied: handled, error: error === null ? null : 'failed again' };
      await inTransaction(pool, 'begin', (client) =>
        registry.tell(client, tell('ParkedStreamRetried', actor, null, details)),
      );
      return { lane, applied: handled, error };
    },
    skip: async (eventId, { actor, reason }) => {
      const { rows } = await pool.query<{ lane: string }>(
        `select lane from ${runner.schema}.dead_letters where process = $1 and event_id = $2`,
        [name, eventId],
      );
      const lane = rows[0]?.lane;
      if (lane === undefined) throw new NotParked(name, `there is no dead letter of the event ${eventId}`);
      const { handled, error } = await runner.skipParked(lane, eventId, { actor, reason }, (client) =>
        registry.tell(client, tell('EventSkipped', actor, reason, { lane, eventId })),
      );
      return { lane, applied: handled, error };
    },
  };
}
