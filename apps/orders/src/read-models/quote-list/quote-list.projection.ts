import type { CloudEvent } from '@kontor/kernel';
import {
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteIssued,
  quoteOrdered,
  quoteSent,
  type QuoteIssuedV1,
  type QuoteOrderedV1,
} from '@kontor/orders-contracts';
import type { Projection, Row, RowChange } from '@kontor/projections';
import { begun, changed, pastColumns } from '../past.ts';

type OfVersion = CloudEvent<{ readonly quoteId: string; readonly version: number }>;

/** A superseded version needs no row of its own: the version issued after it, in the same append, takes the row. */
export const quoteList: Projection = {
  name: 'quote_list',
  version: 1,
  viewSchema: 'orders',
  tables: {
    quote_list: {
      comment: 'Quotes with the version issued last.',
      key: ['quote_id'],
      columns: {
        quote_id: { type: 'uuid', comment: 'Quote.' },
        number: { type: 'text', comment: 'Number of the quote.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        account_id: { type: 'uuid', comment: 'Account that it was made for.' },
        opportunity_id: { type: 'uuid', nullable: true, comment: 'Deal that it belongs to.' },
        issued_on: { type: 'date', comment: 'Business date of the first version.' },
        version: { type: 'integer', comment: 'The version issued last.' },
        currency: { type: 'text', comment: 'ISO 4217.' },
        total_minor: { type: 'bigint', comment: 'Sum of the lines of that version, minor units.' },
        valid_until: { type: 'date', comment: 'Last day on which that version can be accepted.' },
        status: { type: 'text', comment: 'issued, sent, accepted, declined or expired.' },
        ordered: { type: 'text', comment: 'none, partly or fully turned into orders.' },
        ...pastColumns,
      },
      indexes: ['issued_on, quote_id', 'account_id', 'number', 'changed_at'],
    },
  },
  on: {
    [quoteIssued.type]: ({ data, recordedat }: CloudEvent<QuoteIssuedV1>) => {
      const version = {
        version: data.version,
        total_minor: data.total.amountMinor,
        valid_until: data.validUntil,
        status: 'issued',
      };
      return [
        {
          table: 'quote_list',
          key: { quote_id: data.quoteId },
          change: (row) =>
            row === undefined
              ? {
                  quote_id: data.quoteId,
                  number: data.number,
                  entity_id: data.entityId,
                  account_id: data.accountId,
                  opportunity_id: data.opportunityId,
                  issued_on: data.businessDate,
                  currency: data.currency,
                  ordered: 'none',
                  ...version,
                  ...begun(recordedat),
                }
              : changed(row, version, recordedat),
        },
      ];
    },
    [quoteSent.type]: (event: OfVersion) => change(event, { status: 'sent' }),
    [quoteAccepted.type]: (event: OfVersion) => change(event, { status: 'accepted' }),
    [quoteDeclined.type]: (event: OfVersion) => change(event, { status: 'declined' }),
    [quoteExpired.type]: (event: OfVersion) => change(event, { status: 'expired' }),
    [quoteOrdered.type]: (event: CloudEvent<QuoteOrderedV1>) =>
      change(event, { ordered: event.data.fullyOrdered ? 'fully' : 'partly' }),
  },
};

function change(event: OfVersion, changes: Row): readonly RowChange[] {
  return [
    {
      table: 'quote_list',
      key: { quote_id: event.data.quoteId },
      change: (row) => row && changed(row, changes, event.recordedat),
    },
  ];
}
