import type { CloudEvent } from '@kontor/kernel';
import { decided } from './decided.ts';
import type { LiveProjection } from './live-projection.ts';
import { NoSuchLetter } from './rebuild-errors.ts';

export interface ParkedStream {
  readonly projection: string;
  readonly service: string;
  readonly stream: string;
  readonly sincePosition: string;
  /** The event that could not be folded, and why. */
  readonly eventId: string;
  readonly error: string;
  /** Events that wait, the one that failed included. */
  readonly letters: number;
}

export interface DeadLetter {
  readonly service: string;
  readonly position: string;
  readonly stream: string;
  readonly eventId: string;
  /** Null: it waits behind one that failed. */
  readonly error: string | null;
  /** As published, personal fields still sealed. */
  readonly contract: CloudEvent;
}

export interface Retried {
  readonly service: string;
  readonly stream: string;
  readonly applied: number;
  readonly error: string | null;
}

type Who = { readonly actor: string; readonly reason?: string | null };

/** What waits in the live tables. */
export async function parkedStreams(live: LiveProjection): Promise<readonly ParkedStream[]> {
  const { rows } = await live.pool.query<Omit<ParkedStream, 'projection'>>(
    `select p.service, p.stream, p.since_position::text as "sincePosition", p.event_id as "eventId", p.error,
            (select count(*)::int from ${live.schema}.dead_letters d
              where d.service = p.service and d.stream = p.stream) as letters
     from ${live.schema}.parked_streams p order by p.service, p.since_position`,
  );
  return rows.map((row) => ({ projection: live.projection.name, ...row }));
}

/** The events of one parked stream, in order. Throws NoSuchLetter. */
export async function deadLetters(
  live: LiveProjection,
  service: string,
  stream: string,
  limit: number,
): Promise<readonly DeadLetter[]> {
  const { rows } = await live.pool.query<Omit<DeadLetter, 'contract'> & { contract: string }>(
    `select service, position::text, stream, event_id as "eventId", error, contract::text
     from ${live.schema}.dead_letters d where service = $1 and stream = $2 order by d.position limit $3`,
    [service, stream, limit],
  );
  if (rows.length === 0 && !(await isParked(live, service, stream)))
    throw new NoSuchLetter(live.projection.name, `${stream} of ${service} is not parked`);
  return rows.map((row) => ({ ...row, contract: JSON.parse(row.contract) as CloudEvent }));
}

/** Folds what waits behind a stream, in every copy of the projection. Throws NoSuchLetter. */
export async function retryStream(live: LiveProjection, service: string, stream: string, who: Who): Promise<Retried> {
  const { name } = live.projection;
  if (!live.services.includes(service) || !(await isParked(live, service, stream)))
    throw new NoSuchLetter(name, `${stream} of ${service} is not parked`);
  const retried = await retryInCopies(live, service, stream);
  await decided(live, (client) =>
    live.registry.tell(client, {
      projection: name,
      act: 'ParkedStreamRetried',
      actor: who.actor,
      reason: who.reason ?? null,
      // Not the error itself: it may quote what the event says of a person, and nothing is ever taken out of a log.
      details: { service, stream, applied: retried.applied, error: retried.error === null ? null : 'failed again' },
    }),
  );
  return retried;
}

/**
 * Leaves an event out, here and in every rebuild, and folds what waits behind it. Only the event that failed can be skipped: what
 * waits behind it may be in order. Throws NoSuchLetter.
 */
export async function skipEvent(
  live: LiveProjection,
  eventId: string,
  who: { readonly actor: string; readonly reason: string },
): Promise<Retried> {
  const { name } = live.projection;
  const found = await decided(live, async (client) => {
    const { rows } = await client.query<{ service: string; stream: string; failed: boolean }>(
      `select service, stream, error is not null or exists (
         select 1 from ${live.schema}.parked_streams p where p.event_id = d.event_id) as failed
       from ${live.schema}.dead_letters d where event_id = $1`,
      [eventId],
    );
    const [letter] = rows;
    if (letter === undefined) throw new NoSuchLetter(name, `there is no dead letter of the event ${eventId}`);
    if (!letter.failed) throw new NoSuchLetter(name, `${eventId} did not fail, it waits behind one that did`);
    await live.registry.addSkip(client, name, eventId, who.actor, who.reason);
    const { service, stream } = letter;
    const details = { service, stream, eventId };
    await live.registry.tell(client, { projection: name, act: 'EventSkipped', ...who, details });
    return letter;
  });
  await live.reconcile();
  return retryInCopies(live, found.service, found.stream);
}

/** Live first: its answer is the one that is given. */
async function retryInCopies(live: LiveProjection, service: string, stream: string): Promise<Retried> {
  const outcome = await live.live.retryParked(service, stream);
  for (const { schema, state } of await live.registry.copies(live.projection.name))
    if (schema !== live.schema && (state === 'kept' || state === 'building' || state === 'paused'))
      await live.copy(schema)?.retryParked(service, stream);
  return { service, stream, ...outcome };
}

async function isParked(live: LiveProjection, service: string, stream: string): Promise<boolean> {
  const { rowCount } = await live.pool.query(
    `select 1 from ${live.schema}.parked_streams where service = $1 and stream = $2`,
    [service, stream],
  );
  return rowCount === 1;
}
