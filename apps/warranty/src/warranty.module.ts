import { ServiceRuntime } from '@kontor/service';
import type { DynamicModule } from '@nestjs/common';
import { ClaimController } from './claim/claim.controller.ts';
import { UnitController } from './unit/unit.controller.ts';
import { WarrantyTermController } from './warranty-term/warranty-term.controller.ts';
import { WorkOrderController } from './work-order/work-order.controller.ts';

export class WarrantyModule {
  static register(runtime: ServiceRuntime): DynamicModule {
    return {
      module: WarrantyModule,
      controllers: [UnitController, WarrantyTermController, ClaimController, WorkOrderController],
      providers: [{ provide: ServiceRuntime, useValue: runtime }],
    };
  }
}
