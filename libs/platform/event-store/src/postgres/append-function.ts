import { BY_INDEX } from './plans.ts';
import { REPEAT_WINDOW } from './store.config.ts';

/** What an expectation is in the function's parameter; an exact revision is itself. */
export const EXPECTATION = { none: -1n, any: -2n, exists: -3n } as const;

/** What became of a request, as the function says it. 4 (“look at the ids”) never leaves the function. */
const ACCEPTED = 1;
export const REPEATED = 2;
export const CONFLICT = 3;

/**
 * One call appends a micro-batch of requests, each to a stream of its own.
 *
 * Commit order is position order because the lock is held until the commit, and the lock is a statement of its own: the
 * snapshot of a statement is older than the locks it waits for, so everything behind it sees what was committed before.
 * That holds only in READ COMMITTED, hence the first check.
 *
 * Every request is judged by itself. What comes back are comma-separated lists, one entry a request.
 * `starts[i]` is the number of events before those of request i; `requests[j]` is the request of event j.
 */
export function appendFunction(schema: string, lockKey: bigint): string {
  return `
CREATE OR REPLACE FUNCTION ${schema}.append(
  names text[], expectations bigint[], starts integer[], counts integer[], type_names text[],
  requests integer[], ids uuid[], types integer[], datas bytea[], metas bytea[],
  OUT head bigint, OUT outcomes_out text, OUT revisions_out text, OUT positions_out text)
LANGUAGE plpgsql VOLATILE ${BY_INDEX} AS $append$
DECLARE
  base bigint; last_at timestamptz; at timestamptz; streams_before bigint; until bigint; size bigint;
  type_nos integer[]; stream_nos bigint[]; actuals bigint[]; outcomes integer[]; befores integer[];
  revisions bigint[]; positions bigint[]; total integer; fresh integer; known integer; doubtful integer;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'events are appended in READ COMMITTED only';
  END IF;
  PERFORM pg_advisory_xact_lock(${lockKey});

  SELECT l.position, l.recorded_at, l.streams, l.partitions_until, l.partition_size,
         (SELECT array_agg(t.type_no ORDER BY d.n) FROM unnest(type_names) WITH ORDINALITY d(name, n)
            LEFT JOIN ${schema}.types t ON t.name = d.name)
    INTO STRICT base, last_at, streams_before, until, size, type_nos
    FROM ${schema}.log l;

  IF array_position(type_nos, NULL) IS NOT NULL THEN
    INSERT INTO ${schema}.types (type_no, name)
      SELECT (SELECT coalesce(max(t.type_no), 0) FROM ${schema}.types t) + row_number() OVER (ORDER BY d.n), d.name
        FROM unnest(type_names) WITH ORDINALITY d(name, n)
        WHERE NOT EXISTS (SELECT FROM ${schema}.types t WHERE t.name = d.name);
    SELECT array_agg(t.type_no ORDER BY d.n) INTO type_nos
      FROM unnest(type_names) WITH ORDINALITY d(name, n) JOIN ${schema}.types t ON t.name = d.name;
  END IF;

  -- Each expectation beside what is there. A stream that is new gets the next number.
  SELECT array_agg(coalesce(q.stream_no, streams_before + q.newcomer) ORDER BY q.n),
         array_agg(q.actual ORDER BY q.n), array_agg(q.outcome ORDER BY q.n),
         coalesce(max(q.newcomer), 0), count(q.stream_no), count(*) FILTER (WHERE q.outcome <> ${ACCEPTED})
    INTO stream_nos, actuals, outcomes, fresh, known, doubtful
    FROM (
      SELECT o.*, sum(CASE WHEN o.stream_no IS NULL AND o.outcome = ${ACCEPTED} THEN 1 ELSE 0 END)
                    OVER (ORDER BY o.n ROWS UNBOUNDED PRECEDING) AS newcomer
        FROM (
          SELECT r.n, s.stream_no, coalesce(s.revision, -1) AS actual,
                 CASE WHEN r.expected = coalesce(s.revision, -1) THEN ${ACCEPTED}
                      WHEN s.stream_no IS NULL THEN
                        CASE WHEN r.expected = ${EXPECTATION.any} THEN ${ACCEPTED} ELSE ${CONFLICT} END
                      WHEN r.expected > s.revision THEN ${CONFLICT}
                      ELSE 4 END AS outcome
            FROM unnest(names, expectations) WITH ORDINALITY r(name, expected, n)
            LEFT JOIN ${schema}.streams s ON s.name = r.name) o) q;

  total := cardinality(ids);
  befores := starts;
  SELECT array_agg(actuals[n] + counts[n] ORDER BY n), array_agg(base + starts[n] + counts[n] ORDER BY n)
    INTO revisions, positions FROM generate_subscripts(names, 1) n;

  IF doubtful > 0 THEN
    -- The rare way: a request whose events may be there already. Where they would lie follows from an exact
    -- expectation; for any and exists the ids are looked for in the last events of the stream.
    SELECT array_agg(q.outcome ORDER BY q.n),
           array_agg(CASE WHEN q.outcome = ${REPEATED} THEN q.revision ELSE actuals[q.n] + counts[q.n] END ORDER BY q.n),
           array_agg(q.position ORDER BY q.n)
      INTO outcomes, revisions, positions
      FROM (
        SELECT r.n, f.first + counts[r.n] - 1 AS revision, m.position,
               CASE WHEN outcomes[r.n] <> 4 THEN outcomes[r.n]
                    WHEN m.same = counts[r.n] THEN ${REPEATED}
                    WHEN expectations[r.n] < -1 AND f.first IS NULL THEN ${ACCEPTED}
                    ELSE ${CONFLICT} END AS outcome
          FROM generate_subscripts(names, 1) r(n)
          LEFT JOIN ${schema}.streams s ON outcomes[r.n] = 4 AND s.stream_no = stream_nos[r.n]
          LEFT JOIN LATERAL (
            SELECT CASE WHEN expectations[r.n] >= -1 THEN expectations[r.n] + 1 ELSE (
              SELECT max(e.revision) - counts[r.n] + 1 FROM ${schema}.events e
               WHERE e.stream_no = s.stream_no AND e.revision > s.revision - ${REPEAT_WINDOW}
                 AND e.position >= s.first_position AND e.position <= s.last_position
                 AND e.event_id = ANY (ids[starts[r.n] + 1 : starts[r.n] + counts[r.n]])) END AS first) f ON true
          LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE e.event_id = ids[starts[r.n] + 1 + e.revision - f.first]) AS same,
                   max(e.position) AS position
              FROM ${schema}.events e
             WHERE e.stream_no = s.stream_no AND e.revision BETWEEN f.first AND f.first + counts[r.n] - 1
               AND e.position >= s.first_position AND e.position <= s.last_position) m ON true) q;

    SELECT array_agg(b.after - CASE WHEN outcomes[b.n] = ${ACCEPTED} THEN counts[b.n] ELSE 0 END ORDER BY b.n), max(b.after),
           array_agg(CASE WHEN outcomes[b.n] = ${ACCEPTED} THEN base + b.after ELSE positions[b.n] END ORDER BY b.n),
           count(*) FILTER (WHERE outcomes[b.n] = ${ACCEPTED} AND actuals[b.n] >= 0)
      INTO befores, total, positions, known
      FROM (SELECT n, sum(CASE WHEN outcomes[n] = ${ACCEPTED} THEN counts[n] ELSE 0 END)
                        OVER (ORDER BY n ROWS UNBOUNDED PRECEDING)::integer AS after
              FROM generate_subscripts(names, 1) n) b;
  END IF;

  head := base + total;
  IF total > 0 THEN
    -- Recorded times rise with the log whatever the clock does.
    at := greatest(clock_timestamp(), last_at + interval '1 microsecond');

    IF head + size / 4 >= until THEN
      PERFORM ${schema}.add_partitions(head);
    END IF;

    IF fresh > 0 THEN
      INSERT INTO ${schema}.streams (stream_no, name, revision, first_position, last_position)
        SELECT stream_nos[n], names[n], counts[n] - 1, base + befores[n] + 1, base + befores[n] + counts[n]
          FROM generate_subscripts(names, 1) n WHERE actuals[n] = -1 AND outcomes[n] = ${ACCEPTED};
    END IF;
    IF known > 0 THEN
      UPDATE ${schema}.streams s
         SET revision = s.revision + u.count, last_position = base + u.before + u.count
        FROM unnest(stream_nos, counts, befores, outcomes, actuals) u(stream_no, count, before, outcome, actual)
       WHERE s.stream_no = u.stream_no AND u.outcome = ${ACCEPTED} AND u.actual >= 0;
    END IF;

    INSERT INTO ${schema}.events (position, stream_no, revision, recorded_at, event_id, type_no, data, metadata)
      SELECT base + befores[e.request] + e.n - starts[e.request], stream_nos[e.request],
             actuals[e.request] + e.n - starts[e.request], at, e.id, type_nos[e.type], e.data, e.meta
        FROM unnest(requests, ids, types, datas, metas) WITH ORDINALITY e(request, id, type, data, meta, n)
       WHERE outcomes[e.request] = ${ACCEPTED};

    UPDATE ${schema}.log SET position = head, recorded_at = at, streams = streams_before + fresh;
    PERFORM pg_notify('${schema}', head::text);
  END IF;

  outcomes_out := array_to_string(outcomes, ',');
  revisions_out := array_to_string(
    CASE WHEN doubtful = 0 THEN revisions ELSE ARRAY(
      SELECT CASE WHEN outcomes[n] = ${CONFLICT} THEN actuals[n] ELSE revisions[n] END
        FROM generate_subscripts(names, 1) n ORDER BY n) END, ',');
  positions_out := array_to_string(positions, ',', '0');
END $append$;`;
}
