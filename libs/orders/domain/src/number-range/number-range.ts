import { accept, defineAggregate, defineCodec, type Decider, type DomainEvent } from '@kontor/kernel';

export type NumberedKind = 'quote' | 'order' | 'delivery';

/** The command's id derives from the document, so that a document asks for its number once, however often it tries. */
export interface AssignNumber {
  readonly type: 'AssignNumber';
  readonly entityId: string;
  readonly kind: NumberedKind;
  readonly year: string;
  readonly documentId: string;
}

/** A number was given out, and will not be again. One event per number: the event of revision n carries ordinal n + 1. */
export type NumberAssigned = DomainEvent<
  'NumberAssigned',
  {
    readonly entityId: string;
    readonly kind: NumberedKind;
    readonly year: string;
    readonly ordinal: number;
    readonly number: string;
    readonly documentId: string;
  }
>;

export interface NumberRangeState {
  readonly lastOrdinal: number;
}

const LETTERS: { readonly [Kind in NumberedKind]: string } = { quote: 'Q', order: 'O', delivery: 'D' };

/** `O-2026-000123`; another entity than `main` stands in front: `vienna-O-2026-000123`. */
export function numberText(entityId: string, kind: NumberedKind, year: string, ordinal: number): string {
  const number = `${LETTERS[kind]}-${year}-${String(ordinal).padStart(6, '0')}`;
  return entityId === 'main' ? number : `${entityId}-${number}`;
}

/** The name of the range; its stream id derives from it. */
export function numberRangeName(entityId: string, kind: NumberedKind, year: string): string {
  return `number-range|${entityId}|${kind}|${year}`;
}

export const numberRangeDecider: Decider<NumberRangeState, AssignNumber, NumberAssigned> = {
  initial: { lastOrdinal: 0 },
  evolve: { NumberAssigned: (_state, data) => ({ lastOrdinal: data.ordinal }) },
  decide: {
    AssignNumber: ({ entityId, kind, year, documentId }, state) => {
      const ordinal = state.lastOrdinal + 1;
      const number = numberText(entityId, kind, year, ordinal);
      return accept({ type: 'NumberAssigned', data: { entityId, kind, year, ordinal, number, documentId } });
    },
  },
};

export const numberRangeAggregate = defineAggregate({
  category: 'numberRange',
  decider: numberRangeDecider,
  codec: defineCodec<NumberAssigned>('orders', { NumberAssigned: { version: 1 } }),
});
