import { ServiceRuntime } from '@kontor/service';
import type { DynamicModule } from '@nestjs/common';
import { AccountListController } from './account/account-list.controller.ts';
import { AccountNumbers } from './account/account-numbers.ts';
import { AccountController } from './account/account.controller.ts';
import { CrmImportController } from './imports/crm-import.controller.ts';
import { ImportRunController } from './imports/import-run.controller.ts';
import { ReceivablesImportController } from './imports/receivables-import.controller.ts';
import { OpportunityListController } from './opportunity/opportunity-list.controller.ts';
import { OpportunityController } from './opportunity/opportunity.controller.ts';
import { OpportunityHandlers } from './opportunity/opportunity.handlers.ts';
import { PipelineController } from './pipeline/pipeline.controller.ts';
import { Pipelines } from './pipeline/pipelines.ts';
import { Duplicates } from './read-models/account-directory/duplicates.query.ts';
import { StaffController } from './staff/staff.controller.ts';

/** The HTTP side of accounts. Routes with a fixed last part come before those with an id. */
export class AccountsModule {
  static register(runtime: ServiceRuntime): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [
        AccountListController,
        AccountController,
        OpportunityListController,
        OpportunityController,
        PipelineController,
        StaffController,
        ImportRunController,
        CrmImportController,
        ReceivablesImportController,
      ],
      providers: [
        { provide: ServiceRuntime, useValue: runtime },
        { provide: AccountNumbers, useValue: new AccountNumbers(runtime) },
        { provide: Duplicates, useValue: new Duplicates(runtime.pool) },
        { provide: Pipelines, useValue: new Pipelines(runtime) },
        OpportunityHandlers,
      ],
    };
  }
}
