import type { PlatformAccess } from './platform-access.ts';

export interface SubscriptionLine {
  readonly service: string;
  readonly kind: 'projection' | 'process' | 'sealer';
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
            ...lineOf(service.name, 'projection', status.projection, line),
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
      return {
        name: service.name,
        logId: head.logId,
        head: head.position.toString(),
        recordedAt: head.recordedAt,
        subscriptions: [...projections.flat(), ...processes.flat(), ...sealer] satisfies SubscriptionLine[],
      };
    }),
  );
  return { version: access.version, lagUnit: access.platform.stores.lagUnit, services };
}

async function sealerLine(
  access: PlatformAccess,
  service: string,
  head: { readonly position: bigint; readonly recordedAt: string | null },
): Promise<readonly SubscriptionLine[]> {
  const sealer = access.platform.sealers.get(service);
  if (sealer === undefined) return [];
  const { state, error, position } = await sealer.status();
  const lag = head.position > position ? head.position - position : 0n;
  const since = Date.parse(head.recordedAt ?? '') || Date.now();
  const line = { service, state, error, position, head: head.position, lag };
  return [
    {
      ...lineOf(service, 'sealer', 'sealer', { ...line, lagSeconds: lag === 0n ? 0 : (Date.now() - since) / 1000 }),
      parked: 0,
    },
  ];
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
