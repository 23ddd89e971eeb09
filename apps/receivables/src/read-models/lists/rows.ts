import type { CloudEvent } from '@kontor/kernel';
import type { Row, RowChange } from '@kontor/projections';
import { idOfSubject } from '../../receivables.streams.ts';

interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
}

export function ledgerOf(event: CloudEvent<LedgerFacts>): Row {
  const { accountId, entityId, currency } = event.data;
  return { ledger_id: idOfSubject(event.subject), account_id: accountId, entity_id: entityId, currency };
}

/** A change to a row that is there; an event about a row that is not changes nothing. */
export function changed(table: string, key: Row, change: (row: Row) => Row): RowChange {
  return { table, key, change: (row) => (row === undefined ? undefined : change(row)) };
}
