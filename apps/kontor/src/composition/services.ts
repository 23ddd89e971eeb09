import type { Codec } from '@kontor/kernel';
import type { ServiceDefinition } from '@kontor/service';
import { installationAggregate } from '../administration/installation.decider.ts';
import { subscriptionAggregate } from '../administration/subscription.decider.ts';
import { StartFault } from '../start-fault.ts';

/** A process loads only the code of the services that it runs. */
const SERVICES = {
  accounts: async () => (await import('@kontor/app-accounts')).accountsService,
  orders: async () => (await import('@kontor/app-orders')).ordersService,
  receivables: async () => (await import('@kontor/app-receivables')).receivablesService,
  warranty: async () => (await import('@kontor/app-warranty')).warrantyService,
  insights,
} satisfies { readonly [name: string]: () => Promise<ServiceDefinition> };

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];

function isServiceName(name: string): name is ServiceName {
  return name in SERVICES;
}

export async function serviceNamed(name: string): Promise<ServiceDefinition> {
  if (!isServiceName(name))
    throw new StartFault(`There is no service "${name}"; there are ${SERVICE_NAMES.join(', ')}.`);
  return SERVICES[name]();
}

/** All services of the platform. */
export function allServices(): Promise<readonly ServiceDefinition[]> {
  return Promise.all(SERVICE_NAMES.map((name) => SERVICES[name]()));
}

/** Of everything that may lie in the log of a service: its own events, and what administrators did. */
export function codecsOf({ aggregates }: Pick<ServiceDefinition, 'aggregates'>): readonly Codec[] {
  return [...aggregates.map(({ codec }) => codec), subscriptionAggregate.codec, installationAggregate.codec];
}

/** Tracing events by id is the platform's own read model and runs beside the insights. */
async function insights(): Promise<ServiceDefinition> {
  const { insightsService } = await import('@kontor/app-insights');
  const { eventTrace } = await import('../platform/event-trace.projection.ts');
  return { ...insightsService, projections: [...insightsService.projections, eventTrace] };
}
