// What the pipeline projection does, written out by hand for this one log.
import type { EventStore, StoredEvent } from '@kontor/event-store';
import type pg from 'pg';
import { dataOf, rawLoop, type RawRow, RawTable } from './raw-loop.ts';

const FACT_COLUMNS = {
  event_id: 'uuid',
  revision: 'bigint',
  position: 'bigint',
  business_date: 'date',
  recorded_at: 'timestamptz',
  opportunity_id: 'uuid',
  aspect: 'text',
  stage: 'text',
  stage_kind: 'text',
  probability: 'integer',
  reason: 'text',
  competitor: 'text',
  amount_minor: 'bigint',
  currency: 'text',
  owner_id: 'uuid',
  account_id: 'uuid',
  expected_close: 'date',
} as const;

const DEAL_COLUMNS = {
  opportunity_id: 'uuid',
  stream: 'text',
  title: 'text',
  account_id: 'uuid',
  account_changed: 'boolean',
  account_date: 'date',
  queue: 'text',
  pipeline_id: 'uuid',
  pipeline_version: 'integer',
  product_id: 'uuid',
  external_id: 'text',
  stage: 'text',
  stage_kind: 'text',
  stage_probability: 'integer',
  stage_date: 'date',
  amount_minor: 'bigint',
  currency: 'text',
  amount_date: 'date',
  owner_id: 'uuid',
  owner_date: 'date',
  expected_close: 'date',
  close_date: 'date',
  closing_date: 'date',
  closing_revision: 'bigint',
  first_open_on: 'date',
  newest_business_date: 'date',
  newest_recorded_at: 'timestamptz',
} as const;

/** Folds the whole log into the tables of a schema, which are there and empty. */
export async function rawFold(pool: pg.Pool, store: EventStore, schema: string): Promise<number> {
  const factTable = new RawTable(schema, 'deal_facts', FACT_COLUMNS, ['opportunity_id', 'revision']);
  const dealTable = new RawTable(schema, 'deals', DEAL_COLUMNS, ['opportunity_id']);
  return rawLoop(pool, store, schema, async (client, events) => {
    const wanted = new Set<string>();
    const opened = new Set<string>();
    const parsed = events.map((event) => {
      const data = dataOf(event);
      const id = data['opportunityId'] as string;
      if (event.revision === 0n) opened.add(id);
      else if (!opened.has(id)) wanted.add(id);
      return { event, data, id };
    });
    const deals = new Map<string, RawRow>();
    for (const row of await dealTable.read(client, wanted)) deals.set(row['opportunity_id'] as string, row);
    const facts: RawRow[] = [];
    for (const { event, data, id } of parsed) foldOne(event, data, id, deals, facts);
    await factTable.write(client, facts);
    await dealTable.write(client, [...deals.values()]);
  });
}

function foldOne(event: StoredEvent, data: RawRow, id: string, deals: Map<string, RawRow>, facts: RawRow[]): void {
  const date = data['businessDate'] as string;
  const columns: RawRow = {
    event_id: event.id,
    revision: event.revision,
    position: event.position,
    business_date: date,
    recorded_at: event.recordedAt,
    opportunity_id: id,
  };
  facts.push(columns);
  if (event.type === 'accounts.OpportunityOpened.v1') {
    Object.assign(columns, { aspect: 'opened', owner_id: data['ownerId'], account_id: data['accountId'] });
    deals.set(id, {
      opportunity_id: id,
      stream: event.stream,
      title: data['title'],
      account_id: data['accountId'],
      account_changed: false,
      account_date: date,
      queue: data['queue'],
      pipeline_id: data['pipelineId'],
      pipeline_version: data['pipelineVersion'],
      product_id: data['productId'],
      external_id: data['externalId'],
      owner_id: data['ownerId'],
      owner_date: date,
      newest_business_date: date,
      newest_recorded_at: event.recordedAt,
    });
    return;
  }
  const deal = deals.get(id) as RawRow;
  if (date > (deal['newest_business_date'] as string)) deal['newest_business_date'] = date;
  deal['newest_recorded_at'] = event.recordedAt;
  switch (event.type) {
    case 'accounts.OpportunityStageEntered.v1': {
      const { stage, stageKind, probability, reason, competitor } = data;
      Object.assign(columns, { aspect: 'stage', stage, stage_kind: stageKind, probability, reason, competitor });
      if (isNew(date, deal['stage_date']))
        Object.assign(deal, { stage, stage_kind: stageKind, stage_probability: probability, stage_date: date });
      if ((stageKind === 'won' || stageKind === 'lost') && isNew(date, deal['closing_date']))
        Object.assign(deal, { closing_date: date, closing_revision: event.revision });
      if (stageKind === 'open' && !(typeof deal['first_open_on'] === 'string' && deal['first_open_on'] < date))
        deal['first_open_on'] = date;
      break;
    }
    case 'accounts.OpportunityAmountRevised.v1': {
      const { amountMinor, currency } = data['amount'] as unknown as { amountMinor: number; currency: string };
      Object.assign(columns, { aspect: 'amount', amount_minor: amountMinor, currency });
      if (isNew(date, deal['amount_date']))
        Object.assign(deal, { amount_minor: amountMinor, currency, amount_date: date });
      break;
    }
    case 'accounts.OpportunityCloseExpected.v1':
      Object.assign(columns, { aspect: 'close', expected_close: data['expectedClose'] });
      if (isNew(date, deal['close_date']))
        Object.assign(deal, { expected_close: data['expectedClose'], close_date: date });
      break;
    case 'accounts.OpportunityOwnerAssigned.v1':
      Object.assign(columns, { aspect: 'owner', owner_id: data['ownerId'] });
      if (isNew(date, deal['owner_date'])) Object.assign(deal, { owner_id: data['ownerId'], owner_date: date });
      break;
  }
}

function isNew(date: string, winner: unknown): boolean {
  return typeof winner !== 'string' || date >= winner;
}
