import { accountsService } from '@kontor/app-accounts';
import { insightsService } from '@kontor/app-insights';
import { ordersService } from '@kontor/app-orders';
import { receivablesService } from '@kontor/app-receivables';
import { warrantyService } from '@kontor/app-warranty';
import type { ServiceDefinition } from '@kontor/service';
import { eventTrace } from '../platform/event-trace.projection.ts';

/** All services of the platform. Tracing events by id is the platform's own read model and runs beside the insights. */
export const serviceDefinitions: readonly ServiceDefinition[] = [
  accountsService,
  ordersService,
  receivablesService,
  warrantyService,
  { ...insightsService, projections: [...insightsService.projections, eventTrace] },
];
