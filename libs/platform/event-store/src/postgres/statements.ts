/** ISO 8601 in UTC with microseconds, whatever the session's time zone is. */
const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Data travel as hexadecimal digits: any bytes may be in them. Metadata are JSON, which is text. */
const eventColumns = `p.position::text, p.revision::text, ${iso('p.recorded_at')} AS recorded_at, p.event_id::text,
  encode(p.data, 'hex') AS data, convert_from(p.metadata, 'UTF8') AS metadata, t.name AS type`;

/** The bytes of a page before a row, so that a page of large events ends early. */
const bytesBefore = (order: string): string =>
  `coalesce(sum(octet_length(e.data) + octet_length(e.metadata)) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)`;

/**
 * $1 stream, $2 first revision or null, $3 events, $4 bytes. A stream's revision r cannot lie before its first position
 * plus r, nor behind its last position less what follows: that leaves out the partitions it is not in.
 */
export function readStreamStatement(schema: string, forwards: boolean): string {
  const order = forwards ? 'e.revision' : 'e.revision DESC';
  const range = forwards
    ? `e.revision >= coalesce($2::bigint, 0)
       AND e.position >= (SELECT first_position + coalesce($2::bigint, 0) FROM s) AND e.position <= (SELECT last_position FROM s)`
    : `e.revision <= coalesce($2::bigint, (SELECT revision FROM s))
       AND e.position >= (SELECT first_position FROM s)
       AND e.position <= (SELECT last_position - greatest(revision - coalesce($2::bigint, revision), 0) FROM s)`;
  const more = forwards ? 'p.revision < s.revision' : 'p.revision > 0';
  return `WITH s AS MATERIALIZED (SELECT stream_no, revision, first_position, last_position FROM ${schema}.streams WHERE name = $1)
    SELECT ${eventColumns}, ${more} AS more FROM (
      SELECT e.*, ${bytesBefore(order)} AS bytes_before FROM ${schema}.events e
       WHERE e.stream_no = (SELECT stream_no FROM s) AND ${range} ORDER BY ${order} LIMIT $3) p
    CROSS JOIN s JOIN ${schema}.types t ON t.type_no = p.type_no
    WHERE p.bytes_before < $4 ORDER BY ${order.replace('e.', 'p.')}`;
}

/**
 * $1 after, $2 positions to look at, $3 events, $4 bytes, then the prefixes. One statement, one snapshot: the head that
 * comes with the page is the head of the page. There is always a row; without events its event columns are null.
 */
export function readAllStatement(schema: string, filtered: { types: boolean; streams: boolean }): string {
  const byType = filtered.types
    ? `AND e.type_no = ANY (ARRAY(SELECT f.type_no FROM ${schema}.types f WHERE f.name ^@ ANY ($5::text[])))`
    : '';
  const byStream = filtered.streams
    ? `AND EXISTS (SELECT FROM ${schema}.streams f WHERE f.stream_no = e.stream_no AND f.name ^@ ANY ($${filtered.types ? 6 : 5}::text[]))`
    : '';
  return `WITH l AS MATERIALIZED (SELECT position, recorded_at FROM ${schema}.log)
    SELECT l.position::text AS head, ${iso('l.recorded_at')} AS head_at,
      (SELECT ${iso('x.recorded_at')} FROM ${schema}.events x WHERE x.position = least($1::bigint + $2::bigint, l.position)) AS looked_at,
      ${eventColumns}, s.name AS stream, p.found
    FROM l LEFT JOIN (
      SELECT * FROM (
        SELECT *, count(*) OVER ()::integer AS found FROM (
          SELECT e.*, ${bytesBefore('e.position')} AS bytes_before FROM ${schema}.events e
           WHERE e.position > $1 AND e.position <= $1::bigint + $2::bigint ${byType} ${byStream}
           ORDER BY e.position LIMIT $3) a) b
       WHERE b.bytes_before < $4) p ON true
    LEFT JOIN ${schema}.streams s ON s.stream_no = p.stream_no
    LEFT JOIN ${schema}.types t ON t.type_no = p.type_no
    ORDER BY p.position`;
}

export function statsStatement(schema: string, sizes: boolean): string {
  const more = sizes
    ? `, l.streams::text,
       (SELECT count(*) FROM pg_partition_tree('${schema}.events') WHERE isleaf)::text AS partitions,
       (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
         WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r')::text AS bytes`
    : '';
  return `SELECT l.log_id::text, l.position::text, ${iso('l.recorded_at')} AS recorded_at ${more} FROM ${schema}.log l`;
}
