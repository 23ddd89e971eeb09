import type { Decider } from '@kontor/kernel';
import { enterDelivery, releaseCredit, reserveCredit, setCreditLimit } from './credit.decide.ts';
import { alignRestriction, decideDunning } from './dunning.decide.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { evolveLedger } from './ledger.evolve.ts';
import { initialLedger, type LedgerState } from './ledger.state.ts';
import {
  allocateCredit,
  applyCreditNote,
  openItems,
  receivePayment,
  reversePayment,
  waiveCharge,
} from './money.decide.ts';
import { makePromise, pauseDunning, raiseDispute, resolveDispute, resumeDunning } from './overlays.decide.ts';
import { confirmStatement } from './statement.decide.ts';

/**
 * One account in one currency and legal entity. Limit, reservations, items, money, overlays and dunning lie in one stream,
 * so that credit, allocation and dunning are each decided on one revision.
 */
export const ledgerDecider: Decider<LedgerState, LedgerCommand, LedgerEvent> = {
  initial: initialLedger,
  evolve: evolveLedger,
  decide: {
    SetCreditLimit: setCreditLimit,
    ReserveCredit: reserveCredit,
    ReleaseCredit: releaseCredit,
    EnterDelivery: enterDelivery,
    OpenItems: openItems,
    ReceivePayment: receivePayment,
    AllocateCredit: allocateCredit,
    ReversePayment: reversePayment,
    ApplyCreditNote: applyCreditNote,
    WaiveCharge: waiveCharge,
    RaiseDispute: raiseDispute,
    ResolveDispute: resolveDispute,
    MakePromise: makePromise,
    PauseDunning: pauseDunning,
    ResumeDunning: resumeDunning,
    ConfirmStatement: confirmStatement,
    DecideDunning: decideDunning,
    AlignRestriction: alignRestriction,
  },
};
