import type { LiveProjection } from '@kontor/projections';
import type { PlatformAccess } from './platform-access.ts';
import { projectionName } from './projection-names.ts';

export interface SubscriptionLine {
  readonly service: string;
  /** relay: brings a log to its topic. topic: what this process hears of one. */
  readonly kind: 'projection' | 'process' | 'sealer' | 'relay' | 'topic';
  readonly name: string;
  /** The service whose feed it reads. */
  readonly reads: string;
  readonly state: string;
  readonly error: string | null;
  readonly position: string;
  readonly head: string | null;
  /** In the unit of the store: events, or bytes of its log. */
  readonly lagEvents: string | null;
  readonly lagSeconds: number | null;
  /** Streams that wait, and records that could not be read. */
  readonly parked: number;
}

/** Everything that is subscribed to something, with how far it is behind: the first screen in an incident. */
export async function platformStatus(access: PlatformAccess) {
  const services = await Promise.all(
    access.platform.services.map(async (service) => {
      const head = await service.store.head();
      const projections = await Promise.all(
        service.projections.map(async (runner) => {
          const status = await runner.status();
          return status.services.map((line) => ({
            ...lineOf(service.name, 'projection', projectionName(status.projection), {
              ...line,
              state: stateOf(runner, line.state),
            }),
            parked: line.parkedStreams,
          }));
        }),
      );
      const processes = await Promise.all(
        service.processes.map(async (runner) => {
          const status = await runner.status();
          return status.services.map((line) => ({
            ...lineOf(service.name, 'process', status.process, line),
            parked: status.parkedLanes,
          }));
        }),
      );
      const sealer = await sealerLine(access, service.name, head);
      const relay = await relayLine(access, service.name, head);
      return {
        name: service.name,
        logId: head.logId,
        head: head.position.toString(),
        recordedAt: head.recordedAt,
        subscriptions: [...projections.flat(), ...processes.flat(), ...sealer, ...relay] satisfies SubscriptionLine[],
      };
    }),
  );
  return {
    version: access.version,
    lagUnit: access.platform.stores.lagUnit,
    services: withTopics(services, await topicLines(access)),
  };
}

/** A version that is built is not what the views show. */
function stateOf({ building }: LiveProjection, state: string): string {
  if (building === undefined || state === 'failed') return state;
  return `building version ${building.version}, views on version ${building.viewsOn}`;
}

/** What this process hears of a topic stands with the topic's service, or with the first one where that runs elsewhere. */
function withTopics<Service extends { readonly name: string; readonly subscriptions: readonly SubscriptionLine[] }>(
  services: readonly Service[],
  lines: readonly SubscriptionLine[],
): readonly Service[] {
  const ownerOf = ({ reads }: SubscriptionLine) => services.find(({ name }) => name === reads) ?? services[0];
  return services.map((service) => {
    const own = lines.filter((line) => ownerOf(line) === service).map((line) => ({ ...line, service: service.name }));
    return { ...service, subscriptions: [...service.subscriptions, ...own] };
  });
}

async function relayLine(access: PlatformAccess, service: string, head: Head): Promise<readonly SubscriptionLine[]> {
  const { topics } = access.platform;
  const relay = await topics?.relay(service);
  if (topics === undefined || relay === undefined) return [];
  const { topic, state, error, position } = relay;
  const line = lineOf(service, 'relay', topic, { service, state, error, ...behind(head, position) });
  return [{ ...line, parked: await topics.deadLetters.countOpen(topic) }];
}

async function topicLines(access: PlatformAccess): Promise<readonly SubscriptionLine[]> {
  const tails = (await access.platform.topics?.tails()) ?? [];
  return tails.map(({ service, topic, live, end, error, head }) => {
    const where = head === null || end === null ? unknownWhere(end) : behind(head, end);
    const state = live ? 'running' : 'reading-history';
    return { ...lineOf(service, 'topic', topic, { service, state, error, ...where }), parked: 0 };
  });
}

interface Head {
  readonly position: bigint;
  readonly recordedAt: string | null;
}

function behind(head: Head, position: bigint) {
  const lag = head.position > position ? head.position - position : 0n;
  const since = Date.parse(head.recordedAt ?? '') || Date.now();
  return { position, head: head.position, lag, lagSeconds: lag === 0n ? 0 : (Date.now() - since) / 1_000 };
}

function unknownWhere(position: bigint | null) {
  return { position: position ?? 0n, head: null, lag: null, lagSeconds: null };
}

async function sealerLine(access: PlatformAccess, service: string, head: Head): Promise<readonly SubscriptionLine[]> {
  const sealer = access.platform.sealers.get(service);
  if (sealer === undefined) return [];
  const { state, error, position } = await sealer.status();
  return [{ ...lineOf(service, 'sealer', 'sealer', { service, state, error, ...behind(head, position) }), parked: 0 }];
}

interface ReadLine {
  readonly service: string;
  readonly state: string;
  readonly error: string | null;
  readonly position: bigint;
  readonly head: bigint | null;
  readonly lag: bigint | null;
  readonly lagSeconds: number | null;
}

function lineOf(service: string, kind: SubscriptionLine['kind'], name: string, line: ReadLine) {
  return {
    service,
    kind,
    name,
    reads: line.service,
    state: line.state,
    error: line.error,
    position: line.position.toString(),
    head: line.head?.toString() ?? null,
    lagEvents: line.lag?.toString() ?? null,
    lagSeconds: line.lagSeconds,
  };
}
