import { accountOwnerAssigned, accountRegistered } from '@kontor/accounts-contracts';
import type { Scope } from '@kontor/auth';
import { accessProjection } from '@kontor/auth';
import { type Projection, ProjectionRunner } from '@kontor/projections';
import {
  chargePosted,
  creditNoteIssued,
  dunningCaseClosed,
  dunningCaseOpened,
  dunningCaseReopened,
  dunningNoticeIssued,
  itemOpened,
  paymentAllocated,
  paymentReceived,
  paymentReversed,
} from '@kontor/receivables-contracts';
import type pg from 'pg';
import { NO_MASTER_DATA } from './crm.scenarios.ts';
import { type EventLogs, GlassVault, idOf } from './events.scenarios.ts';
import { account360Projection } from './read-models/account-360/account-360.projection.ts';
import { dunningProjection } from './read-models/dunning/dunning.projection.ts';
import { pipelineProjection } from './read-models/pipeline/pipeline.projection.ts';

export const ALL: Scope = { kind: 'all' };

const ALL_PROJECTIONS: readonly Projection[] = [
  accessProjection('insights'),
  pipelineProjection,
  dunningProjection,
  account360Projection,
];

/** Folds what was published into the read models, by the real runner. */
export async function fold(
  pool: pg.Pool,
  logs: EventLogs,
  projections: readonly Projection[] = ALL_PROJECTIONS,
): Promise<ProjectionRunner[]> {
  const runners = projections.map(
    (projection) => new ProjectionRunner(pool, logs, projection, { vault: new GlassVault() }),
  );
  for (const runner of runners) await runner.catchUp();
  return runners;
}

export function registerAccount(logs: EventLogs, name: string, ownerId: string | null, businessDate: string): string {
  const accountId = idOf(name);
  logs.publish(accountRegistered, `account-${accountId}`, {
    ...NO_MASTER_DATA,
    accountId,
    number: name,
    kind: 'customer',
    legalForm: 'legal',
    name: `${name} Ltd`,
    ownerId,
    businessDate,
  });
  return accountId;
}

export function handOver(logs: EventLogs, accountId: string, ownerId: string, businessDate: string): void {
  logs.publish(accountOwnerAssigned, `account-${accountId}`, {
    accountId,
    ownerId,
    previousOwnerId: null,
    businessDate,
  });
}

/** One ledger as its events: every method publishes one movement. */
export class Ledger {
  private readonly stream: string;

  constructor(
    private readonly logs: EventLogs,
    readonly accountId: string,
    readonly currency = 'EUR',
    readonly entityId = 'main',
  ) {
    this.stream = `ledger-${idOf(`${entityId}|${currency}|${accountId}`)}`;
  }

  private ledger(businessDate: string) {
    return { accountId: this.accountId, entityId: this.entityId, currency: this.currency, businessDate };
  }

  invoice(name: string, amountMinor: number, invoiceDate: string, dueDate: string): string {
    const instalmentId = idOf(`${this.stream}|${name}`);
    this.logs.publish(itemOpened, this.stream, {
      ...this.ledger(invoiceDate),
      invoiceId: idOf(`${this.stream}|${name}|invoice`),
      invoiceNumber: name,
      instalmentId,
      ordinal: 1,
      invoiceDate,
      dueDate,
      amountMinor,
      deliveryId: null,
      externalId: null,
    });
    return instalmentId;
  }

  pay(
    name: string,
    valueDate: string,
    instalmentId: string | null,
    settledMinor: number,
    unallocatedMinor = 0,
  ): string {
    const paymentId = idOf(`${this.stream}|${name}`);
    this.logs.publish(paymentReceived, this.stream, {
      ...this.ledger(valueDate),
      paymentId,
      amount: { amountMinor: settledMinor + unallocatedMinor, currency: this.currency },
      valueDate,
      reference: null,
      allocations: this.principal(instalmentId, settledMinor),
      unallocatedMinor,
      strategy: 'named-then-cost-interest-principal.v1',
    });
    return paymentId;
  }

  allocate(paymentId: string, businessDate: string, instalmentId: string, amountMinor: number): void {
    this.logs.publish(paymentAllocated, this.stream, {
      ...this.ledger(businessDate),
      paymentId,
      allocations: this.principal(instalmentId, amountMinor),
      allocatedMinor: amountMinor,
      unallocatedMinor: 0,
      strategy: 'named-then-cost-interest-principal.v1',
    });
  }

  reverse(
    paymentId: string,
    businessDate: string,
    instalmentId: string | null,
    settledMinor: number,
    unallocatedMinor = 0,
  ): void {
    this.logs.publish(paymentReversed, this.stream, {
      ...this.ledger(businessDate),
      paymentId,
      amount: { amountMinor: settledMinor + unallocatedMinor, currency: this.currency },
      allocations: this.principal(instalmentId, settledMinor),
      unallocatedMinor,
      reason: 'returned by the bank',
    });
  }

  credit(name: string, businessDate: string, instalmentId: string, settledMinor: number, unallocatedMinor = 0): void {
    this.logs.publish(creditNoteIssued, this.stream, {
      ...this.ledger(businessDate),
      creditNoteId: idOf(`${this.stream}|${name}`),
      number: name,
      invoiceId: idOf(`${this.stream}|${name}|invoice`),
      amount: { amountMinor: settledMinor + unallocatedMinor, currency: this.currency },
      allocations: this.principal(instalmentId, settledMinor),
      unallocatedMinor,
      reason: 'price agreed',
    });
  }

  charge(name: string, component: 'fee' | 'interest', businessDate: string, amountMinor: number): string {
    const chargeId = idOf(`${this.stream}|${name}`);
    this.logs.publish(chargePosted, this.stream, {
      ...this.ledger(businessDate),
      chargeId,
      component,
      amountMinor,
      dueDate: businessDate,
      noticeId: null,
      instalmentId: null,
    });
    return chargeId;
  }

  openCase(name: string, businessDate: string): string {
    const caseId = idOf(`${this.stream}|${name}`);
    this.logs.publish(dunningCaseOpened, this.stream, {
      ...this.ledger(businessDate),
      caseId,
      policyId: idOf('policy'),
      policyVersion: 1,
    });
    return caseId;
  }

  notice(
    caseId: string,
    businessDate: string,
    level: number,
    instalmentId: string,
    netMinor: number,
    feeMinor = 0,
  ): void {
    this.logs.publish(dunningNoticeIssued, this.stream, {
      ...this.ledger(businessDate),
      noticeId: idOf(`${caseId}|${businessDate}`),
      caseId,
      level,
      items: [
        {
          instalmentId,
          invoiceNumber: 'listed',
          dueDate: businessDate,
          netMinor,
          levelBefore: level - 1,
          levelAfter: level,
        },
      ],
      netMinor,
      fee: { amountMinor: feeMinor, currency: this.currency },
      interestMinor: 0,
      policyId: idOf('policy'),
      policyVersion: 1,
      ledgerRevision: 1,
    });
  }

  reopenCase(caseId: string, businessDate: string): void {
    const pinned = { policyId: idOf('policy'), policyVersion: 1 };
    this.logs.publish(dunningCaseReopened, this.stream, { ...this.ledger(businessDate), caseId, ...pinned });
  }

  closeCase(caseId: string, businessDate: string): void {
    this.logs.publish(dunningCaseClosed, this.stream, { ...this.ledger(businessDate), caseId });
  }

  private principal(instalmentId: string | null, amountMinor: number) {
    return instalmentId === null
      ? []
      : [{ component: 'principal' as const, instalmentId, chargeId: null, amountMinor }];
  }
}
