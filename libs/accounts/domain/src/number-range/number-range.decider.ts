import {
  accept,
  defineAggregate,
  defineCodec,
  refuse,
  type Decider,
  type DomainCommand,
  type DomainEvent,
} from '@kontor/kernel';

/**
 * Account numbers are handed out in blocks, so that registrations do not queue for one stream: a process takes a block and
 * numbers from it. What is left of a block when the process ends is lost; account numbers may have gaps. A block reserved
 * under a key is found again by it: an import that is run again numbers the same rows alike.
 */
export interface ReserveNumbers extends DomainCommand<'ReserveNumbers'> {
  readonly key: string | null;
  readonly count: number;
}
export type NumberRangeCommand = ReserveNumbers;

export type NumbersReserved = DomainEvent<
  'NumbersReserved',
  { readonly key: string | null; readonly first: number; readonly count: number }
>;
export type NumberRangeEvent = NumbersReserved;

export interface NumberRangeState {
  readonly next: number;
  readonly reservations: { readonly [key: string]: { readonly first: number; readonly count: number } };
}

/** Longest block: a typing error must not use up the range. */
export const MAX_BLOCK = 1000;

const RANGE_NUMBER = /^A-\d{6,}$/i;

/** `A-000042`. */
export function numberText(ordinal: number): string {
  return `A-${String(ordinal).padStart(6, '0')}`;
}

/** Numbers of this form come from the range alone, so that given numbers never collide with it. */
export function belongsToRange(number: string): boolean {
  return RANGE_NUMBER.test(number);
}

export const numberRangeDecider: Decider<NumberRangeState, NumberRangeCommand, NumberRangeEvent> = {
  initial: { next: 1, reservations: {} },
  evolve: {
    NumbersReserved: (state, { key, first, count }) => ({
      next: first + count,
      reservations: key === null ? state.reservations : { ...state.reservations, [key]: { first, count } },
    }),
  },
  decide: {
    ReserveNumbers: ({ key, count }, state) => {
      if (count < 1 || count > MAX_BLOCK)
        return refuse('BlockTooLarge', `A block has 1 to ${MAX_BLOCK} numbers.`, { count, maxBlock: MAX_BLOCK });
      const known = key === null ? undefined : state.reservations[key];
      if (known === undefined) return accept({ type: 'NumbersReserved', data: { key, first: state.next, count } });
      if (known.count >= count) return accept();
      return refuse('ReservedOtherwise', 'The key stands for a shorter block.', { key, count, reserved: known.count });
    },
  },
};

const numberRangeCodec = defineCodec<NumberRangeEvent>('accounts', { NumbersReserved: { version: 1 } });

export const numberRangeAggregate = defineAggregate({
  category: 'numberRange',
  decider: numberRangeDecider,
  codec: numberRangeCodec,
});
