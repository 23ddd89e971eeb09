import {
  opportunityAccountAssigned,
  opportunityAmountRevised,
  opportunityCloseExpected,
  opportunityOpened,
  opportunityOwnerAssigned,
  opportunityProbabilityOverridden,
  opportunityStageEntered,
  pipelineDefined,
  staffPlaced,
} from '@kontor/accounts-contracts';
import { type EventLogs, idOf, sealed } from './events.scenarios.ts';

const PIPELINE = idOf('pipeline');

export const STAGES = [
  { name: 'Interest', kind: 'open' as const, probability: 10_150, ordinal: 1 },
  { name: 'Offer', kind: 'open' as const, probability: 50_000, ordinal: 2 },
  { name: 'Waiting', kind: 'on-hold' as const, probability: 5_000, ordinal: 3 },
  { name: 'Concluded', kind: 'won' as const, probability: 100_000, ordinal: 4 },
  { name: 'Lost', kind: 'lost' as const, probability: 0, ordinal: 5 },
];

export function definePipeline(logs: EventLogs): void {
  logs.publish(pipelineDefined, `pipeline-${PIPELINE}`, {
    pipelineId: PIPELINE,
    version: 1,
    name: 'sales',
    stages: STAGES,
  });
}

export function placeStaff(
  logs: EventLogs,
  name: string,
  businessDate: string,
  region: string | null,
  managerId: string | null = null,
): string {
  const staffId = idOf(name);
  logs.publish(staffPlaced, `staff-${staffId}`, {
    staffId,
    name: sealed(staffId, name),
    position: 'sales manager',
    managerId,
    region,
    externalId: null,
    businessDate,
  });
  return staffId;
}

/** One deal as its events: every method publishes one fact. */
export class Deal {
  readonly opportunityId: string;
  private readonly stream: string;

  constructor(
    private readonly logs: EventLogs,
    name: string,
    businessDate: string,
    ownerId: string | null,
    accountId: string | null = null,
  ) {
    this.opportunityId = idOf(`deal ${name}`);
    this.stream = `opportunity-${this.opportunityId}`;
    logs.publish(opportunityOpened, this.stream, {
      opportunityId: this.opportunityId,
      title: name,
      accountId,
      ownerId,
      queue: accountId === null ? 'enquiries' : null,
      pipelineId: PIPELINE,
      pipelineVersion: 1,
      productId: null,
      externalId: null,
      businessDate,
    });
  }

  enters(stage: string, businessDate: string): this {
    const found = STAGES.find((candidate) => candidate.name === stage);
    if (found === undefined) throw new RangeError(`${stage} is not a stage`);
    this.logs.publish(opportunityStageEntered, this.stream, {
      opportunityId: this.opportunityId,
      stage,
      stageKind: found.kind,
      probability: found.probability,
      reason: null,
      competitor: null,
      evidence: null,
      orderId: null,
      contractNumber: null,
      businessDate,
    });
    return this;
  }

  worth(amountMinor: number, businessDate: string, currency = 'EUR'): this {
    this.logs.publish(opportunityAmountRevised, this.stream, {
      opportunityId: this.opportunityId,
      amount: { amountMinor, currency },
      businessDate,
    });
    return this;
  }

  ownedBy(ownerId: string, businessDate: string): this {
    this.logs.publish(opportunityOwnerAssigned, this.stream, {
      opportunityId: this.opportunityId,
      ownerId,
      businessDate,
    });
    return this;
  }

  of(accountId: string, businessDate: string): this {
    this.logs.publish(opportunityAccountAssigned, this.stream, {
      opportunityId: this.opportunityId,
      accountId,
      businessDate,
    });
    return this;
  }

  closes(expectedClose: string | null, businessDate: string): this {
    this.logs.publish(opportunityCloseExpected, this.stream, {
      opportunityId: this.opportunityId,
      expectedClose,
      businessDate,
    });
    return this;
  }

  believed(probability: number | null, businessDate: string, expiresOn: string | null = null): this {
    this.logs.publish(opportunityProbabilityOverridden, this.stream, {
      opportunityId: this.opportunityId,
      probability,
      reason: 'budget released',
      expiresOn,
      businessDate,
    });
    return this;
  }
}
