import type { CloudEvent, SealedText } from '@kontor/kernel';
import type { Column, Row } from '@kontor/projections';

/** A contract as a projection with `personal: true` gets it: sealed fields are text, or null once their key is gone. */
export type Unsealed<Data> = {
  readonly [Field in keyof Data]: SealedText extends Data[Field] ? string | null : Data[Field];
};

/** What every fact row says about the event that it comes from: enough to find it again, and to date it on both axes. */
export const factColumns = {
  event_id: { type: 'uuid', comment: 'Id of the event that states the fact.' },
  stream: { type: 'text', comment: 'Stream of the event.' },
  revision: { type: 'bigint', comment: 'Revision of the event in its stream; of equal dates the higher one counts.' },
  position: { type: 'bigint', comment: 'Position of the event in the log of its service; of no meaning elsewhere.' },
  contract: { type: 'text', comment: 'Contract type of the event.' },
  business_date: { type: 'date', comment: 'Date from which the fact counts (first time axis).' },
  recorded_at: { type: 'timestamptz', comment: 'When the fact was recorded (second time axis).' },
} as const satisfies { readonly [name: string]: Column };

export function factOf(event: CloudEvent, businessDate: string): Row {
  return {
    event_id: event.id,
    stream: event.subject,
    revision: event.revision,
    position: BigInt(event.position),
    contract: event.type,
    business_date: businessDate,
    recorded_at: event.recordedat,
  };
}

/** `kontor.orders.order-placed.v1` → `orders`. */
export function serviceOf(contractType: string): string {
  return contractType.split('.')[1] ?? '';
}
