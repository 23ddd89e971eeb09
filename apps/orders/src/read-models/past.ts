import type { ListParameters } from '@kontor/http';
import type { Column, Row } from '@kontor/projections';

/**
 * Lists are read in pages of one moment: what a row said before a change is kept in the row, so that a later page shows it
 * as the first one would have. `past` is a list of {until, …the changed columns as they were}, oldest first.
 */
export const pastColumns: { readonly [name: string]: Column } = {
  recorded_at: { type: 'timestamptz', comment: 'When it was first recorded.' },
  changed_at: { type: 'timestamptz', comment: 'When it was changed last.' },
  past: {
    type: 'jsonb',
    comment: 'What the row said before its changes, oldest first, each until the instant it names.',
  },
};

export function begun(recordedAt: string): Row {
  return { recorded_at: recordedAt, changed_at: recordedAt, past: [] };
}

/** The row with the changes, and what it said before in `past`. */
export function changed(row: Row, changes: Row, recordedAt: string): Row {
  const before = Object.fromEntries(Object.keys(changes).map((column) => [column, row[column] ?? null]));
  const past = row['past'] as readonly Row[];
  return { ...row, ...changes, changed_at: recordedAt, past: [...past, { until: recordedAt, ...before }] };
}

/**
 * SQL for a column as it was known at the moment of the page. Instants of one log have one width, so they compare as text.
 * A change counts at its own instant.
 */
export function asKnown(column: string, at: ListParameters, cast: 'text' | 'bigint' = 'text'): string {
  return `case when t.changed_at <= ${at.known} then t.${column}::${cast} else (coalesce(
    (select p.value->'${column}' from jsonb_array_elements(t.past) with ordinality p(value, place)
      where p.value->>'until' > ${at.knownText} and p.value ? '${column}' order by p.place limit 1),
    to_jsonb(t.${column})) #>> '{}')::${cast} end`;
}
