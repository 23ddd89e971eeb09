import { accountsService } from '@kontor/app-accounts';
import { PostgresEventStore, PostgresKeyVault } from '@kontor/event-store';
import type { LogSource } from '@kontor/feed';
import type pg from 'pg';
import { type Chapter, day, type Fact, fillLog, type Lives, schemaOfLog, uuid } from './log-fill.ts';

const PIPELINE = uuid('pipeline');
const OWNERS = Array.from({ length: 50 }, (_unused, n) => uuid(`owner ${n}`));

/** The life of a deal in three appends: opened, worked on, concluded. */
const CHAPTERS: readonly Chapter[] = [
  { events: 4, tell: opened },
  { events: 2, tell: workedOn },
  { events: 2, tell: concluded },
];

function opened(deal: number, opportunityId: string): readonly Fact[] {
  const about = { opportunityId, businessDate: day(deal, 0) };
  return [
    [
      'OpportunityOpened',
      {
        ...about,
        title: `Replacement of line ${deal}`,
        accountId: uuid(`account ${deal % 5_000}`),
        ownerId: OWNERS[deal % OWNERS.length],
        queue: null,
        pipelineId: PIPELINE,
        pipelineVersion: 1,
        productId: null,
        externalId: null,
        source: null,
      },
    ],
    ['OpportunityStageEntered', { ...about, ...stage('Interest', 'open', 10_000) }],
    ['OpportunityAmountRevised', { ...about, amount: { amountMinor: 100_000 + deal, currency: 'EUR' } }],
    ['OpportunityCloseExpected', { ...about, expectedClose: day(deal, 90) }],
  ];
}

function workedOn(deal: number, opportunityId: string): readonly Fact[] {
  const about = { opportunityId, businessDate: day(deal, 30) };
  return [
    ['OpportunityStageEntered', { ...about, ...stage('Offer', 'open', 50_000) }],
    ['OpportunityAmountRevised', { ...about, amount: { amountMinor: 90_000 + deal, currency: 'EUR' } }],
  ];
}

function concluded(deal: number, opportunityId: string): readonly Fact[] {
  const about = { opportunityId, businessDate: day(deal, 80) };
  const won = deal % 3 !== 0;
  return [
    ['OpportunityOwnerAssigned', { ...about, ownerId: OWNERS[(deal + 7) % OWNERS.length] }],
    ['OpportunityStageEntered', { ...about, ...(won ? stage('Won', 'won', 100_000) : stage('Lost', 'lost', 0)) }],
  ];
}

function stage(name: string, stageKind: string, probability: number) {
  const closing = stageKind === 'lost' ? 'price' : null;
  return {
    stage: name,
    stageKind,
    probability,
    reason: closing,
    competitor: null,
    evidence: stageKind === 'won' ? 'contract' : null,
    orderId: null,
    contractNumber: stageKind === 'won' ? 'C-1' : null,
  };
}

export const DEALS: Lives = {
  service: 'accounts',
  category: 'opportunity',
  idOf: (deal) => uuid(`deal ${deal}`),
  chapters: CHAPTERS,
};

/** Fills the log of accounts with the lives of deals, eight events each. */
export async function writeDeals(pool: pg.Pool, events: number): Promise<bigint> {
  return fillLog(pool, DEALS, events);
}

/** The log of accounts as the platform reads it. */
export async function dealSource(pool: pg.Pool): Promise<LogSource & { readonly store: PostgresEventStore }> {
  await PostgresKeyVault.migrate(pool);
  return {
    store: new PostgresEventStore({ pool, schema: schemaOfLog(DEALS.service) }),
    publication: accountsService.publication,
    codecs: accountsService.aggregates.map(({ codec }) => codec),
  };
}
