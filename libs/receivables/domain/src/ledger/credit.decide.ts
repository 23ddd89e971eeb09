import { accept, type Decision, type Refusal, refuse } from '@kontor/kernel';
import { ALL_EXPOSURE, exposureOf } from './exposure.ts';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { factsOf, refusedEntry, sumsExactly, tooLarge, wasRefused } from './ledger.facts.ts';
import type { LedgerEvent } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';
import { prepaidFor } from './prepayment.ts';

export function setCreditLimit(command: LedgerCommandOf<'SetCreditLimit'>, state: LedgerState): Decision<LedgerEvent> {
  const { limitMinor, validUntil } = command;
  if (validUntil !== null && validUntil < command.businessDate)
    return refuse('LimitEndsBeforeItBegins', 'The limit would end before the day it is set for.', {
      validUntil,
      businessDate: command.businessDate,
    });
  if (state.limit !== null && command.businessDate < state.limit.validFrom)
    return refuse('LaterLimitKnown', 'A limit of a later day holds already; the later one counts.', {
      businessDate: command.businessDate,
      validFrom: state.limit.validFrom,
    });
  if (state.limit?.limitMinor === limitMinor && state.limit.validUntil === validUntil) return accept();
  return accept({ type: 'CreditLimitSet', data: { ...factsOf(command), limitMinor, validUntil } });
}

/**
 * O-07, R-03: one stream decides one order after the other, so that orders can never exceed the limit together. Each
 * attempt of an order is answered once, by CreditReserved or CreditRefused; a later attempt replaces the earlier one.
 */
export function reserveCredit(command: LedgerCommandOf<'ReserveCredit'>, state: LedgerState): Decision<LedgerEvent> {
  const { orderId, attempt, amountMinor } = command;
  if (attempt <= (state.attempts.get(orderId) ?? 0)) return accept();
  const switches = command.exposure ?? ALL_EXPOSURE;
  const own = switches.reservations ? (state.reservations.get(orderId) ?? 0) : 0;
  const exposureMinor = exposureOf(state, switches, command.today).totalMinor - own;
  const limitMinor = state.limit?.limitMinor ?? (command.withoutLimit === 'zero' ? 0 : null);
  const refusal = creditRefusal(command, state, exposureMinor, limitMinor);
  const figures = { orderId, attempt, amountMinor, limitMinor };
  if (refusal !== null)
    return accept({
      type: 'CreditRefused',
      data: {
        ...factsOf(command),
        ...figures,
        code: refusal.code,
        sentence: refusal.sentence,
        exposureMinor,
      },
    });
  return accept({
    type: 'CreditReserved',
    data: { ...factsOf(command), ...figures, exposureMinor: exposureMinor + amountMinor },
  });
}

function creditRefusal(
  command: LedgerCommandOf<'ReserveCredit'>,
  state: LedgerState,
  exposureMinor: number,
  limitMinor: number | null,
): Pick<Refusal, 'code' | 'sentence'> | null {
  if (state.restriction?.restriction === 'block-new-orders')
    return {
      code: 'AccountRestricted',
      sentence: `New orders of the account are blocked: ${state.restriction.reason}.`,
    };
  const toPrepay = command.amountMinor - prepaidFor(state, command.orderId, command.today ?? null);
  if (state.restriction?.restriction === 'prepayment-only' && toPrepay > 0)
    return {
      code: 'PrepaymentRequired',
      sentence: `The account is supplied against prepayment only: ${state.restriction.reason}.`,
    };
  if (!sumsExactly(exposureMinor, command.amountMinor))
    return { code: 'AmountTooLarge', sentence: 'The exposure would be beyond what can be counted exactly.' };
  // Money that is here already is no credit.
  if (command.amountMinor > 0 && toPrepay <= 0) return null;
  if (state.limit === null && limitMinor === 0)
    return { code: 'NoCreditLimit', sentence: 'The account has no credit limit.' };
  const validUntil = state.limit?.validUntil ?? null;
  if (validUntil !== null && validUntil < command.businessDate)
    return { code: 'CreditLimitExpired', sentence: `The credit limit was valid until ${validUntil}.` };
  if (limitMinor !== null && exposureMinor + command.amountMinor > limitMinor)
    return {
      code: 'CreditLimitExceeded',
      sentence: 'The order would raise the exposure above the credit limit.',
    };
  return null;
}

export function releaseCredit(command: LedgerCommandOf<'ReleaseCredit'>, state: LedgerState): Decision<LedgerEvent> {
  const amountMinor = state.reservations.get(command.orderId) ?? 0;
  if (amountMinor === 0) return accept();
  return accept({
    type: 'CreditReleased',
    data: { ...factsOf(command), orderId: command.orderId, amountMinor },
  });
}

/** What is delivered was reserved before: it moves from one part of the exposure to another. */
export function enterDelivery(command: LedgerCommandOf<'EnterDelivery'>, state: LedgerState): Decision<LedgerEvent> {
  const { orderId, deliveryId, amountMinor } = command;
  const known = state.deliveries.get(deliveryId);
  if (known !== undefined && (known.amountMinor !== 0 || amountMinor === 0)) return accept();
  if (wasRefused(command, state, deliveryId)) return accept();
  if (!sumsExactly(exposureOf(state).totalMinor, amountMinor))
    return refusedEntry(command, { entry: 'delivery', documentId: deliveryId, amountMinor }, tooLarge(amountMinor));
  const reservedMinor = state.reservations.get(orderId) ?? 0;
  const reservationUsedMinor = Math.min(reservedMinor, amountMinor);
  const restMinor = reservedMinor - reservationUsedMinor;
  const facts = factsOf(command);
  const entered: LedgerEvent = {
    type: 'DeliveryEntered',
    data: { ...facts, orderId, deliveryId, amountMinor, reservationUsedMinor },
  };
  if (!command.completesOrder || restMinor === 0) return accept(entered);
  return accept<LedgerEvent>(entered, { type: 'CreditReleased', data: { ...facts, orderId, amountMinor: restMinor } });
}
