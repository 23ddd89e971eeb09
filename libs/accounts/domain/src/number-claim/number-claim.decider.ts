import {
  accept,
  defineAggregate,
  defineCodec,
  refuse,
  type Decider,
  type DomainCommand,
  type DomainEvent,
} from '@kontor/kernel';
import { belongsToRange } from '../number-range/number-range.decider.ts';

/**
 * A number that a person or a source gives an account. One stream per number makes it unique: two registrations with the
 * same number meet at its first revision.
 */
export interface ClaimNumber extends DomainCommand<'ClaimNumber'> {
  readonly number: string;
  readonly accountId: string;
  /** Whether the account that holds the number is registered; without a holder it does not matter. */
  readonly holderIsRegistered: boolean;
  /** Instant, ISO 8601. */
  readonly now: string;
}
export type NumberClaimCommand = ClaimNumber;

export type NumberClaimed = DomainEvent<
  'NumberClaimed',
  { readonly number: string; readonly accountId: string; readonly claimedAt: string }
>;
export type NumberClaimEvent = NumberClaimed;

export type NumberClaimState =
  { readonly number: string; readonly accountId: string; readonly claimedAt: string } | undefined;

/** A registration that has not followed its claim after this long has died; its number is free again. */
const CLAIM_TIMEOUT_MS = 60_000;

/** Spaces at the ends and case do not make another number. */
export function foldedNumber(number: string): string {
  return number.trim().toUpperCase();
}

export const numberClaimDecider: Decider<NumberClaimState, NumberClaimCommand, NumberClaimEvent> = {
  initial: undefined,
  evolve: {
    NumberClaimed: (_state, { number, accountId, claimedAt }) => ({ number, accountId, claimedAt }),
  },
  decide: {
    ClaimNumber: (command, state) => {
      const { number, accountId, now } = command;
      if (belongsToRange(number))
        return refuse('NumberBelongsToRange', `Numbers like ${number} are given by the number range alone.`, {
          number,
        });
      if (state?.accountId === accountId) return accept();
      if (state !== undefined && (command.holderIsRegistered || !isOlder(state.claimedAt, now)))
        return refuse('NumberTaken', `${number} is the number of another account.`, {
          number,
          accountId: state.accountId,
        });
      return accept({ type: 'NumberClaimed', data: { number, accountId, claimedAt: now } });
    },
  },
};

function isOlder(claimedAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(claimedAt) > CLAIM_TIMEOUT_MS;
}

const numberClaimCodec = defineCodec<NumberClaimEvent>('accounts', { NumberClaimed: { version: 1 } });

export const numberClaimAggregate = defineAggregate({
  category: 'numberClaim',
  decider: numberClaimDecider,
  codec: numberClaimCodec,
});
