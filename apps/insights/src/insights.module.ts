import type { ServiceRuntime } from '@kontor/service';
import type { DynamicModule } from '@nestjs/common';
import { Asking } from './answers/asking.ts';
import { Account360Controller } from './read-models/account-360/account-360.controller.ts';
import { DunningInsightsController } from './read-models/dunning/dunning.controller.ts';
import { PipelineController } from './read-models/pipeline/pipeline.controller.ts';

export class InsightsModule {
  static register(runtime: ServiceRuntime): DynamicModule {
    return {
      module: InsightsModule,
      controllers: [PipelineController, DunningInsightsController, Account360Controller],
      providers: [{ provide: Asking, useValue: new Asking(runtime) }],
    };
  }
}
