import { type KeyState, KeyVault } from '@kontor/event-store';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from '@kontor/feed';
import type { CloudEvent, ContractDefinition } from '@kontor/kernel';
import type { Page } from '@kontor/http';
import { KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';

const BATCH = 1000;

/** Logs of several services in memory: what is published gets its position, revision and recorded time. */
export class EventLogs extends Feed {
  private readonly logs = new Map<string, CloudEvent[]>();
  private readonly revisions = new Map<string, number>();
  /** Recorded time of the next event; every event is recorded a millisecond after the one before. */
  private recordedMs: number;

  constructor(
    firstRecordedAt: string,
    private readonly services: readonly string[] = ['accounts', 'orders', 'receivables', 'warranty'],
  ) {
    super();
    this.recordedMs = Date.parse(firstRecordedAt);
    for (const service of services) this.logs.set(service, []);
  }

  /** From here on events are recorded at this instant and after. */
  recordFrom(instant: string): void {
    this.recordedMs = Date.parse(instant);
  }

  publish<Data extends object>(contract: ContractDefinition<Data>, stream: string, data: Data): CloudEvent<Data> {
    const log = this.logs.get(contract.service) as CloudEvent[];
    const revision = this.revisions.get(stream) ?? 0;
    this.revisions.set(stream, revision + 1);
    const position = log.length + 1;
    const recordedat = new Date(this.recordedMs).toISOString();
    this.recordedMs += 1;
    const id = uuidV5(KONTOR_NAMESPACE, `${contract.service}|${position}`);
    const event: CloudEvent<Data> = {
      specversion: '1.0',
      id,
      source: `/kontor/${contract.service}`,
      type: contract.type,
      subject: stream,
      time: recordedat,
      datacontenttype: 'application/json',
      logid: uuidV5(KONTOR_NAMESPACE, contract.service),
      position: String(position),
      previousposition: String(position - 1),
      partition: 0,
      revision,
      recordedat,
      ...('businessDate' in data && typeof data.businessDate === 'string' && { businessdate: data.businessDate }),
      actor: 'scenario',
      origin: 'person',
      commandid: id,
      correlationid: id,
      data,
    };
    log.push(event);
    return event;
  }

  events(service: string): readonly CloudEvent[] {
    return this.logs.get(service) ?? [];
  }

  override async head(service: string): Promise<FeedHead> {
    const log = this.events(service);
    return {
      logId: uuidV5(KONTOR_NAMESPACE, service),
      position: BigInt(log.length),
      recordedAt: log.at(-1)?.recordedat ?? null,
    };
  }

  override async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    const log = this.events(options.service);
    const size = options.batchSize ?? BATCH;
    let after = Number(options.after);
    do {
      const events = log.slice(after, after + size);
      after += events.length;
      yield {
        service: options.service,
        logId: uuidV5(KONTOR_NAMESPACE, options.service),
        events,
        watermark: { position: BigInt(after), recordedAt: events.at(-1)?.recordedat ?? null },
        caughtUp: after === log.length,
      };
    } while (after < log.length);
  }
}

/** Seals nothing: what is sealed is the text itself. Keys can be destroyed. */
export class GlassVault extends KeyVault {
  private readonly destroyed = new Set<string>();

  override async destroy(subject: string): Promise<void> {
    this.destroyed.add(subject);
  }
  override async keyOf(subject: string): Promise<KeyState> {
    return this.destroyed.has(subject) ? 'destroyed' : 'kept';
  }
  override async destroyedSubjects(): Promise<readonly string[]> {
    return [...this.destroyed];
  }
  override async prepare(): Promise<void> {}
  override seal(_subject: string, plain: string): string {
    return plain;
  }
  override unseal(subject: string, sealed: string): string | null {
    return this.destroyed.has(subject) ? null : sealed;
  }
}

export function idOf(name: string): string {
  return uuidV5(KONTOR_NAMESPACE, name);
}

export function sealed(subject: string, text: string) {
  return { sealed: text, subject };
}

/** The first page of a list, for queries that are asked without HTTP. */
export function firstPage(limit: number): Page {
  return { limit, after: undefined, place: { asKnownAt: '', question: '' } };
}
