// What the pipeline projection does, written out by hand for this one log: no contracts, no handlers, no checks, no
// parking, no fences. Reads pages of the log, keeps the rows of a page in memory, writes each table with one statement and
// the position beside them. The next page is read while one is written, as the runner does.
import type { EventStore, StoredEvent } from '@kontor/event-store';
import type pg from 'pg';

const PAGE = 1_000;

type Value = string | number | bigint | boolean | null | undefined;
type Deal = { [column: string]: Value };

interface Fact {
  readonly columns: Deal;
}

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
  const writeFacts = upsert(`${schema}.deal_facts`, FACT_COLUMNS, ['opportunity_id', 'revision']);
  const writeDeals = upsert(`${schema}.deals`, DEAL_COLUMNS, ['opportunity_id']);
  const dealNames = Object.entries(DEAL_COLUMNS).map(([name, type]) =>
    type === 'date' || type === 'timestamptz' || type === 'bigint' ? `${name}::text` : name,
  );
  const readDeals = `select ${dealNames.join(', ')} from ${schema}.deals where opportunity_id = any($1::uuid[])`;
  const client = await pool.connect();
  let folded = 0;
  try {
    await client.query(`create table if not exists ${schema}.raw_position (position bigint)`);
    await client.query(`truncate ${schema}.raw_position`);
    await client.query(`insert into ${schema}.raw_position values (0)`);
    let next = store.readAll({ after: 0n, limit: PAGE });
    for (;;) {
      const page = await next;
      if (!page.atHead) next = store.readAll({ after: page.position, limit: PAGE });
      await client.query('begin; set local synchronous_commit = off; set local enable_seqscan = off');
      const wanted = new Set<string>();
      const opened = new Set<string>();
      const parsed = page.events.map((event) => {
        const data = JSON.parse((event.data as Buffer).toString('utf8')) as Deal;
        const id = data['opportunityId'] as string;
        if (event.revision === 0n) opened.add(id);
        else if (!opened.has(id)) wanted.add(id);
        return { event, data, id };
      });
      const deals = new Map<string, Deal>();
      if (wanted.size > 0) {
        const { rows } = await client.query<Deal>({
          name: `raw_read_${schema}`,
          text: readDeals,
          values: [[...wanted]],
        });
        for (const row of rows) deals.set(row['opportunity_id'] as string, row);
      }
      const facts: Fact[] = [];
      for (const { event, data, id } of parsed) foldOne(event, data, id, deals, facts);
      await client.query({
        name: `raw_facts_${schema}`,
        text: writeFacts,
        values: arrays(
          FACT_COLUMNS,
          facts.map(({ columns }) => columns),
        ),
      });
      await client.query({
        name: `raw_deals_${schema}`,
        text: writeDeals,
        values: arrays(DEAL_COLUMNS, [...deals.values()]),
      });
      await client.query(`update ${schema}.raw_position set position = $1`, [page.position]);
      await client.query('commit');
      folded += page.events.length;
      if (page.atHead) return folded;
    }
  } finally {
    client.release();
  }
}

function foldOne(event: StoredEvent, data: Deal, id: string, deals: Map<string, Deal>, facts: Fact[]): void {
  const date = data['businessDate'] as string;
  const columns: Deal = {
    event_id: event.id,
    revision: event.revision,
    position: event.position,
    business_date: date,
    recorded_at: event.recordedAt,
    opportunity_id: id,
  };
  facts.push({ columns });
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
  const deal = deals.get(id) as Deal;
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

function upsert(table: string, columns: { readonly [name: string]: string }, key: readonly string[]): string {
  const names = Object.keys(columns);
  const unnest = Object.values(columns).map((type, n) => `$${n + 1}::${type}[]`);
  const set = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
  return `insert into ${table} (${names.join(', ')}) select * from unnest(${unnest.join(', ')})
    on conflict (${key.join(', ')}) do update set ${set.join(', ')}`;
}

/** Array literals by hand, which is faster than the driver. */
function arrays(columns: { readonly [name: string]: string }, rows: readonly Deal[]): string[] {
  return Object.entries(columns).map(([name, type]) => {
    let literal = '{';
    for (let n = 0; n < rows.length; n += 1) {
      const value = (rows[n] as Deal)[name];
      if (n > 0) literal += ',';
      if (value === null || value === undefined) literal += 'NULL';
      else literal += type === 'text' ? `"${(value as string).replace(/["\\]/g, '\\$&')}"` : String(value);
    }
    return `${literal}}`;
  });
}
