import { accountRegistered } from '@kontor/accounts-contracts';
import { disputeRaised, disputeResolved, itemOpened, paymentReceived } from '@kontor/receivables-contracts';
import { linesOf, NO_MASTER_DATA } from './crm.scenarios.ts';
import { type EventLogs, idOf } from './events.scenarios.ts';

/** `3/6/2013` → `2013-03-06`. */
function isoDate(american: string): string {
  const [month = '', day = '', year = ''] = american.split('/');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const minorOf = (text: string): number => {
  const [units = '0', cents = ''] = text.split('.');
  return Number(units) * 100 + Number(cents.padEnd(2, '0'));
};

/** The receivables file as the contracts that its import publishes: an item, and its one payment on the settled date. */
export function publishReceivables(logs: EventLogs, importedOn: string): void {
  const known = new Set<string>();
  for (const line of linesOf('receivables/accounts-receivable.csv')) {
    const number = line['customerID'] ?? '';
    const accountId = idOf(`receivables|account|${number}`);
    if (!known.has(number))
      logs.publish(accountRegistered, `account-${accountId}`, {
        ...NO_MASTER_DATA,
        accountId,
        number,
        kind: 'customer',
        legalForm: 'legal',
        name: number,
        countryText: line['countryCode'] ?? null,
        externalId: number,
        businessDate: importedOn,
      });
    known.add(number);
    const ledger = { accountId, entityId: 'main', currency: 'USD' };
    const stream = `ledger-${idOf(`main|USD|${accountId}`)}`;
    const invoiceNumber = line['invoiceNumber'] ?? '';
    const instalmentId = idOf(`instalment|${invoiceNumber}`);
    const amountMinor = minorOf(line['InvoiceAmount'] ?? '0');
    const invoiceDate = isoDate(line['InvoiceDate'] ?? '');
    const settled = isoDate(line['SettledDate'] ?? '');
    logs.publish(itemOpened, stream, {
      ...ledger,
      invoiceId: idOf(`invoice|${invoiceNumber}`),
      invoiceNumber,
      instalmentId,
      ordinal: 1,
      invoiceDate,
      dueDate: isoDate(line['DueDate'] ?? ''),
      amountMinor,
      deliveryId: null,
      externalId: invoiceNumber,
      businessDate: invoiceDate,
    });
    const dispute = {
      ...ledger,
      disputeId: idOf(`dispute|${invoiceNumber}`),
      instalmentId,
      amountMinor: null,
      reason: 'imported',
    };
    if (line['Disputed'] === 'Yes')
      logs.publish(disputeRaised, stream, { ...dispute, ownerId: null, deadline: null, businessDate: invoiceDate });
    logs.publish(paymentReceived, stream, {
      ...ledger,
      paymentId: idOf(`payment|${invoiceNumber}`),
      amount: { amountMinor, currency: 'USD' },
      valueDate: settled,
      reference: invoiceNumber,
      allocations: [{ component: 'principal', instalmentId, chargeId: null, amountMinor }],
      unallocatedMinor: 0,
      strategy: 'named-then-cost-interest-principal.v1',
      businessDate: settled,
    });
    if (line['Disputed'] === 'Yes')
      logs.publish(disputeResolved, stream, { ...dispute, outcome: 'settled', businessDate: settled });
  }
}
