import type { Action } from '@kontor/auth';
import { type HttpEnvelope, invalidField, notFound, requireAccount, requireKnownAccount } from '@kontor/http';
import { addDays } from '@kontor/kernel';
import { ledgerAggregate, type LedgerCommand, type LedgerState } from '@kontor/receivables-domain';
import type { Outcome, ServiceRuntime } from '@kontor/service';
import { MAX_DAYS_AHEAD } from '../receivables.config.ts';
import { ledgerIdOf } from '../receivables.streams.ts';

export interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly businessDate: string;
}

/** The legal entity's today; an unknown entity is the caller's error. */
export function todayOf(runtime: ServiceRuntime, entityId: string): string {
  if (runtime.entities.find(entityId) === undefined)
    throw invalidField('entityId', 'is not a legal entity of this firm');
  return runtime.entities.today(entityId);
}

/** Rights on the account, and the facts that every command of its ledger carries. */
export async function ledgerFacts(
  runtime: ServiceRuntime,
  envelope: HttpEnvelope,
  action: Action,
  of: { readonly accountId: string; readonly entityId: string; readonly currency: string },
  businessDate: string | undefined,
  dateField = 'businessDate',
): Promise<LedgerFacts & { readonly today: string; readonly ledgerId: string }> {
  const { accountId, entityId, currency } = of;
  const today = todayOf(runtime, entityId);
  requireNearDate(dateField, businessDate, today);
  await requireAccount(runtime.access, envelope, action, 'receivables.read', accountId);
  await requireKnownAccount(runtime, accountId);
  return {
    accountId,
    entityId,
    currency,
    businessDate: businessDate ?? today,
    today,
    ledgerId: ledgerIdOf(entityId, currency, accountId),
  };
}

/** Money is dated at most a year ahead: what lies beyond is a typing error. */
export function requireNearDate(field: string, date: string | undefined, today: string): void {
  const last = addDays(today, MAX_DAYS_AHEAD);
  if (date !== undefined && date > last) throw invalidField(field, `must not be after ${last}`);
}

/** The same for a ledger that is known by its id. */
export async function knownLedger(
  runtime: ServiceRuntime,
  envelope: HttpEnvelope,
  action: Action,
  ledgerId: string,
  businessDate: string | undefined,
): Promise<LedgerFacts & { readonly today: string; readonly state: LedgerState }> {
  const { state } = await runtime.runner.load(ledgerAggregate, ledgerId);
  if (state.identity === null) throw notFound('ledger', ledgerId);
  const facts = await ledgerFacts(runtime, envelope, action, state.identity, businessDate);
  const { accountId, entityId, currency, today } = facts;
  return { accountId, entityId, currency, today, state, businessDate: facts.businessDate };
}

export function execute(
  runtime: ServiceRuntime,
  ledgerId: string,
  command: LedgerCommand,
  envelope: HttpEnvelope,
): Promise<Outcome> {
  return runtime.runner.execute(ledgerAggregate, ledgerId, command, envelope);
}
