import { createHash } from 'node:crypto';
import { accountsService } from '@kontor/app-accounts';
import { type NewEvent, PostgresEventStore, PostgresKeyVault } from '@kontor/event-store';
import type { LogSource } from '@kontor/feed';
import type pg from 'pg';

const WRITERS = 200;
/** Deals that live at the same time: each event but the first of a deal finds the deal some thousand events earlier. */
const COHORT = 500;
const EVENTS_PER_DEAL = 8;
const SCHEMA = 'accounts_log';

type Fact = readonly [type: string, data: object];

/** Uniform and the same in every run: figures differ by the machine alone. */
function uuid(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const PIPELINE = uuid('pipeline');
const OWNERS = Array.from({ length: 50 }, (_unused, n) => uuid(`owner ${n}`));

function day(deal: number, after: number): string {
  return new Date(Date.UTC(2024, 0, 1 + (deal % 500) + after)).toISOString().slice(0, 10);
}

/** The life of a deal in three appends: opened, worked on, concluded. */
const CHAPTERS: readonly ((deal: number, opportunityId: string) => readonly Fact[])[] = [
  (deal, opportunityId) => {
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
  },
  (deal, opportunityId) => {
    const about = { opportunityId, businessDate: day(deal, 30) };
    return [
      ['OpportunityStageEntered', { ...about, ...stage('Offer', 'open', 50_000) }],
      ['OpportunityAmountRevised', { ...about, amount: { amountMinor: 90_000 + deal, currency: 'EUR' } }],
    ];
  },
  (deal, opportunityId) => {
    const about = { opportunityId, businessDate: day(deal, 80) };
    const won = deal % 3 !== 0;
    return [
      ['OpportunityOwnerAssigned', { ...about, ownerId: OWNERS[(deal + 7) % OWNERS.length] }],
      ['OpportunityStageEntered', { ...about, ...(won ? stage('Won', 'won', 100_000) : stage('Lost', 'lost', 0)) }],
    ];
  },
];

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

function* appends(events: number): Generator<{ stream: string; after: bigint | 'none'; facts: readonly Fact[] }> {
  const cohorts = Math.ceil(events / EVENTS_PER_DEAL / COHORT);
  for (let step = 0; step < cohorts + 2 * (CHAPTERS.length - 1); step += 1) {
    for (let n = 0; n < COHORT; n += 1) {
      for (const [chapter, tell] of CHAPTERS.entries()) {
        const cohort = step - 2 * chapter;
        if (cohort < 0 || cohort >= cohorts) continue;
        const deal = cohort * COHORT + n;
        const opportunityId = uuid(`deal ${deal}`);
        const after = chapter === 0 ? 'none' : BigInt(2 * chapter + 1);
        yield { stream: `opportunity-${opportunityId}`, after, facts: tell(deal, opportunityId) };
      }
    }
  }
}

function newEvent(stream: string, [type, data]: Fact, n: number): NewEvent {
  const commandId = uuid(`${stream} ${type} ${n}`);
  const { businessDate } = data as { businessDate: string };
  return {
    id: commandId,
    type: `accounts.${type}.v1`,
    data: Buffer.from(JSON.stringify(data)),
    metadata: {
      occurredAt: `${businessDate}T09:30:00.000Z`,
      actor: OWNERS[0] as string,
      origin: 'person',
      commandId,
      requestHash: '',
      correlationId: commandId,
      businessDate,
    },
  };
}

/** Fills the log of accounts with the lives of deals, eight events each, as the store would have got them. */
export async function writeDeals(pool: pg.Pool, events: number): Promise<bigint> {
  await PostgresEventStore.migrate(pool, SCHEMA);
  const store = new PostgresEventStore({ pool, schema: SCHEMA });
  try {
    const next = appends(events);
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (const { stream, after, facts } of next)
          await store.append(
            stream,
            after,
            facts.map((fact, n) => newEvent(stream, fact, n + Number(after === 'none' ? 0 : after + 1n))),
          );
      }),
    );
    return (await store.head()).position;
  } finally {
    await store.close();
  }
}

/** The log of accounts as the platform reads it. */
export async function dealSource(pool: pg.Pool): Promise<LogSource & { readonly store: PostgresEventStore }> {
  await PostgresKeyVault.migrate(pool);
  return {
    store: new PostgresEventStore({ pool, schema: SCHEMA }),
    publication: accountsService.publication,
    codecs: accountsService.aggregates.map(({ codec }) => codec),
  };
}
