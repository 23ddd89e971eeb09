// What the dunning projection does, written out by hand for the events of this one log.
import type { EventStore, StoredEvent } from '@kontor/event-store';
import type { Projection } from '@kontor/projections';
import type pg from 'pg';
import { dataOf, rawLoop, type RawRow, RawTable } from './raw-loop.ts';

const CONTRACT: { readonly [type: string]: string } = {
  'receivables.ItemOpened.v1': 'kontor.receivables.item-opened.v1',
  'receivables.ChargePosted.v1': 'kontor.receivables.charge-posted.v1',
  'receivables.PaymentReceived.v1': 'kontor.receivables.payment-received.v1',
  'receivables.DunningCaseOpened.v1': 'kontor.receivables.dunning-case-opened.v1',
  'receivables.DunningCaseClosed.v1': 'kontor.receivables.dunning-case-closed.v1',
  'receivables.DunningNoticeIssued.v1': 'kontor.receivables.dunning-notice-issued.v1',
  'receivables.PromiseMade.v1': 'kontor.receivables.promise-made.v1',
};

interface Allocation {
  readonly component: string;
  readonly instalmentId: string | null;
  readonly chargeId: string | null;
  readonly amountMinor: number;
}

interface Listed {
  readonly instalmentId: string;
  readonly invoiceNumber: string;
  readonly dueDate: string;
  readonly netMinor: number;
  readonly levelBefore: number;
  readonly levelAfter: number;
}

/** The rows of one page. */
interface Page {
  readonly lines: RawRow[];
  readonly items: Map<string, RawRow>;
  readonly overlays: RawRow[];
  readonly cases: Map<string, RawRow>;
  readonly notices: RawRow[];
  readonly noticeItems: RawRow[];
  readonly promises: RawRow[];
}

/** Folds the whole log into the tables of a schema, which are there and empty. */
export async function rawLedgerFold(
  pool: pg.Pool,
  store: EventStore,
  schema: string,
  { tables }: Projection,
): Promise<number> {
  const tableOf = (name: string) => {
    const { columns, key } = tables[name] as Projection['tables'][string];
    const types = Object.entries(columns).map(([column, { type }]) => [column, type] as const);
    return new RawTable(schema, name, Object.fromEntries(types), key);
  };
  const [lines, items, overlays, cases] = [
    tableOf('ledger_lines'),
    tableOf('items'),
    tableOf('overlay_facts'),
    tableOf('cases'),
  ];
  const [notices, noticeItems, promises] = [tableOf('notices'), tableOf('notice_items'), tableOf('promises')];
  return rawLoop(pool, store, schema, async (client, events) => {
    const parsed = events.map((event) => ({ event, data: dataOf(event) }));
    const wanted = wantedRows(parsed);
    const page: Page = {
      lines: [],
      items: byKey(await items.read(client, wanted.items), 'item_id'),
      overlays: [],
      cases: byKey(await cases.read(client, wanted.cases), 'case_id'),
      notices: [],
      noticeItems: [],
      promises: [],
    };
    for (const { event, data } of parsed) foldOne(event, data, page);
    await lines.write(client, page.lines);
    await items.write(client, [...page.items.values()]);
    await overlays.write(client, page.overlays);
    await cases.write(client, [...page.cases.values()]);
    await notices.write(client, page.notices);
    await noticeItems.write(client, page.noticeItems);
    await promises.write(client, page.promises);
  });
}

function byKey(rows: readonly RawRow[], key: string): Map<string, RawRow> {
  return new Map(rows.map((row) => [row[key] as string, row]));
}

/** Rows that the page changes and did not begin itself. */
function wantedRows(parsed: readonly { readonly event: StoredEvent; readonly data: RawRow }[]) {
  const begun = new Set<string>();
  const [items, cases] = [new Set<string>(), new Set<string>()];
  const want = (keys: Set<string>, key: string) => {
    if (!begun.has(key)) keys.add(key);
  };
  for (const { event, data } of parsed) {
    if (event.type === 'receivables.ItemOpened.v1') begun.add(data['instalmentId'] as string);
    else if (event.type === 'receivables.ChargePosted.v1') begun.add(data['chargeId'] as string);
    else if (event.type === 'receivables.DunningCaseOpened.v1') begun.add(data['caseId'] as string);
    else if (event.type === 'receivables.DunningCaseClosed.v1') want(cases, data['caseId'] as string);
    else if (event.type === 'receivables.DunningNoticeIssued.v1')
      for (const { instalmentId } of listedOf(data)) want(items, instalmentId);
    else if (event.type === 'receivables.PaymentReceived.v1')
      for (const allocation of allocationsOf(data)) want(items, itemOf(allocation));
  }
  return { items, cases };
}

const listedOf = (data: RawRow) => data['items'] as unknown as readonly Listed[];
const allocationsOf = (data: RawRow) => data['allocations'] as unknown as readonly Allocation[];
const itemOf = ({ instalmentId, chargeId }: Allocation) => (instalmentId ?? chargeId) as string;

function foldOne(event: StoredEvent, data: RawRow, page: Page): void {
  const ledger = { account_id: data['accountId'], entity_id: data['entityId'], currency: data['currency'] };
  const date = data['businessDate'];
  const fact: RawRow = {
    event_id: event.id,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    contract: CONTRACT[event.type],
    business_date: date,
    recorded_at: event.recordedAt,
  };
  const line = (number: number, component: string, item: string | null, delta: number, more: RawRow) => {
    page.lines.push({
      ...fact,
      line: number,
      ...ledger,
      component,
      item_id: item,
      delta_minor: delta,
      ...more,
    });
    if (item === null) return;
    const row = page.items.get(item) as RawRow;
    row['open_minor'] = Number(row['open_minor']) + delta;
  };
  const overlay = (kind: string, id: RawRow[string], step: string) =>
    page.overlays.push({ ...fact, ...ledger, overlay: kind, overlay_id: id, step, until: null });
  const begun = {
    begun_on: date,
    begun_recorded_at: event.recordedAt,
    begun_event_id: event.id,
    begun_position: event.position,
  };
  switch (event.type) {
    case 'receivables.ItemOpened.v1': {
      const item = data['instalmentId'] as string;
      page.items.set(item, {
        item_id: item,
        ...ledger,
        component: 'principal',
        due_date: data['dueDate'],
        invoice_date: data['invoiceDate'],
        invoice_id: data['invoiceId'],
        invoice_number: data['invoiceNumber'],
        ordinal: data['ordinal'],
        external_id: data['externalId'],
        amount_minor: data['amountMinor'],
        open_minor: 0,
        level: 0,
      });
      const document = { movement: 'invoice', document_id: data['invoiceId'] };
      line(0, 'principal', item, data['amountMinor'] as number, document);
      break;
    }
    case 'receivables.ChargePosted.v1': {
      const item = data['chargeId'] as string;
      page.items.set(item, {
        item_id: item,
        ...ledger,
        component: data['component'],
        due_date: data['dueDate'],
        notice_id: data['noticeId'],
        amount_minor: data['amountMinor'],
        open_minor: 0,
        level: 0,
      });
      const document = { movement: 'charge', document_id: item };
      line(0, data['component'] as string, item, data['amountMinor'] as number, document);
      break;
    }
    case 'receivables.PaymentReceived.v1': {
      const document = { movement: 'payment', document_id: data['paymentId'] };
      const allocations = allocationsOf(data);
      for (const [n, allocation] of allocations.entries())
        line(n, allocation.component, itemOf(allocation), -allocation.amountMinor, document);
      line(allocations.length, 'unallocated', null, data['unallocatedMinor'] as number, document);
      break;
    }
    case 'receivables.DunningCaseOpened.v1': {
      const id = data['caseId'] as string;
      overlay('case', id, 'opened');
      const policy = { policy_id: data['policyId'], policy_version: data['policyVersion'] };
      page.cases.set(id, { case_id: id, ...ledger, ...policy, ...begun });
      break;
    }
    case 'receivables.DunningCaseClosed.v1': {
      const id = data['caseId'] as string;
      overlay('case', id, 'closed');
      Object.assign(page.cases.get(id) as RawRow, {
        ended_on: date,
        ended_recorded_at: event.recordedAt,
        ended_event_id: event.id,
        ended_position: event.position,
      });
      break;
    }
    case 'receivables.DunningNoticeIssued.v1': {
      const listed = listedOf(data);
      page.notices.push({
        ...fact,
        notice_id: data['noticeId'],
        case_id: data['caseId'],
        ...ledger,
        level: data['level'],
        items: listed.length,
        net_minor: data['netMinor'],
        fee_minor: data['feeMinor'],
        interest_minor: data['interestMinor'],
        policy_id: data['policyId'],
        policy_version: data['policyVersion'],
        ledger_revision: data['ledgerRevision'],
      });
      for (const item of listed) {
        page.noticeItems.push({
          notice_id: data['noticeId'],
          item_id: item.instalmentId,
          invoice_number: item.invoiceNumber,
          due_date: item.dueDate,
          net_minor: item.netMinor,
          level_before: item.levelBefore,
          level_after: item.levelAfter,
        });
        (page.items.get(item.instalmentId) as RawRow)['level'] = item.levelAfter;
      }
      break;
    }
    case 'receivables.PromiseMade.v1':
      overlay('promise', data['promiseId'], 'made');
      page.promises.push({
        promise_id: data['promiseId'],
        ...ledger,
        amount_minor: data['amountMinor'],
        promised_on: data['promisedOn'],
        grace_days: data['graceDays'],
        ...begun,
      });
      break;
  }
}
