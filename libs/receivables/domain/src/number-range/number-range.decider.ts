import { accept, type Decider } from '@kontor/kernel';

export type DocumentKind = 'invoice' | 'credit-note';

export interface NumberAssignedData {
  readonly entityId: string;
  readonly kind: DocumentKind;
  readonly year: number;
  readonly sequence: number;
  readonly number: string;
  readonly documentId: string;
}

export type NumberRangeEvent = { readonly type: 'NumberAssigned'; readonly data: NumberAssignedData };

export interface AssignNumber {
  readonly type: 'AssignNumber';
  readonly entityId: string;
  readonly kind: DocumentKind;
  readonly year: number;
  readonly documentId: string;
}

/**
 * Which documents have a number is not kept: the command's id derives from the document's draft, so a repeat gets the
 * first receipt and no second number. The last one is kept for the sake of a repeat that comes at once.
 */
export interface NumberRangeState {
  readonly lastSequence: number;
  readonly lastDocumentId: string | null;
}

const PREFIX: { readonly [Kind in DocumentKind]: string } = { invoice: 'INV', 'credit-note': 'CN' };

/** one stream per entity, kind and year; an append at an exact revision cannot leave a gap. */
export const numberRangeDecider: Decider<NumberRangeState, AssignNumber, NumberRangeEvent> = {
  initial: { lastSequence: 0, lastDocumentId: null },
  evolve: {
    NumberAssigned: (_state, { sequence, documentId }) => ({
      lastSequence: sequence,
      lastDocumentId: documentId,
    }),
  },
  decide: {
    AssignNumber: ({ entityId, kind, year, documentId }, state) => {
      if (state.lastDocumentId === documentId) return accept();
      const sequence = state.lastSequence + 1;
      const number = numberText(entityId, kind, year, sequence);
      return accept({ type: 'NumberAssigned', data: { entityId, kind, year, sequence, number, documentId } });
    },
  },
};

/** `INV-2026-00001`; of another entity than `main`: `INV-<entity>-2026-00001`. */
function numberText(entityId: string, kind: DocumentKind, year: number, sequence: number): string {
  const entity = entityId === 'main' ? '' : `${entityId}-`;
  return `${PREFIX[kind]}-${entity}${year}-${String(sequence).padStart(5, '0')}`;
}
