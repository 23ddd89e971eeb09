import { accessProjection } from '@kontor/auth';
import {
  creditNoteAggregate,
  creditReservation,
  dunningCalendarAggregate,
  dunningPolicyAggregate,
  invoiceAggregate,
  invoiceNumbering,
  invoiceOnDelivery,
  itemsOnInvoice,
  ledgerAggregate,
  type LedgerCommand,
  noticeAggregate,
  numberRangeAggregate,
} from '@kontor/receivables-domain';
import { service } from '@kontor/receivables-contracts';
import type { CommandTarget, ServiceDefinition, ServiceTask } from '@kontor/service';
import { dispatchNotices } from './dispatch/dispatch.task.ts';
import { configuredPostage } from './dispatch/postage.ts';
import { storeDefaultPolicies } from './dunning/policies.ts';
import { decideEndedDates } from './dunning/schedule.task.ts';
import { receivablesPublication } from './outbound/receivables.publication.ts';
import { creditStanding } from './read-models/credit-standing/credit-standing.projection.ts';
import { dunningPolicies } from './read-models/dunning-policies/dunning-policies.projection.ts';
import { ledgerDirectory } from './read-models/ledger-directory/ledger-directory.projection.ts';
import { receivablesLists } from './read-models/lists/lists.projection.ts';
import { noticeOutbox } from './read-models/notice-outbox/notice-outbox.projection.ts';
import { config, DISPATCH_EVERY_MS, SCHEDULE_EVERY_MS } from './receivables.config.ts';
import { ReceivablesModule } from './receivables.module.ts';
import { idOfKey } from './receivables.streams.ts';

const ledger = (key: string) => ({ aggregate: ledgerAggregate, id: idOfKey('ledger', key) });
const invoice = (key: string) => ({ aggregate: invoiceAggregate, id: key });
const creditNote = (key: string) => ({ aggregate: creditNoteAggregate, id: key });
const numberRange = (key: string) => ({ aggregate: numberRangeAggregate, id: idOfKey('number-range', key) });

/** What a credit note ends (a case, a restriction) ends today, whatever day it bears; credit is given on money that is here. */
const asOfToday: CommandTarget['gather'] = (command, { entities }) => {
  const sent = command as LedgerCommand;
  if (sent.type !== 'ApplyCreditNote' && sent.type !== 'ReserveCredit') return Promise.resolve(sent);
  return Promise.resolve<LedgerCommand>({ ...sent, today: entities.today(sent.entityId) });
};

const ledgerOfToday = (key: string): CommandTarget => ({ ...ledger(key), gather: asOfToday });

/** A mistake in how letters leave is found at the start, and not with the first letter. */
function requireMailSettings(): Promise<void> {
  const [mistake] = config.mail.mistakes;
  return mistake === undefined ? Promise.resolve() : Promise.reject(new Error(mistake));
}

const dispatchByConfiguredPostage: ServiceTask['run'] = (runtime, signal) =>
  dispatchNotices(runtime, configuredPostage, signal);

/** THE list: every stream, subscription, process and task of receivables. Open it first when something is stuck. */
export const receivablesService: ServiceDefinition = {
  name: service,
  aggregates: [
    ledgerAggregate,
    invoiceAggregate,
    creditNoteAggregate,
    numberRangeAggregate,
    dunningPolicyAggregate,
    dunningCalendarAggregate,
    noticeAggregate,
  ],
  publication: receivablesPublication,
  projections: [
    accessProjection(service),
    ledgerDirectory,
    receivablesLists,
    creditStanding,
    dunningPolicies,
    noticeOutbox,
  ],
  processes: [
    // orders: credit-requested, delivery-recorded, order-cancelled, order-closed-short → ledger
    { manager: creditReservation(config.withoutLimit, config.exposure), targets: { ledger: ledgerOfToday } },
    // orders: delivery-recorded → invoice draft
    { manager: invoiceOnDelivery, targets: { invoice } },
    // receivables: drafts → next number → issued document
    { manager: invoiceNumbering, targets: { numberRange, invoice, creditNote } },
    // receivables: issued invoice → open items; numbered credit note → set off
    { manager: itemsOnInvoice, targets: { ledger: ledgerOfToday } },
  ],
  tasks: [
    { name: 'mail-settings', run: requireMailSettings },
    { name: 'default-dunning-policy', run: storeDefaultPolicies },
    // what is released → by mail, or as a file
    { name: 'notice-dispatch', everyMs: DISPATCH_EVERY_MS, run: dispatchByConfiguredPostage },
    ...(config.dunningSchedule
      ? [{ name: 'dunning-schedule', everyMs: SCHEDULE_EVERY_MS, run: decideEndedDates }]
      : []),
  ],
  module: (runtime) => ReceivablesModule.register(runtime),
};
