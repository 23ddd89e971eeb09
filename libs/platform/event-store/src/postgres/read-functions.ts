import { BY_INDEX } from './plans.ts';

/**
 * Reads are functions because of their plans. The planner sees ranges of positions that leave out partitions, and would
 * gladly read such a range through the position index to find the few events of one stream in it; or read all streams to name
 * five hundred. Inside a function those ways are closed: what is left is one index scan, in order, stopped at the limit. It
 * is also the plan of an empty table, so a connection that planned early keeps no plan that a full one would suffer from.
 *
 * Times are text in UTC (the adapter makes ISO 8601 of them: cheaper than to_char), data are hexadecimal digits, for any
 * bytes may be in them, and metadata are JSON, which is text. `bytes_before` is what the page holds before a row, so
 * that a page of large events ends early; it holds at least one event.
 */
const PLANS = `${BY_INDEX} SET enable_bitmapscan = off SET enable_sort = off SET enable_incremental_sort = off
  SET timezone = 'UTC' SET datestyle = 'ISO'`;

const bytesBefore = (order: string): string =>
  `coalesce(sum(octet_length(e.data) + octet_length(e.metadata)) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)`;

const eventColumns = `p.position, p.revision, p.recorded_at::text, p.event_id, encode(p.data, 'hex'),
  convert_from(p.metadata, 'UTF8'), t.name`;

/**
 * Revision r of a stream cannot lie before its first position plus r, nor behind its last position less what follows: that
 * leaves out the partitions it is not in.
 */
function readStream(schema: string, forwards: boolean): string {
  const order = forwards ? 'e.revision' : 'e.revision DESC';
  const range = forwards
    ? `e.revision >= coalesce(from_revision, 0) AND e.position >= s.first_position + coalesce(from_revision, 0)
         AND e.position <= s.last_position`
    : `e.revision <= coalesce(from_revision, s.revision) AND e.position >= s.first_position
         AND e.position <= s.last_position - greatest(s.revision - coalesce(from_revision, s.revision), 0)`;
  return `
CREATE OR REPLACE FUNCTION ${schema}.read_stream_${forwards ? 'forwards' : 'backwards'}(
  stream text, from_revision bigint, max_events integer, max_bytes bigint)
RETURNS TABLE ("position" bigint, revision bigint, recorded_at text, event_id uuid, data text, metadata text, type text,
  more boolean)
LANGUAGE plpgsql STABLE ${PLANS} AS $read$
#variable_conflict use_column
DECLARE s ${schema}.streams;
BEGIN
  SELECT * INTO s FROM ${schema}.streams x WHERE x.name = stream;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT ${eventColumns}, ${forwards ? 'p.revision < s.revision' : 'p.revision > 0'}
    FROM (SELECT e.*, ${bytesBefore(order)} AS bytes_before FROM ${schema}.events e
           WHERE e.stream_no = s.stream_no AND ${range} ORDER BY ${order} LIMIT max_events) p
    JOIN ${schema}.types t ON t.type_no = p.type_no
   WHERE p.bytes_before < max_bytes ORDER BY ${order.replace('e.', 'p.')};
END $read$;`;
}

/**
 * The head is read first and nothing above it afterwards, so it is the head of the page. There is always a row; without
 * events its event columns are null. Null prefixes select all.
 */
function readAll(schema: string): string {
  return `
CREATE OR REPLACE FUNCTION ${schema}.read_all(
  after bigint, look integer, max_events integer, max_bytes bigint, type_prefixes text[], stream_prefixes text[])
RETURNS TABLE ("position" bigint, revision bigint, recorded_at text, event_id uuid, data text, metadata text, type text,
  stream text, bytes_before bigint, head bigint, looked_at text)
LANGUAGE plpgsql STABLE ${PLANS} AS $read$
#variable_conflict use_column
DECLARE
  top bigint; top_at text; upto bigint; upto_at text; type_nos integer[];
BEGIN
  SELECT l.position, l.recorded_at::text INTO STRICT top, top_at FROM ${schema}.log l;
  upto := least(after + look, top);
  upto_at := top_at;
  IF upto < top THEN
    SELECT e.recorded_at::text INTO upto_at FROM ${schema}.events e WHERE e.position = upto;
  END IF;
  IF type_prefixes IS NULL AND stream_prefixes IS NULL THEN
    RETURN QUERY SELECT ${eventColumns}, s.name, p.bytes_before::bigint, top, upto_at
      FROM (SELECT e.*, ${bytesBefore('e.position')} AS bytes_before FROM ${schema}.events e
             WHERE e.position > after AND e.position <= upto ORDER BY e.position LIMIT max_events) p
      JOIN ${schema}.streams s ON s.stream_no = p.stream_no
      JOIN ${schema}.types t ON t.type_no = p.type_no
     WHERE p.bytes_before < max_bytes ORDER BY p.position;
  ELSE
    SELECT array_agg(f.type_no) INTO type_nos FROM ${schema}.types f
     WHERE type_prefixes IS NULL OR f.name ^@ ANY (type_prefixes);
    RETURN QUERY SELECT ${eventColumns}, p.stream, p.bytes_before::bigint, top, upto_at
      FROM (SELECT e.*, s.name AS stream, ${bytesBefore('e.position')} AS bytes_before
              FROM ${schema}.events e JOIN ${schema}.streams s ON s.stream_no = e.stream_no
             WHERE e.position > after AND e.position <= upto AND e.type_no = ANY (type_nos)
               AND (stream_prefixes IS NULL OR s.name ^@ ANY (stream_prefixes))
             ORDER BY e.position LIMIT max_events) p
      JOIN ${schema}.types t ON t.type_no = p.type_no
     WHERE p.bytes_before < max_bytes ORDER BY p.position;
  END IF;
  IF NOT FOUND THEN
    RETURN QUERY SELECT NULL::bigint, NULL::bigint, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::text,
      NULL::bigint, top, upto_at;
  END IF;
END $read$;`;
}

export function readFunctions(schema: string): string {
  return readStream(schema, true) + readStream(schema, false) + readAll(schema);
}
