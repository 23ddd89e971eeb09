// THE list: what this service folds, publishes, projects and ensures. In an incident, open this file first.
import { accessProjection } from '@kontor/auth';
import type { ServiceDefinition } from '@kontor/service';
import { service } from '@kontor/warranty-contracts';
import {
  claimAggregate,
  unitAggregate,
  unitHistory,
  unitRegistration,
  warrantyTermAggregate,
} from '@kontor/warranty-domain';
import { warrantyPublication } from './outbound/warranty.publication.ts';
import { catalogue } from './read-models/catalogue/catalogue.projection.ts';
import { claimList } from './read-models/claim-list/claim-list.projection.ts';
import { installBase } from './read-models/install-base/install-base.projection.ts';
import { workOrders } from './read-models/work-orders/work-orders.projection.ts';
import { gatherTerm, unitIdOf } from './unit/unit.facts.ts';
import { WarrantyModule } from './warranty.module.ts';

const unit = (id: string) => ({ aggregate: unitAggregate, id, gather: gatherTerm });

export const warrantyService: ServiceDefinition = {
  name: service,
  aggregates: [unitAggregate, warrantyTermAggregate, claimAggregate],
  publication: warrantyPublication,
  projections: [
    // accounts: account-registered, account-owner-assigned, staff-placed
    accessProjection(service),
    // orders: product-registered
    catalogue,
    // warranty: unit-*, warranty-started
    installBase,
    // warranty: claim-*, coverage-decided, work-order-opened, repair-recorded
    claimList,
    // warranty: work-order-opened, repair-recorded
    workOrders,
  ],
  processes: [
    // orders: delivery-recorded, receivables: invoice-issued → RegisterUnit, NoteInvoice
    { manager: unitRegistration(unitIdOf), targets: { unit } },
    // warranty: repair-recorded, unit-registered → RecordCoverUse, MarkUnitReplaced
    { manager: unitHistory, targets: { unit } },
  ],
  module: (runtime) => WarrantyModule.register(runtime),
};
