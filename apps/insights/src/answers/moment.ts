import { instantText, NOTHING_KNOWN_YET, refuseFuture } from '@kontor/http';
import type { Reader } from './snapshot.ts';

/** The two time axes of an answer (explained in the README of insights), and the positions of the last facts it rests on. */
export interface Moment {
  readonly asOf: string;
  readonly asKnownAt: string;
  readonly positions: { readonly [service: string]: string };
}

/** Fact tables that an answer is made of, by service. */
export interface RestsOn {
  readonly [view: string]: readonly string[];
}

/**
 * The moment of an answer. Without `asKnownAt` it is that of the newest fact there is, and is named in the answer, so
 * that the question can be asked again and gets the same bytes. Positions are those of facts, not of checkpoints, for
 * the same reason: a checkpoint moves with every event, a fact recorded until T stays the last one. Throws a Problem for a moment
 * that lies behind `now` and behind all facts.
 */
export async function momentOf(
  reader: Reader,
  restsOn: RestsOn,
  asked: { readonly asOf: string; readonly asKnownAt: string | undefined; readonly now?: string },
): Promise<Moment> {
  const lasts = Object.entries(restsOn).flatMap(([view, services]) =>
    services.map(
      (service) =>
        `(select '${service}' as service, position, recorded_at from insights.${view}` +
        // A table of several services has a column that says which; positions of different logs are never mixed.
        ` where recorded_at <= $1::timestamptz${services.length > 1 ? ` and service = '${service}'` : ''}` +
        ` order by recorded_at desc, position desc limit 1)`,
    ),
  );
  const found = await reader.query<{ service: string; position: string; recorded_at: string }>(
    `select service, max(position)::text as position, ${instantText('max(recorded_at)')} as recorded_at
       from (${lasts.join(' union all ')}) last group by service order by service`,
    [asked.asKnownAt ?? 'infinity'],
  );
  const newest = found.rows.map((row) => row.recorded_at).reduce((a, b) => (a > b ? a : b), NOTHING_KNOWN_YET);
  if (asked.asKnownAt !== undefined && asked.now !== undefined) refuseFuture(asked.asKnownAt, asked.now, newest);
  const services = [...new Set(Object.values(restsOn).flat())].sort();
  const byService = new Map(found.rows.map((row) => [row.service, row.position]));
  return {
    asOf: asked.asOf,
    asKnownAt: asked.asKnownAt ?? newest,
    positions: Object.fromEntries(services.map((service) => [service, byService.get(service) ?? '0'])),
  };
}
