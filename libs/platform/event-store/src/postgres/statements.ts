/** $1 stream, $2 first revision or null, $3 events, $4 bytes. */
export function readStreamStatement(schema: string, forwards: boolean): string {
  return `SELECT * FROM ${schema}.read_stream_${forwards ? 'forwards' : 'backwards'}($1, $2, $3, $4)`;
}

/** $1 after, $2 positions to look at, $3 events, $4 bytes, $5 prefixes of types, $6 of streams. */
export function readAllStatement(schema: string): string {
  return `SELECT * FROM ${schema}.read_all($1, $2, $3, $4, $5, $6)`;
}

export function headStatement(schema: string): string {
  return `SELECT l.log_id, l.position, ${inUtc('l.recorded_at')} AS recorded_at FROM ${schema}.log l`;
}

export function statsStatement(schema: string): string {
  return `SELECT l.log_id, l.position, ${inUtc('l.recorded_at')} AS recorded_at, l.streams,
    (SELECT count(*) FROM pg_partition_tree('${schema}.events') WHERE isleaf) AS partitions,
    (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
      WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r') AS bytes
    FROM ${schema}.log l`;
}

/** The text a session in UTC gives for a timestamptz, whatever this session's time zone is. */
const inUtc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'`;
