import {
  accept,
  defineAggregate,
  defineCodec,
  type Decider,
  type DomainCommand,
  type DomainEvent,
} from '@kontor/kernel';

/** The key of the subject has been destroyed; what is left is to say so, once, to everybody who keeps copies. */
export interface RecordErasure extends DomainCommand<'RecordErasure'> {
  /** The account, contact or staff member whose personal data cannot be read any more. */
  readonly subject: string;
}
export type ErasureCommand = RecordErasure;

export type PersonalDataErased = DomainEvent<'PersonalDataErased', { readonly subject: string }>;
export type ErasureEvent = PersonalDataErased;

export interface ErasureState {
  readonly subject: string | null;
}

export const erasureDecider: Decider<ErasureState, ErasureCommand, ErasureEvent> = {
  initial: { subject: null },
  evolve: {
    PersonalDataErased: (_state, { subject }) => ({ subject }),
  },
  decide: {
    RecordErasure: ({ subject }, state) =>
      state.subject === null ? accept({ type: 'PersonalDataErased', data: { subject } }) : accept(),
  },
};

const erasureCodec = defineCodec<ErasureEvent>('accounts', { PersonalDataErased: { version: 1 } });

export const erasureAggregate = defineAggregate({
  category: 'erasure',
  decider: erasureDecider,
  codec: erasureCodec,
});
