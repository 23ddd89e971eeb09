import { ServiceRuntime } from '@kontor/service';
import type { DynamicModule } from '@nestjs/common';
import { DunningController } from './dunning/dunning.controller.ts';
import { NoticeController } from './dunning/notice.controller.ts';
import { ExposureController } from './exposure/exposure.controller.ts';
import { InvoiceImportController } from './imports/invoice-import.controller.ts';
import { CreditNoteController } from './invoice/credit-note.controller.ts';
import { InvoiceController } from './invoice/invoice.controller.ts';
import { LedgerController } from './ledger/ledger.controller.ts';
import { OverlayController } from './ledger/overlay.controller.ts';
import { PaymentController } from './ledger/payment.controller.ts';
import { StatementController } from './statement/statement.controller.ts';
import { WorklistController } from './worklist/worklist.controller.ts';

export class ReceivablesModule {
  static register(runtime: ServiceRuntime): DynamicModule {
    return {
      module: ReceivablesModule,
      controllers: [
        LedgerController,
        StatementController,
        PaymentController,
        OverlayController,
        InvoiceController,
        CreditNoteController,
        DunningController,
        NoticeController,
        WorklistController,
        ExposureController,
        InvoiceImportController,
      ],
      providers: [{ provide: ServiceRuntime, useValue: runtime }],
    };
  }
}
