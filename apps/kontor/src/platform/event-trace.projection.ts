import { contracts as accounts } from '@kontor/accounts-contracts';
import type { CloudEvent } from '@kontor/kernel';
import { contracts as orders } from '@kontor/orders-contracts';
import type { Projection } from '@kontor/projections';
import { contracts as receivables } from '@kontor/receivables-contracts';
import { contracts as warranty } from '@kontor/warranty-contracts';
import type pg from 'pg';

export const EVENT_TRACE = 'event_trace';

const entry = (event: CloudEvent) => [
  {
    table: 'traced_events',
    put: {
      event_id: event.id,
      service: event.source.slice('/kontor/'.length),
      contract: event.type,
      stream: event.subject,
      revision: event.revision,
      position: BigInt(event.position),
      recorded_at: event.recordedat,
      actor: event.actor,
      command_id: event.commandid,
      correlation_id: event.correlationid,
      causation_id: event.causationid ?? null,
    },
  },
];

/**
 * Where each published event lies and what caused it. The stores have no index on ids: over a hundred million events it
 * would be their largest and coldest, so searching by id is a projection like any other.
 */
export const eventTrace: Projection = {
  name: EVENT_TRACE,
  version: 1,
  viewSchema: 'platform',
  tables: {
    traced_events: {
      comment: 'Every published event with its place, its command and its cause.',
      key: ['event_id'],
      columns: {
        event_id: { type: 'uuid', comment: 'Event.' },
        service: { type: 'text', comment: 'Service that recorded it.' },
        contract: { type: 'text', comment: 'Published type.' },
        stream: { type: 'text', comment: 'Stream.' },
        revision: { type: 'bigint', comment: 'Revision in the stream, from 0.' },
        position: { type: 'bigint', comment: 'Position in the log of the service.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
        actor: { type: 'text', comment: 'Who did it.' },
        command_id: { type: 'uuid', comment: 'Command that it answers.' },
        correlation_id: { type: 'uuid', comment: 'First command of the chain.' },
        causation_id: { type: 'uuid', nullable: true, comment: 'Event or command that caused the command.' },
      },
      indexes: ['causation_id', 'command_id', 'correlation_id'],
    },
  },
  on: Object.fromEntries(
    [...accounts, ...orders, ...receivables, ...warranty].map((contract) => [contract.type, entry]),
  ),
};

export interface TracedEvent {
  readonly eventId: string;
  readonly service: string;
  readonly contract: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
}

export const MAX_TRACED = 200;

export async function tracedEvents(
  pool: pg.Pool,
  column: 'event_id' | 'causation_id' | 'command_id' | 'correlation_id',
  id: string,
): Promise<TracedEvent[]> {
  const found = await pool.query<TracedEvent>(
    `select event_id as "eventId", service, contract, stream, revision::text, position::text,
            to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
            actor, command_id as "commandId", correlation_id as "correlationId", causation_id as "causationId"
       from platform.traced_events where ${column} = $1 order by recorded_at, service, position limit ${MAX_TRACED}`,
    [id],
  );
  return found.rows;
}
